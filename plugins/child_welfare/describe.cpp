// What the connector tells the mapping editor. All samples are synthetic.
#include <concord/json.hpp>

#include "child_welfare/connector.hpp"

namespace concord::child_welfare {
namespace {

struct Sample {
  const char* type;
  const char* description;
  const char* json;
};

// What a CCWIS gives over REST. A CSV of the same agency carries the same names as columns.
constexpr Sample kReads[] = {
    {"person",
     "A child, or an adult around one, as the CCWIS knows them",
     R"({"id":"SYN-CW-000001","modified":"2026-03-01T08:30:00.250000Z","role":"child",
"first_name":"Ada","middle_name":"Lee","last_name":"Example-Rivera","suffix":"",
"birth_date":"2012-04-09","sex":"F","race":["2106-3"],"language":"en",
"identifiers":[{"type":"state_id","assigner":"ZZ","value":"SYN-000001"}],
"address":{"line":"12 Sample Street","city":"Exampleton","state":"ZZ","zip":"00000",
"confidential":false},"phone":"555-0100",
"guardian":{"first_name":"Uma","last_name":"Example-Rivera","relationship":"mother"}})"},
    {"case",
     "A child welfare case of one child",
     R"({"id":"SYN-CWC-000001","modified":"2026-03-01T08:30:00.250000Z",
"person_id":"SYN-CW-000001","opened":"2025-11-03","closed":null,"case_type":"in_care",
"office":"Exampleton","worker":{"id":"SYN-W-07","first_name":"Jo","last_name":"Testfamily",
"email":"worker7@cwa.example"},"iv_e":true})"},
    {"placement",
     "Where a child lives while in care",
     R"({"id":"SYN-PL-000001-1","modified":"2026-03-01T08:30:00.250000Z",
"person_id":"SYN-CW-000001","case_id":"SYN-CWC-000001","removal_id":"SYN-RM-000001",
"placement_type":"FFH","start_date":"2026-02-27","end_date":null,"end_reason":null,
"facility_name":"Example Foster Home 12","caregiver":{"first_name":"Vera",
"last_name":"Example-Novak"},"address":{"line":"3 Model Lane","city":"Sampleville","state":"ZZ",
"zip":"00000","confidential":true},"out_of_state":false})"},
    {"removal",
     "A removal of a child from home",
     R"({"id":"SYN-RM-000001","modified":"2026-03-01T08:30:00.250000Z",
"person_id":"SYN-CW-000001","case_id":"SYN-CWC-000001","removal_date":"2025-11-03",
"environment":"parent_household","reasons":["NEGLECT"],"exit_date":null,"exit_reason":null})"},
    {"missing_event",
     "A child in care is missing",
     R"({"id":"SYN-ME-000001","modified":"2026-03-01T08:30:00.250000Z",
"person_id":"SYN-CW-000001","case_id":"SYN-CWC-000001","status":"missing",
"last_seen_at":"2026-03-01T02:10:00","time_zone":"America/New_York","kind":"runaway",
"last_seen_place":{"line":"Sample Street","city":"Exampleton","state":"ZZ"},
"reported":[{"to":"police","at":"2026-03-01T07:15:00Z","number":"SYN-PD-1"},
{"to":"ncmec","at":"2026-03-01T07:40:00Z","number":"SYN-NC-1"}],"found_at":null,
"circumstances":"Synthetic text."})"}};

constexpr Sample kAfcars[] = {{"person",
                               "A child of an AFCARS 2020 out-of-home file, without the removals",
                               R"({"E1_title_iv_agency":"999","E2_report_date":"202603",
"E4_child_record_number":"SYN000000001","E5_date_of_birth":"20120409","E6_sex":"2",
"E13_child_race_american_indian_alaska_native":"0","E21_child_hispanic_latino":"1",
"E106_prior_victim_sex_trafficking":"0"})"},
                              {"removal",
                               "A removal of an AFCARS 2020 out-of-home file",
                               R"({"E1_title_iv_agency":"999","E2_report_date":"202603",
"E4_child_record_number":"SYN000000001","E5_date_of_birth":"20120409","E6_sex":"2",
"E69_removal_date":"20251103","E70_removal_transaction_date":"20251104",
"E71_removal_environment":"1","E77_neglect":"1","E153_exit_date":"","E155_exit_reason":"9"})"},
                              {"placement",
                               "A living arrangement of an AFCARS 2020 out-of-home file",
                               R"({"E1_title_iv_agency":"999","E2_report_date":"202603",
"E4_child_record_number":"SYN000000001","E5_date_of_birth":"20120409","E6_sex":"2",
"E69_removal_date":"20251103","E112_date_living_arrangement":"20251103",
"E113_foster_family_home":"1","E120_other_living_arrangement_type":"",
"E121_location_of_living_arrangement":"1"})"}};

constexpr Sample kWrites[] = {
    {"health_event",
     "Something about a child's health that the case worker may know",
     R"({"person_id":"SYN-CW-000001","event":"discharge","at":"2026-03-01T14:00:00Z",
"facility":"Example General","class":"inpatient","left_to":"home","reason":null})"},
    {"court_event",
     "A hearing or order of the child's court case",
     R"({"person_id":"SYN-CW-000001","event":"hearing","docket":"SYN-J-26-0001",
"hearing_type":"review","at":"2026-03-20T09:00:00","time_zone":"America/New_York",
"status":"scheduled","place":"Example Juvenile Court, room 2"})"},
    {"custody_event",
     "A child is held in, or leaves, juvenile detention",
     R"({"person_id":"SYN-CW-000001","event":"admitted","at":"2026-03-02T21:10:00Z",
"facility":"Example Youth Center"})"},
    {"person_update",
     "Details of a child as another agency knows them",
     R"({"person_id":"SYN-CW-000001","first_name":"Ada","last_name":"Example-Rivera",
"birth_date":"2012-04-09","sex":"F","phone":"555-0101"})"},
    {"placement_notice",
     "Another agency has placed the child",
     R"({"person_id":"SYN-CW-000001","placement_type":"shelter","start_date":"2026-03-02",
"end_date":null,"facility":"Example Shelter"})"},
    {"missing_notice",
     "Another agency reports the child missing or found",
     R"({"person_id":"SYN-CW-000001","status":"missing","since":"2026-03-01T02:10:00",
"time_zone":"America/New_York","reported_to":"police"})"}};

// The sample without its line ends, which are there for the reader of this file.
std::string flat(const char* json) {
  std::string out;
  for (const char* c = json; *c != '\0'; ++c)
    if (*c != '\n') out += *c;
  return out;
}

// A record type that only the settings know: its key.
std::string shape_of(const RecordSettings& record) {
  sdk::JsonWriter w;
  w.object();
  if (!record.columns.empty())
    for (const std::string& column : record.columns) w.field(column, "");
  else
    for (const std::string& key : record.key) w.field(key, "");
  w.end();
  return w.text();
}

void add(std::string& out,
         const std::string& type,
         bool reads,
         const std::string& key,
         const std::string& description,
         const std::string& sample) {
  sdk::JsonWriter w;
  w.object()
      .field("name", type)
      .field("reads", reads)
      .field("writes", !reads)
      .field("key", key)
      .field("description", description)
      .end();
  std::string item = w.text();
  item.pop_back();
  out += (out.back() == '[' ? "" : ",") + item + ",\"sample\":" + sample + "}";
}

}  // namespace

std::string describe_records(const Settings& settings) {
  std::string out = "{\"record_types\":[";
  for (const RecordSettings& record : settings.records) {
    std::string keys;
    for (const std::string& key : record.key) keys += (keys.empty() ? "" : "|") + key;
    std::string description = "As the agency's files name it";
    std::string sample = shape_of(record);
    auto look = [&](const auto& samples) {
      for (const Sample& known : samples) {
        if (record.type != known.type) continue;
        description = known.description;
        sample = flat(known.json);
      }
    };
    if (record.format == Format::xml && record.carry.contains("E2_report_date"))
      look(kAfcars);
    else if (record.format == Format::csv && record.columns.empty())
      look(kReads);
    add(out, record.type, true, keys, description, sample);
  }
  if (settings.write)
    for (const Sample& known : kWrites)
      add(out, known.type, false, "concord_key", known.description, flat(known.json));
  return out + "]}";
}

}  // namespace concord::child_welfare
