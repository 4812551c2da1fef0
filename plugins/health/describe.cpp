#include "health/describe.hpp"

#include <algorithm>
#include <array>
#include <concord/json.hpp>
#include <set>

#include "health/hl7_read.hpp"

namespace concord::health {
namespace {

constexpr std::string_view kAdt =
    "MSH|^~\\&|EHR|SYNHOSP|CONCORD|COUNTY|20260301120000-0500||ADT^A03^ADT_A03|SYN-1|P|2.5.1\r"
    "EVN||20260301115900-0500\r"
    "PID|1||SYN-MRN-000001^^^SYNHOSP^MR~SYN-000001^^^STATE^SB||Testfamily^Ada^Lee^^^^L||20120304|F|"
    "|"
    "2106-3^White^CDCREC|1 Sample Street^^Exampleton^ZZ^00000^USA^H||555-0100^PRN^PH|||||||||"
    "2186-5^Not Hispanic^CDCREC\r"
    "NK1|1|Testfamily^Bela|MTH^Mother^HL70063|1 Sample Street^^Exampleton^ZZ^00000|555-0101\r"
    "PV1|1|I|WARD^1^A^SYNHOSP||||SYN-DOC-1^Example^Dara|||MED|||||||||SYN-V-1^^^SYNHOSP||||||||||||"
    "|||"
    "||01|HOME|||||||20260227090000-0500|20260301113000-0500\r"
    "PV2|||R10.9^Abdominal pain^I10\r"
    "DG1|1||K35.80^Acute appendicitis^I10||20260227|F\r"
    "ZSY|1|kept as it is\r";
constexpr std::string_view kOru =
    "MSH|^~\\&|LAB|SYNHOSP|CONCORD|COUNTY|20260301130000-0500||ORU^R01^ORU_R01|SYN-2|P|2.5.1\r"
    "PID|1||SYN-MRN-000001^^^SYNHOSP^MR||Testfamily^Ada^Lee||20120304|F\r"
    "OBR|1|SYN-P-1|SYN-F-1|718-7^Hemoglobin^LN|||20260301100000-0500|||||||||||||||20260301123000-"
    "0500"
    "|||F\r"
    "OBX|1|NM|718-7^Hemoglobin^LN|1|13.2|g/dL^^UCUM|12-16|N|||F|||20260301101500-0500\r"
    "NTE|1||Synthetic note\r";
constexpr std::string_view kSiu =
    "MSH|^~\\&|SCHED|SYNHOSP|CONCORD|COUNTY|20260301140000-0500||SIU^S12^SIU_S12|SYN-3|P|2.5.1\r"
    "SCH|SYN-AP-1|SYN-AF-1||||CHECKUP^Check-up|FOLLOWUP^Follow-up|ROUTINE|30|min|"
    "^^30^20260402090000-0400^20260402093000-0400||||||||||||||Booked\r"
    "PID|1||SYN-MRN-000001^^^SYNHOSP^MR||Testfamily^Ada^Lee||20120304|F\r"
    "RGS|1\r"
    "AIL|1||CLINIC^2^^SYNHOSP|||20260402090000-0400\r";

struct Resource {
  std::string_view type, key, sample;
};
constexpr std::array
    kResources{Resource{
                   "Patient",
                   "Patient.id",
                   R"({"resourceType":"Patient","id":"SYN-MRN-000001","meta":{"versionId":"3","lastUpdated":"2026-03-01T17:00:00.000Z"},"identifier":[{"system":"urn:syn:mrn","type":{"coding":[{"code":"MR"}]},"value":"SYN-MRN-000001"}],"name":[{"use":"official","family":"Testfamily","given":["Ada","Lee"]}],"gender":"female","birthDate":"2012-03-04","address":[{"line":["1 Sample Street"],"city":"Exampleton","state":"ZZ","postalCode":"00000"}]})"},
               Resource{
                   "Encounter",
                   "Encounter.id",
                   R"({"resourceType":"Encounter","id":"SYN-V-1","meta":{"versionId":"2","lastUpdated":"2026-03-01T17:00:00.000Z"},"identifier":[{"system":"urn:syn:visit","value":"SYN-V-1"}],"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"Patient/SYN-MRN-000001"},"period":{"start":"2026-02-27T09:00:00-05:00","end":"2026-03-01T11:30:00-05:00"}})"},
               Resource{
                   "Condition",
                   "Condition.id",
                   R"({"resourceType":"Condition","id":"SYN-C-1","meta":{"versionId":"1","lastUpdated":"2026-03-01T17:00:00.000Z"},"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"K35.80"}]},"subject":{"reference":"Patient/SYN-MRN-000001"},"recordedDate":"2026-02-27"})"},
               Resource{
                   "Observation",
                   "Observation.id",
                   R"({"resourceType":"Observation","id":"SYN-O-1","meta":{"versionId":"1","lastUpdated":"2026-03-01T17:00:00.000Z"},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"subject":{"reference":"Patient/SYN-MRN-000001"},"effectiveDateTime":"2026-03-01T10:15:00-05:00","valueQuantity":{"value":13.2,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"}})"},
               Resource{"Appointment",
                        "Appointment.id",
                        R"({"resourceType":"Appointment","id":"SYN-A-1","meta":{"versionId":"1","lastUpdated":"2026-03-01T17:00:00.000Z"},"status":"booked","start":"2026-04-02T13:00:00Z","end":"2026-04-02T13:30:00Z","participant":[{"actor":{"reference":"Patient/SYN-MRN-000001"},"status":"accepted"}]})"},
               Resource{
                   "Communication",
                   "our identifier",
                   R"({"resourceType":"Communication","status":"completed","category":[{"text":"placement change"}],"payload":[{"contentString":"Synthetic notice"}]})"},
               Resource{
                   "Flag",
                   "our identifier",
                   R"({"resourceType":"Flag","status":"active","code":{"text":"Synthetic flag"}})"},
               Resource{
                   "Task",
                   "our identifier",
                   R"({"resourceType":"Task","status":"requested","intent":"order","description":"Synthetic task"})"}};

void write_type(sdk::JsonWriter& w,
                std::string_view name,
                bool reads,
                bool writes,
                std::string_view key,
                std::string_view description,
                std::string_view sample) {
  rapidjson::Document document;
  sdk::JsonFault fault;
  w.object().field("name", name).field("reads", reads).field("writes", writes);
  w.field("key", key).field("description", description).key("sample");
  if (!sample.empty() && sdk::parse_json(sample, document, fault)) {
    w.value(static_cast<const rapidjson::Value&>(document));
  } else {
    w.object().field("resourceType", name).end();
  }
  w.end();
}

std::string sample_of(std::string_view message) {
  Hl7Settings settings;
  settings.home_assigner = "SYNHOSP";
  const ReadMessage read = read_message(message, settings, "sample");
  return read.records.empty() ? std::string() : read.records[0].body;
}

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

std::string description(const Settings& settings) {
  const bool in = settings.listen.has_value(), out = settings.send.has_value();
  sdk::JsonWriter w;
  w.object().key("record_types").array();
  write_type(w,
             "adt",
             in,
             out,
             "patient.key: PID-3, with its assigner unless that is home_assigner",
             "HL7 v2 ADT A01-A08, A28, A31, A40, by event",
             sample_of(kAdt));
  write_type(w,
             "oru",
             in,
             out,
             "OBR-3, else OBR-2, else patient and control id",
             "HL7 v2 ORU R01, by event",
             sample_of(kOru));
  write_type(
      w, "siu", in, false, "SCH-2, else SCH-1", "HL7 v2 SIU S12-S15, by event", sample_of(kSiu));
  if (settings.fhir) {
    std::set<std::string> types(settings.fhir->read_types.begin(), settings.fhir->read_types.end());
    types.insert(settings.fhir->write_types.begin(), settings.fhir->write_types.end());
    for (const std::string& type : types) {
      const auto known = std::find_if(
          kResources.begin(), kResources.end(), [&](const Resource& r) { return r.type == type; });
      write_type(w,
                 type,
                 has(settings.fhir->read_types, type),
                 has(settings.fhir->write_types, type),
                 known == kResources.end() ? "Resource.id" : known->key,
                 "FHIR R4 resource",
                 known == kResources.end() ? std::string_view{} : known->sample);
    }
  }
  w.end_array().end();
  return w.text();
}

}  // namespace concord::health
