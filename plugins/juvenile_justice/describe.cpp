// describe(): the record types with synthetic samples. A row's columns are the agency's own; these
// are the ones of the example system, which its mapping tables are written for.
#include <concord/json.hpp>

#include "juvenile_justice/connector.hpp"

namespace concord::juvenile_justice {

namespace {

struct TypeSample {
  std::string_view name;
  bool reads;
  std::string_view key;
  std::string_view description;
  std::string_view sample;
};

constexpr TypeSample kTypes[] = {
    {"youth",
     true,
     "youth_id",
     "A youth as the agency knows them",
     R"({"youth_id":"JJ-00042","family_name":"Example-Rivera","given_name":"Ana","middle_name":null,
"birth_date":"2009-03-14","sex":"F","state_id":"SYN-000042","state_id_assigner":"state",
"street":"12 Sample Street","city":"Exampleton","state":"MA","zip":"02199","phone":"617-555-0142",
"guardian_family":"Example-Rivera","guardian_given":"Sol","status":"active","sealed":0,
"changed_at":"2024-05-01T10:00:00.000000Z"})"},
    {"detention",
     true,
     "detention_id",
     "A stay in detention; released_at is null while it lasts",
     R"({"detention_id":"DET-00042-1","youth_id":"JJ-00042","booking_number":"00042-1",
"facility":"Example Youth Center","admitted_at":"2024-04-28T21:15:00Z","released_at":null,
"released_to":null,"reason":"awaiting_hearing","sealed":0,"changed_at":"2024-04-28T21:20:00.000000Z"})"},
    {"charge",
     true,
     "charge_id",
     "A charge against a youth",
     R"({"charge_id":"CHG-00042-1","youth_id":"JJ-00042","referral_id":"REF-00042-1",
"statute":"266-30","offense":"larceny","offense_code":"23H","severity":"misdemeanor","counts":1,
"filed_on":"2024-04-29","disposition":null,"disposition_on":null,"sealed":0,
"changed_at":"2024-04-29T09:00:00.000000Z"})"},
    {"supervision",
     true,
     "supervision_id",
     "Probation or diversion",
     R"({"supervision_id":"SUP-00042-1","youth_id":"JJ-00042","kind":"probation","level":"medium",
"starts_on":"2024-05-02","ends_on":null,"officer":"Officer Testfamily",
"conditions":"curfew;school_attendance","changed_at":"2024-05-02T12:00:00.000000Z"})"},
    {"referral",
     true,
     "referral_id",
     "A referral to the agency",
     R"({"referral_id":"REF-00042-1","youth_id":"JJ-00042","referral_number":"2024-000042",
"received_at":"2024-04-27T16:00:00Z","referred_by":"police","reason":"delinquency",
"status_offense":0,"decision":"petition","changed_at":"2024-04-27T16:00:00.000000Z"})"},
    {"niem_document",
     true,
     "the document's own identifier",
     "A NIEM or GJXDM document, by folder or HTTP",
     R"({"document":"BookingReport","namespace":"urn:example:booking","niem":"6.0","subject":"Child1",
"persons":[{"id":"Child1","roles":["BookingSubject"],"names":[{"given":"Ana","family":"Example-Rivera"}],
"birth_date":"2009-03-14","sex":"F","races":[],"identifiers":[{"kind":"PersonStateIdentification",
"value":"SYN-000042"}],"addresses":[],"contacts":[]}],"relationships":[],"organizations":[],
"activities":[{"kind":"Booking","identifiers":[{"kind":"BookingAgencyRecordIdentification",
"value":"00042-1"}],"date":"2024-04-28","persons":["Child1"]}],"unresolved":[],"content":{}})"},
    {"court_event",
     false,
     "key of the hearing or order",
     "A hearing or order, from the court",
     R"({"youth_id":"JJ-00042","event":"hearing","docket":"SYN-24-0042","kind":"review",
"status":"scheduled","at":"2024-06-03T09:00:00","zone":"America/New_York","result":null})"},
    {"placement_notice",
     false,
     "key of the placement",
     "Where child welfare has placed the youth",
     R"({"youth_id":"JJ-00042","kind":"foster_home","start_date":"2024-05-05","end_date":null,
"end_reason":null,"facility":null})"},
    {"health_event",
     false,
     "key of the encounter",
     "An admission or discharge, without its reason",
     R"({"youth_id":"JJ-00042","event":"discharge","facility":"Example General Hospital",
"starts_at":"2024-05-06T08:00:00Z","ends_at":"2024-05-07T15:30:00Z","left_to":"home",
"follow_up_at":null})"},
    {"missing_notice",
     false,
     "key of the event",
     "A youth is missing, or found",
     R"({"youth_id":"JJ-00042","missing_since":"2024-05-08T22:00:00Z","kind":"runaway",
"reported_to":"police","report_number":"SYN-M-0042","found_at":null})"},
};

void write_type(sdk::JsonWriter& json,
                std::string_view name,
                bool reads,
                bool writes,
                std::string_view key,
                std::string_view description,
                std::string_view sample) {
  rapidjson::Document parsed;
  sdk::JsonFault fault;
  if (!sdk::parse_json(sample, parsed, fault)) parsed.SetObject();
  json.object()
      .field("name", name)
      .field("reads", reads)
      .field("writes", writes)
      .field("key", key)
      .field("description", description)
      .field("sample", static_cast<const rapidjson::Value&>(parsed))
      .end();
}

bool is_standard(std::string_view name) {
  for (const TypeSample& type : kTypes) {
    if (type.name == name) return true;
  }
  return false;
}

}  // namespace

std::string description_of(const Config& config) {
  sdk::JsonWriter json;
  json.object().key("record_types").array();
  for (const TypeSample& type : kTypes)
    write_type(json, type.name, type.reads, !type.reads, type.key, type.description, type.sample);
  for (const auto& [name, read] : config.reads) {
    if (!is_standard(name))
      write_type(json, name, true, false, read.key_column, "As the settings select it", "{}");
  }
  for (const auto& [name, write] : config.writes) {
    if (!is_standard(name) && name != "*" && !config.reads.contains(name))
      write_type(json, name, false, true, "key", "As the settings write it", "{}");
  }
  json.end_array().end();
  return json.text();
}

}  // namespace concord::juvenile_justice
