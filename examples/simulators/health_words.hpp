// What the simulated hospital says of a child: HL7 v2 messages and FHIR resources. Written apart
// from the connector, so that a slip in one is not a slip in both.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "examples/simulators/children.hpp"

namespace concord::sim {

inline constexpr std::string_view kHospital = "SYNHOSP";  // assigner of its identifiers

struct Diagnosis {
  std::string code, text;  // ICD-10-CM
  bool active = true;
};

// One child at the hospital, as it is now.
struct Patient {
  const Child* child = nullptr;
  std::string street;  // moves with update_person
  int visit = 1;       // number of the stay that is, or was last
  bool admitted = false;
  std::string admitted_at, discharged_at;  // ISO 8601 UTC
  std::vector<Diagnosis> diagnoses;
  int results = 0, appointments = 0;
  std::string appointment_at;  // ISO 8601 UTC; of the last appointment
  bool appointment_cancelled = false;

  [[nodiscard]] std::string visit_number() const;        // "SYN-V-000001-1"
  [[nodiscard]] std::string appointment_number() const;  // "SYN-A-000001-1"
};

// "2026-03-01T12:00:00.123456Z", and the same as HL7 writes it (four digits of a second).
std::string iso_time(int64_t at_us);
std::string hl7_time(std::string_view iso);

std::string adt_message(const Patient& patient,
                        std::string_view event,
                        std::string_view control_id,
                        std::string_view at_iso,
                        std::string_view former_mrn = {});
std::string oru_message(const Patient& patient,
                        std::string_view control_id,
                        std::string_view at_iso);
std::string siu_message(const Patient& patient,
                        std::string_view event,
                        std::string_view control_id,
                        std::string_view at_iso);

// Resources without meta: the store adds it.
std::string patient_resource(const Patient& patient);
std::string encounter_resource(const Patient& patient);
std::string condition_resource(const Patient& patient, size_t diagnosis);
std::string observation_resource(const Patient& patient, std::string_view at_iso);
std::string appointment_resource(const Patient& patient);

}  // namespace concord::sim
