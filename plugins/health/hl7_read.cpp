#include "health/hl7_read.hpp"

#include <algorithm>
#include <array>

#include "health/hl7_body.hpp"
#include "health/hl7_time.hpp"
#include "health/hl7_types.hpp"

namespace concord::health {
namespace {

// As much as a message may be set to have: what is answered with AE is kept whole.
constexpr size_t kRejectBytesMax = 64u << 20;

struct Kind {
  std::string_view type, event, record_type;
};
constexpr std::array kKinds{Kind{"ADT", "A01", "adt"},
                            Kind{"ADT", "A02", "adt"},
                            Kind{"ADT", "A03", "adt"},
                            Kind{"ADT", "A04", "adt"},
                            Kind{"ADT", "A05", "adt"},
                            Kind{"ADT", "A06", "adt"},
                            Kind{"ADT", "A07", "adt"},
                            Kind{"ADT", "A08", "adt"},
                            Kind{"ADT", "A28", "adt"},
                            Kind{"ADT", "A31", "adt"},
                            Kind{"ADT", "A40", "adt"},
                            Kind{"ORU", "R01", "oru"},
                            Kind{"SIU", "S12", "siu"},
                            Kind{"SIU", "S13", "siu"},
                            Kind{"SIU", "S14", "siu"},
                            Kind{"SIU", "S15", "siu"}};

// Digits are padded, so that "9" comes before "10" where two messages bear the same time.
std::string padded(std::string_view control_id) {
  std::string out;
  for (size_t i = 0; i < control_id.size();) {
    size_t end = i;
    while (end < control_id.size() && control_id[end] >= '0' && control_id[end] <= '9') ++end;
    if (end == i) {
      out += control_id[i++];
      continue;
    }
    if (end - i < 12) out.append(12 - (end - i), '0');
    out += control_id.substr(i, end - i);
    i = end;
  }
  return out;
}

struct Refusal {
  Verdict verdict;
  std::string hl7_code;
  sdk::Error error;
};
Refusal refuse(Verdict verdict,
               const char* hl7_code,
               const char* code,
               std::string place,
               std::string cause,
               const char* next) {
  return {verdict, hl7_code, sdk::bad_record(code, std::move(place), std::move(cause), next)};
}

// A code as it may be shown: short, and of letters and digits only.
std::string shown(const std::string& code) {
  const bool plain = code.size() <= 8 && std::all_of(code.begin(), code.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
                     });
  return plain ? "\"" + code + "\"" : "a text of " + std::to_string(code.size()) + " bytes";
}

// What the header must say before we look further.
std::optional<Refusal> judge_header(const Segment& msh,
                                    const std::string& type,
                                    const std::string& event,
                                    const Hl7Settings& settings) {
  const std::string version = msh.field(12).component(1).text();
  if (version.substr(0, 1) != "2" || (version.size() > 1 && version[1] != '.')) {
    return refuse(Verdict::reject,
                  "203",
                  "HL7_VERSION",
                  "MSH-12",
                  "expected a version 2, saw " + shown(version),
                  "send HL7 2.1 to 2.9");
  }
  const std::string processing = msh.field(11).component(1).text();
  const auto& taken = settings.processing_ids;
  if (!processing.empty() && std::find(taken.begin(), taken.end(), processing) == taken.end()) {
    return refuse(Verdict::reject,
                  "202",
                  "HL7_PROCESSING_ID",
                  "MSH-11",
                  "processing id " + shown(processing) + " is not taken here",
                  "send test messages to a test system, or add it to hl7.processing_ids");
  }
  if (record_type_of(type, event).empty()) {
    const bool known_type = type == "ADT" || type == "ORU" || type == "SIU";
    return refuse(Verdict::reject,
                  known_type ? "201" : "200",
                  "HL7_UNSUPPORTED",
                  "MSH-9",
                  "message " + shown(type) + " event " + shown(event) + " is not taken here",
                  "send ADT A01-A08, A28, A31, A40, ORU R01 or SIU S12-S15 alone");
  }
  if (msh.field(10).empty()) {
    return refuse(Verdict::reject,
                  "101",
                  "HL7_CONTROL_ID",
                  "MSH-10",
                  "the control id is empty",
                  "give each message a control id of its own");
  }
  return std::nullopt;
}

std::optional<Refusal> judge_group(std::string_view record_type,
                                   std::string_view event,
                                   const PatientGroup& group,
                                   const GroupKeys& keys) {
  auto missing = [](std::string place, const char* cause) {
    return refuse(Verdict::error,
                  "101",
                  "HL7_REQUIRED",
                  std::move(place),
                  cause,
                  "correct it at the sender and send again with a new control id");
  };
  if (group.find("PID") == nullptr) return missing("PID", "no PID segment: whose message is it?");
  if (keys.patient.empty()) return missing("PID-3", "no identifier of the patient");
  if (record_type == "siu") {
    if (group.find("SCH") == nullptr) return missing("SCH", "no SCH segment in a SIU message");
    if (keys.appointment.empty()) return missing("SCH-2", "the appointment has no number");
  }
  if (event == "A40") {
    const Segment* mrg = group.find("MRG");
    if (mrg == nullptr || mrg->field(1).empty()) {
      return missing("MRG-1", "a merge that does not tell the former identifier");
    }
  }
  if (record_type == "oru" && group.find("OBR") == nullptr && group.find("OBX") == nullptr) {
    return missing("OBR", "neither OBR nor OBX in an ORU message");
  }
  return std::nullopt;
}

ReadMessage refused(ReadMessage out,
                    std::string_view type,
                    std::string_view bytes,
                    Refusal refusal) {
  out.verdict = refusal.verdict;
  out.hl7_code = std::move(refusal.hl7_code);
  out.records.clear();
  out.reject = rejected(type, bytes, std::move(refusal.error));
  out.reject->key = out.header.fields[10];
  return out;
}

}  // namespace

sdk::Reject rejected(std::string_view type, std::string_view raw, sdk::Error error) {
  return {std::string(type), "", std::string(raw.substr(0, kRejectBytesMax)), std::move(error)};
}

std::string_view record_type_of(std::string_view type, std::string_view event) {
  for (const Kind& kind : kKinds) {
    if (kind.type == type && kind.event == event) return kind.record_type;
  }
  return {};
}

const Segment* PatientGroup::find(std::string_view name) const {
  for (const Segment* segment : segments) {
    if (segment->name() == name) return segment;
  }
  return nullptr;
}

std::vector<PatientGroup> groups_of(const Message& message) {
  std::vector<PatientGroup> groups(1);
  std::vector<const Segment*> before, after;
  bool in_resources = false;
  for (const Segment& segment : message.segments()) {
    if (segment.name() == "RGS") in_resources = true;
    if (segment.name() == "PID") {
      in_resources = false;
      if (groups.back().find("PID") != nullptr) groups.push_back({before});
    }
    if (in_resources) {
      after.push_back(&segment);
    } else {
      groups.back().segments.push_back(&segment);
      if (groups.back().find("PID") == nullptr) before.push_back(&segment);
    }
  }
  for (PatientGroup& group : groups) {
    group.segments.insert(group.segments.end(), after.begin(), after.end());
  }
  return groups;
}

GroupKeys keys_of(const PatientGroup& group, const Hl7Settings& settings) {
  GroupKeys keys;
  if (const Segment* pid = group.find("PID")) {
    const Part field = pid->field(3);
    int best = -1;
    for (const Part& one : field.all_repetitions()) {
      std::string key = identifier_key(one, settings.home_assigner);
      if (key.empty()) continue;
      const bool home = !settings.home_assigner.empty() &&
                        one.component(4).sub(1).text() == settings.home_assigner;
      const bool kind = one.component(5).text() == settings.identifier_type;
      const int fits = (home ? 2 : 0) + (kind ? 1 : 0);
      if (fits > best) {
        best = fits;
        keys.patient = std::move(key);
      }
    }
    if (keys.patient.empty()) keys.patient = identifier_key(pid->field(2), settings.home_assigner);
  }
  if (const Segment* pv1 = group.find("PV1")) {
    keys.visit = identifier_key(pv1->field(19), settings.home_assigner);
  }
  if (const Segment* obr = group.find("OBR")) {
    keys.order = identifier_key(obr->field(3), "");
    if (keys.order.empty()) keys.order = identifier_key(obr->field(2), "");
  }
  if (const Segment* sch = group.find("SCH")) {
    for (const size_t n : {2u, 1u}) {  // EI: value^namespace
      if (!keys.appointment.empty()) break;
      keys.appointment = sch->field(n).component(1).text();
    }
  }
  return keys;
}

ReadMessage read_message(std::string_view bytes, const Hl7Settings& settings, std::string origin) {
  ReadMessage out;
  out.header = glimpse(bytes);
  auto message = Message::parse(bytes, settings.options);
  if (!message) {
    const std::string& code = message.error().code;
    const bool framing = code == "HL7_NO_HEADER" || code == "HL7_DELIMITERS";
    return refused(std::move(out),
                   "hl7",
                   bytes,
                   {framing ? Verdict::reject : Verdict::error,
                    framing ? "100" : "102",
                    std::move(message).error()});
  }
  const Segment& msh = message->header();
  const std::string type = msh.field(9).component(1).text();
  std::string event = msh.field(9).component(2).text();
  if (event.empty() && message->find("EVN") != nullptr) {
    event = message->find("EVN")->field(1).text();
  }
  const std::string_view record_type = record_type_of(type, event);
  if (auto refusal = judge_header(msh, type, event, settings)) {
    return refused(
        std::move(out), record_type.empty() ? "hl7" : record_type, bytes, std::move(*refusal));
  }

  std::string time = msh.field(7).component(1).text();
  if (time.empty() && message->find("EVN") != nullptr) {
    time = message->find("EVN")->field(2).component(1).text();
  }
  const auto changed_at = instant_of_hl7(time, settings.zone);
  const std::string version =
      (changed_at ? sortable(*changed_at) : std::string("0")) + "/" + padded(msh.field(10).text());
  for (const PatientGroup& group : groups_of(*message)) {
    const GroupKeys keys = keys_of(group, settings);
    if (auto refusal = judge_group(record_type, event, group, keys)) {
      return refused(std::move(out), record_type, bytes, std::move(*refusal));
    }
    sdk::Record record;
    record.type = record_type;
    record.key = record_type == "adt"   ? keys.patient
                 : record_type == "siu" ? keys.appointment
                 : keys.order.empty()   ? keys.patient + "/" + msh.field(10).text()
                                        : keys.order;
    record.version = version;
    record.body = body_of(group, keys, event, settings);
    record.origin = origin;
    if (changed_at) record.changed_at_us = *changed_at;
    out.records.push_back(std::move(record));
  }
  return out;
}

}  // namespace concord::health
