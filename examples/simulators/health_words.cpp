#include "examples/simulators/health_words.hpp"

#include <array>
#include <concord/json.hpp>
#include <cstdio>
#include <ctime>

namespace concord::sim {
namespace {

using sdk::JsonWriter;

std::string line(std::string_view name, const std::vector<std::pair<size_t, std::string>>& fields) {
  std::string out(name);
  size_t at = 0;
  for (const auto& [number, text] : fields) {
    for (; at < number; ++at) out += '|';
    out += text;
  }
  return out + '\r';
}

std::string six(int number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%06d", number);
  return text.data();
}

std::string digits_of(std::string_view date) {  // 2012-03-04 -> 20120304
  std::string out;
  for (const char c : date)
    if (c != '-') out += c;
  return out;
}

std::string header(std::string_view kind, std::string_view control_id, std::string_view at_iso) {
  return line("MSH",
              {{1, "^~\\&"},
               {2, "EHR"},
               {3, std::string(kHospital)},
               {4, "CONCORD"},
               {5, "COUNTY"},
               {6, hl7_time(at_iso)},
               {8, std::string(kind)},
               {9, std::string(control_id)},
               {10, "P"},
               {11, "2.5.1"},
               {17, "UNICODE UTF-8"}});
}

std::string pid(const Patient& p) {
  const Sighting seen = seen_by(*p.child, Agency::health);
  std::string ids = seen.key + "^^^" + std::string(kHospital) + "^MR";
  if (!seen.state_id.empty()) ids += "~" + seen.state_id + "^^^STATE^SB";
  std::string name = seen.family + "^" + seen.given;
  if (!seen.middle.empty()) name += "^" + seen.middle;
  return line("PID",
              {{1, "1"},
               {3, ids},
               {5, name},
               {7, digits_of(seen.birth_date)},
               {8, seen.sex},
               {11, p.street + "^^" + p.child->city + "^" + p.child->state + "^" + p.child->zip},
               {13, p.child->phone + "^PRN^PH"}});
}

std::string visit(const Patient& p) {
  return line(
      "PV1",
      {{1, "1"},
       {2, "I"},
       {3, "WARD^" + std::to_string(p.child->number % 40 + 1) + "^A^" + std::string(kHospital)},
       {19, p.visit_number() + "^^^" + std::string(kHospital)},
       {36, p.admitted ? "" : "01"},
       {37, p.admitted ? "" : "HOME"},
       {44, hl7_time(p.admitted_at)},
       {45, p.admitted ? "" : hl7_time(p.discharged_at)}});
}

void identifier(JsonWriter& w,
                std::string_view system,
                std::string_view type,
                std::string_view value) {
  w.object().field("system", system);
  w.key("type").object().key("coding").array().object();
  w.field("system", "http://terminology.hl7.org/CodeSystem/v2-0203").field("code", type);
  w.end().end_array().end();
  w.field("value", value).end();
}

void coding(JsonWriter& w,
            std::string_view system,
            std::string_view code,
            std::string_view text = {}) {
  w.object().key("coding").array().object().field("system", system).field("code", code);
  if (!text.empty()) w.field("display", text);
  w.end().end_array().end();
}

void subject(JsonWriter& w, const Patient& p, std::string_view name = "subject") {
  w.key(name).object().field("reference", "Patient/" + p.child->mrn).end();
}

}  // namespace

std::string Patient::visit_number() const {
  return "SYN-V-" + six(child->number) + "-" + std::to_string(visit);
}
std::string Patient::appointment_number() const {
  return "SYN-A-" + six(child->number) + "-" + std::to_string(appointments);
}

std::string iso_time(int64_t at_us) {
  const std::time_t seconds = at_us / 1000000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(
      text.data() + size, text.size() - size, ".%06dZ", static_cast<int>(at_us % 1000000));
  return text.data();
}

std::string hl7_time(std::string_view iso) {
  if (iso.size() < 24) return {};
  std::string out;
  for (const char c : iso.substr(0, 24))
    if ((c >= '0' && c <= '9') || c == '.') out += c;
  return out + "+0000";
}

std::string adt_message(const Patient& p,
                        std::string_view event,
                        std::string_view control_id,
                        std::string_view at_iso,
                        std::string_view former_mrn) {
  std::string out = header("ADT^" + std::string(event), control_id, at_iso);
  out += line("EVN", {{2, hl7_time(at_iso)}});
  out += pid(p);
  if (!former_mrn.empty()) {
    return out +
           line("MRG", {{1, std::string(former_mrn) + "^^^" + std::string(kHospital) + "^MR"}});
  }
  out += line("NK1",
              {{1, "1"},
               {2, p.child->guardian_family + "^" + p.child->guardian_given},
               {3, "MTH^Mother^HL70063"}});
  out += visit(p);
  for (size_t i = 0; i < p.diagnoses.size(); ++i) {
    out += line("DG1",
                {{1, std::to_string(i + 1)},
                 {3, p.diagnoses[i].code + "^" + p.diagnoses[i].text + "^I10"},
                 {5, hl7_time(p.admitted_at)},
                 {6, "F"}});
  }
  return out + line("ZSY", {{1, std::to_string(p.child->number)}, {2, "synthetic"}});
}

std::string oru_message(const Patient& p, std::string_view control_id, std::string_view at_iso) {
  const std::string order = "SYN-F-" + six(p.child->number) + "-" + std::to_string(p.results);
  const std::string at = hl7_time(at_iso);
  std::string out = header("ORU^R01", control_id, at_iso) + pid(p);
  out += line("OBR", {{1, "1"}, {3, order}, {4, "718-7^Hemoglobin^LN"}, {7, at}, {25, "F"}});
  return out + line("OBX",
                    {{1, "1"},
                     {2, "NM"},
                     {3, "718-7^Hemoglobin^LN"},
                     {4, "1"},
                     {5, "1" + std::to_string(p.child->number % 5) + ".2"},
                     {6, "g/dL^^UCUM"},
                     {7, "12-16"},
                     {11, "F"},
                     {14, at}});
}

std::string siu_message(const Patient& p,
                        std::string_view event,
                        std::string_view control_id,
                        std::string_view at_iso) {
  std::string out = header("SIU^" + std::string(event), control_id, at_iso);
  out += line("SCH",
              {{1, p.appointment_number()},
               {2, p.appointment_number()},
               {6, "FOLLOWUP^Follow-up"},
               {8, "ROUTINE"},
               {9, "30"},
               {10, "min"},
               {11, "^^30^" + hl7_time(p.appointment_at)},
               {25, p.appointment_cancelled ? "Cancelled" : "Booked"}});
  return out + pid(p) + line("RGS", {{1, "1"}}) +
         line("AIL",
              {{1, "1"},
               {3, "CLINIC^2^^" + std::string(kHospital)},
               {6, hl7_time(p.appointment_at)}});
}

std::string patient_resource(const Patient& p) {
  const Sighting seen = seen_by(*p.child, Agency::health);
  JsonWriter w;
  w.object().field("resourceType", "Patient").field("id", seen.key);
  w.key("identifier").array();
  identifier(w, "urn:syn:mrn", "MR", seen.key);
  if (!seen.state_id.empty()) identifier(w, "urn:syn:state-id", "SB", seen.state_id);
  w.end_array();
  w.key("name").array().object().field("use", "official").field("family", seen.family);
  w.key("given").array().value(seen.given);
  if (!seen.middle.empty()) w.value(seen.middle);
  w.end_array().end().end_array();
  w.field("gender", seen.sex == "F" ? "female" : seen.sex == "M" ? "male" : "unknown");
  if (!seen.birth_date.empty()) w.field("birthDate", seen.birth_date);
  w.key("telecom")
      .array()
      .object()
      .field("system", "phone")
      .field("value", p.child->phone)
      .end()
      .end_array();
  w.key("address").array().object().key("line").array().value(p.street).end_array();
  w.field("city", p.child->city).field("state", p.child->state).field("postalCode", p.child->zip);
  w.end().end_array().end();
  return w.text();
}

std::string encounter_resource(const Patient& p) {
  JsonWriter w;
  w.object().field("resourceType", "Encounter").field("id", p.visit_number());
  w.key("identifier").array();
  identifier(w, "urn:syn:visit", "VN", p.visit_number());
  w.end_array().field("status", p.admitted ? "in-progress" : "finished");
  w.key("class").object();
  w.field("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode").field("code", "IMP").end();
  subject(w, p);
  w.key("period").object().field("start", p.admitted_at);
  if (!p.admitted) w.field("end", p.discharged_at);
  w.end();
  if (!p.admitted) {
    w.key("hospitalization").object().key("dischargeDisposition");
    coding(w, "http://terminology.hl7.org/CodeSystem/discharge-disposition", "home");
    w.end();
  }
  w.end();
  return w.text();
}

std::string condition_resource(const Patient& p, size_t diagnosis) {
  const Diagnosis& d = p.diagnoses[diagnosis];
  JsonWriter w;
  w.object().field("resourceType", "Condition");
  w.field("id", "SYN-C-" + six(p.child->number) + "-" + std::to_string(diagnosis + 1));
  w.key("clinicalStatus");
  coding(w,
         "http://terminology.hl7.org/CodeSystem/condition-clinical",
         d.active ? "active" : "resolved");
  w.key("verificationStatus");
  coding(w, "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed");
  w.key("code");
  coding(w, "http://hl7.org/fhir/sid/icd-10-cm", d.code, d.text);
  subject(w, p);
  w.key("encounter").object().field("reference", "Encounter/" + p.visit_number()).end();
  w.field("recordedDate", p.admitted_at.substr(0, 10)).end();
  return w.text();
}

std::string observation_resource(const Patient& p, std::string_view at_iso) {
  JsonWriter w;
  w.object().field("resourceType", "Observation");
  w.field("id", "SYN-O-" + six(p.child->number) + "-" + std::to_string(p.results))
      .field("status", "final");
  w.key("code");
  coding(w, "http://loinc.org", "718-7", "Hemoglobin");
  subject(w, p);
  w.field("effectiveDateTime", at_iso);
  w.key("valueQuantity")
      .object()
      .field("value", 10 + p.child->number % 5 + 0.2)
      .field("unit", "g/dL");
  w.field("system", "http://unitsofmeasure.org").field("code", "g/dL").end().end();
  return w.text();
}

std::string appointment_resource(const Patient& p) {
  JsonWriter w;
  w.object().field("resourceType", "Appointment").field("id", p.appointment_number());
  w.key("identifier").array();
  identifier(w, "urn:syn:appointment", "FILL", p.appointment_number());
  w.end_array().field("status", p.appointment_cancelled ? "cancelled" : "booked");
  w.field("start", p.appointment_at).field("minutesDuration", 30);
  w.key("participant").array().object();
  w.key("actor")
      .object()
      .field("reference", "Patient/" + p.child->mrn)
      .end()
      .field("status", "accepted");
  w.end().end_array().end();
  return w.text();
}

}  // namespace concord::sim
