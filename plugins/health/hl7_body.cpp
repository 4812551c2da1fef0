#include "health/hl7_body.hpp"

#include <map>

#include "health/hl7_types.hpp"

namespace concord::health {
namespace {

void write_message(JsonWriter& w, const Segment& msh, std::string_view event) {
  w.key("message").object();
  put(w, "type", msh.field(9).component(1));
  w.field("event", event);
  put(w, "control_id", msh.field(10));
  put_time(w, "time", msh.field(7));
  put(w, "sending_application", msh.field(3).component(1));
  put(w, "sending_facility", msh.field(4).component(1));
  put(w, "receiving_application", msh.field(5).component(1));
  put(w, "receiving_facility", msh.field(6).component(1));
  put(w, "processing_id", msh.field(11).component(1));
  put(w, "version", msh.field(12).component(1));
  w.end();
}

void write_event(JsonWriter& w, const Segment& evn) {
  w.key("event").object();
  put_time(w, "recorded", evn.field(2));
  put_time(w, "planned", evn.field(3));
  put(w, "reason", evn.field(4).component(1));
  put_time(w, "occurred", evn.field(6));
  w.end();
}

void write_patient(JsonWriter& w, const Segment& pid, const std::string& key) {
  w.key("patient").object();
  put(w, "key", key);
  put_identifiers(w, "identifiers", pid.field(3));
  put_identifiers(w, "alternate_identifiers", pid.field(4));
  put_names(w, "names", pid.field(5));
  put_names(w, "mothers_maiden_names", pid.field(6));
  put_time(w, "birth_date", pid.field(7));
  put(w, "sex", pid.field(8).component(1));
  put_names(w, "aliases", pid.field(9));
  put_coded_list(w, "races", pid.field(10));
  put_addresses(w, "addresses", pid.field(11));
  put_contacts(w, "contacts", pid.field(13));
  put_contacts(w, "work_contacts", pid.field(14));
  put_coded(w, "language", pid.field(15));
  put_coded(w, "marital_status", pid.field(16));
  put_coded(w, "religion", pid.field(17));
  put(w, "account_number", pid.field(18).component(1));
  put(w, "ssn", pid.field(19));
  put_coded_list(w, "ethnic_groups", pid.field(22));
  put(w, "birth_place", pid.field(23));
  put(w, "multiple_birth", pid.field(24));
  put(w, "birth_order", pid.field(25));
  put_time(w, "death_date", pid.field(29));
  put(w, "dead", pid.field(30));
  put_time(w, "updated", pid.field(33));
  put_coded_list(w, "tribes", pid.field(39));
  w.end();
}

void write_visit(JsonWriter& w, const Segment& pv1, const Segment* pv2, const std::string& key) {
  w.key("visit").object();
  put(w, "key", key);
  put(w, "number", pv1.field(19).component(1));
  put(w, "assigner", pv1.field(19).component(4).sub(1));
  put(w, "class", pv1.field(2).component(1));
  put_place(w, "location", pv1.field(3));
  put_coded(w, "admission_type", pv1.field(4));
  put_place(w, "prior_location", pv1.field(6));
  put_worker(w, "attending", pv1.field(7).repetition(1));
  put_worker(w, "referring", pv1.field(8).repetition(1));
  put_worker(w, "consulting", pv1.field(9).repetition(1));
  put(w, "service", pv1.field(10).component(1));
  put(w, "admit_source", pv1.field(14).component(1));
  put(w, "patient_type", pv1.field(18).component(1));
  put(w, "discharge_disposition", pv1.field(36).component(1));
  put(w, "discharged_to", pv1.field(37).component(1));
  put_time(w, "admitted", pv1.field(44));
  put_time(w, "discharged", pv1.field(45));
  if (pv2 != nullptr) {
    put_coded(w, "reason", pv2->field(3));
    put_time(w, "expected_admission", pv2->field(8));
    put_time(w, "expected_discharge", pv2->field(9));
  }
  w.end();
}

void write_diagnosis(JsonWriter& w, const Segment& dg1, const GroupKeys& keys) {
  w.object();
  std::string key = dg1.field(20).component(1).text();
  if (key.empty() && !dg1.field(3).component(1).empty()) {
    key = (keys.visit.empty() ? keys.patient : keys.visit) + "/" + dg1.field(3).component(1).text();
  }
  put(w, "key", key);
  put(w, "set_id", dg1.field(1));
  put_coded(w, "code", dg1.field(3));
  put(w, "description", dg1.field(4));
  put_time(w, "at", dg1.field(5));
  put(w, "type", dg1.field(6).component(1));
  put(w, "confidential", dg1.field(18));
  put(w, "action", dg1.field(21).component(1));
  w.end();
}

void write_kin(JsonWriter& w, const Segment& nk1) {
  w.object();
  put(w, "set_id", nk1.field(1));
  put_names(w, "names", nk1.field(2));
  put_coded(w, "relationship", nk1.field(3));
  put_addresses(w, "addresses", nk1.field(4));
  put_contacts(w, "contacts", nk1.field(5));
  put_coded(w, "role", nk1.field(7));
  put_time(w, "start", nk1.field(8));
  put_time(w, "end", nk1.field(9));
  put(w, "sex", nk1.field(15).component(1));
  put_time(w, "birth_date", nk1.field(16));
  put_identifiers(w, "identifiers", nk1.field(33));
  w.end();
}

void write_merge(JsonWriter& w, const Segment& mrg, const Hl7Settings& settings) {
  w.key("merge").object();
  put(w, "key", identifier_key(mrg.field(1).repetition(1), settings.home_assigner));
  put_identifiers(w, "identifiers", mrg.field(1));
  put(w, "account_number", mrg.field(3).component(1));
  put(w, "visit_number", mrg.field(5).component(1));
  put_names(w, "names", mrg.field(7));
  w.end();
}

// {"ZPD": [{"1": "text", "2": ["component", "component"]}]}
void write_z_segments(JsonWriter& w, const PatientGroup& group) {
  std::map<std::string_view, std::vector<const Segment*>> by_name;
  for (const Segment* segment : group.segments) {
    if (segment->name()[0] == 'Z') by_name[segment->name()].push_back(segment);
  }
  if (by_name.empty()) return;
  w.key("z_segments").object();
  for (const auto& [name, segments] : by_name) {
    w.key(name).array();
    for (const Segment* segment : segments) {
      w.object();
      for (size_t n = 1; n <= segment->size(); ++n) {
        const Part field = segment->field(n);
        if (field.empty()) continue;
        w.key(std::to_string(n));
        const auto parts =
            field.repetitions() > 1 ? field.all_repetitions() : field.all_components();
        if (parts.size() == 1) {
          w.value(field.text());
          continue;
        }
        w.array();
        for (const Part& part : parts) w.value(part.text());
        w.end_array();
      }
      w.end();
    }
    w.end_array();
  }
  w.end();
}

// Everything, as it came: ["PID", "1", "", "SYN-1^^^HOSP^MR"].
void write_segments(JsonWriter& w, const PatientGroup& group) {
  w.key("segments").array();
  for (const Segment* segment : group.segments) {
    w.array().value(segment->name());
    size_t last = segment->size();
    while (last > 0 && segment->field(last).raw().empty()) --last;
    for (size_t n = 1; n <= last; ++n) w.value(segment->field(n).raw());
    w.end_array();
  }
  w.end_array();
}

template <class Write>
void write_each(JsonWriter& w,
                const PatientGroup& group,
                std::string_view segment_name,
                std::string_view name,
                Write&& write) {
  bool open = false;
  for (const Segment* segment : group.segments) {
    if (segment->name() != segment_name) continue;
    if (!open) w.key(name).array();
    open = true;
    write(*segment);
  }
  if (open) w.end_array();
}

}  // namespace

std::string body_of(const PatientGroup& group,
                    const GroupKeys& keys,
                    std::string_view event,
                    const Hl7Settings& settings) {
  JsonWriter w;
  w.object();
  write_message(w, *group.segments[0], event);
  if (const Segment* evn = group.find("EVN")) write_event(w, *evn);
  if (const Segment* pid = group.find("PID")) write_patient(w, *pid, keys.patient);
  if (const Segment* pv1 = group.find("PV1")) write_visit(w, *pv1, group.find("PV2"), keys.visit);
  write_each(w, group, "DG1", "diagnoses", [&](const Segment& s) { write_diagnosis(w, s, keys); });
  write_observations(w, group, keys);
  if (const Segment* sch = group.find("SCH")) write_appointment(w, group, *sch, keys.appointment);
  write_each(w, group, "NK1", "next_of_kin", [&](const Segment& s) { write_kin(w, s); });
  if (const Segment* mrg = group.find("MRG")) write_merge(w, *mrg, settings);
  write_z_segments(w, group);
  write_segments(w, group);
  w.end();
  return w.text();
}

}  // namespace concord::health
