// The body of an HL7 v2 record: JSON from the segments that belong to one patient.
#pragma once

#include <concord/json.hpp>
#include <string>
#include <vector>

#include "health/hl7_read.hpp"

namespace concord::health {

// The segments of a message that speak of one patient, in their order; the header always among
// them.
struct PatientGroup {
  std::vector<const Segment*> segments;
  [[nodiscard]] const Segment* find(std::string_view name) const;
};
// One group a PID; what stands before the first PID, and an appointment's resources, in each.
std::vector<PatientGroup> groups_of(const Message& message);

struct GroupKeys {
  std::string patient, visit, order, appointment;  // empty: the message does not tell
};
GroupKeys keys_of(const PatientGroup& group, const Hl7Settings& settings);

std::string body_of(const PatientGroup& group,
                    const GroupKeys& keys,
                    std::string_view event,
                    const Hl7Settings& settings);

// Parts of the body, in hl7_events.cpp.
void write_observations(sdk::JsonWriter& w, const PatientGroup& group, const GroupKeys& keys);
void write_appointment(sdk::JsonWriter& w,
                       const PatientGroup& group,
                       const Segment& sch,
                       const std::string& key);

}  // namespace concord::health
