#include "court/connector.hpp"

namespace concord::court {

// Nobody in the samples is real.
std::string describe_json() {
  return R"json({"record_types":[
{"name":"party","reads":true,"writes":false,"key":"id",
 "description":"A person who takes part in a case, as the court knows them.",
 "sample":{"id":"SYN-CP-0001","version":3,"updated_at":"2026-03-01T09:00:00Z",
  "party_id":"SYN-CP-0001","role":"child",
  "name":{"given":"Avery","middle":"Lee","family":"Testfamily"},
  "birth_date":"2011-05-04","sex":"F",
  "identifiers":[{"system":"state_id","value":"SYN-000001"}],
  "address":{"street":"1 Example St","city":"Exampleton","state":"MA","zip":"00000"},
  "address_confidential":false}},
{"name":"case","reads":true,"writes":false,"key":"id",
 "description":"A case that concerns a child; one for each child in it.",
 "sample":{"id":"SYN-CASE-0001","version":2,"updated_at":"2026-03-01T09:00:00Z",
  "case_id":"SYN-CASE-0001","docket":"26-JV-0001","party_id":"SYN-CP-0001","party_role":"child",
  "kind":"dependency","title":"In re A.T.","court":{"id":"SYN-COURT-1","name":"Example County Juvenile Court"},
  "judge":{"id":"SYN-J-1","name":"Judge Example-Stone"},"status":"open","opened_on":"2026-01-15","sealed":false}},
{"name":"hearing","reads":true,"writes":false,"key":"id (docket API), UID or UID;local start (calendar)",
 "description":"A hearing, with the wall time at the court and its zone. From a calendar: hearing_id, docket, party_id, kind, status, start, end, minutes, all_day, location.text, summary, description, class, sealed.",
 "sample":{"id":"SYN-H-0001","version":4,"updated_at":"2026-03-02T10:00:00Z",
  "hearing_id":"SYN-H-0001","case_id":"SYN-CASE-0001","docket":"26-JV-0001","party_id":"SYN-CP-0001",
  "kind":"review","status":"scheduled","start":{"local":"2026-03-09T09:30:00","zone":"America/New_York"},
  "minutes":30,"location":{"room":"4B","text":"Example County Juvenile Court, room 4B"},
  "judge":{"id":"SYN-J-1","name":"Judge Example-Stone"},"result":"",
  "next":{"local":"2026-06-08T09:30:00","zone":"America/New_York"},"sealed":false}},
{"name":"order","reads":true,"writes":false,"key":"id",
 "description":"A court order; opens lists the fields that it allows to be disclosed.",
 "sample":{"id":"SYN-O-0001","version":1,"updated_at":"2026-03-02T11:00:00Z",
  "order_id":"SYN-O-0001","case_id":"SYN-CASE-0001","docket":"26-JV-0001","party_id":"SYN-CP-0001",
  "kind":"temporary_custody","issued_on":"2026-03-02","period":{"start":"2026-03-02","end":"2026-09-02"},
  "terms":["supervised_visits"],"opens":[],"sealed":false,
  "document":{"ref":"SYN-DOC-1","media_type":"application/pdf","size":32000,
   "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}},
{"name":"filing","reads":true,"writes":true,"key":"id (docket API), message id or message id/party (ECF)",
 "description":"A filing. Read from the docket API or from ECF messages; written as an ECF 5.0 FilingMessage, which needs docket, kind, filed_at and party_id.",
 "sample":{"id":"SYN-F-0001","version":1,"updated_at":"2026-03-02T12:00:00Z",
  "filing_id":"SYN-F-0001","docket":"26-JV-0001","party_id":"SYN-CP-0001",
  "party":{"party_id":"SYN-CP-0001","role":"child","juvenile":true,"name":{"given":"Avery","family":"Testfamily"},"birth_date":"2011-05-04","sex":"F"},
  "court":{"id":"SYN-COURT-1","name":"Example County Juvenile Court"},"kind":"petition","title":"Petition",
  "case_title":"In re A.T.","case_category":"juvenile","filed_at":"2026-03-02T12:00:00Z",
  "sensitivity":"confidential","sealed":false,
  "documents":[{"ref":"SYN-DOC-1","title":"Petition","kind":"petition","lead":true,"media_type":"application/pdf","size":32000,
   "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","sensitivity":"confidential","sealed":false}]}},
{"name":"docket_note","reads":false,"writes":true,"key":"the delivery's key",
 "description":"A note to the docket about a child, from another agency. kind is required.",
 "sample":{"party_id":"SYN-CP-0001","docket":"26-JV-0001","kind":"placement_change","at":"2026-03-05",
  "from_agency":"child_welfare","details":{"kind":"foster_home"}}}
]})json";
}

}  // namespace concord::court
