// One NIEM or GJXDM document in, records of type niem_document out.
//
// A record's body:
//   {"document":"JuvenileReferralHistoryResponse","namespace":"…","niem":"3.0",
//    "availability":"FOUND","subject":"Child1","sealed":false,
//    "persons":[{"id":"Child1","roles":["Child","ReferralPerson"],"names":[{"given","middle",
//       "family","prefix","suffix","full","category"}],"birth_date","age","age_min","age_max","sex",
//       "races":[…],"ethnicity","language","identifiers":[{"kind","value","system","category"}],
//       "addresses":[{"street","unit","city","county","state","postal","country"}],
//       "contacts":[{"system","value"}]}],
//    "relationships":[{"kind":"ParentChildAssociation","persons":[{"role":"Child","id":"Child1"}]}],
//    "organizations":[{"id","name","identifiers":[…]}],
//    "activities":[{"id","kind":"Referral","identifiers":[…],"date","end_date","category","status",
//       "description","persons":["Child1"]}],
//    "unresolved":["…"], "content":{…the whole document, by local name…}}
// Members without a value are left out. subject is the person whom the document is about, where the
// roles tell it beyond doubt, and is the first of persons; else it is missing. sealed: some part of
// the document says that it is.
//
// What answers with a refusal instead of data is a reject, never an empty record:
//   NIEM_ACCESS_DENIED, NIEM_ERROR_ANSWER, NIEM_TOO_MANY, NIEM_QUERY (a question), NIEM_NOT_NIEM,
//   NIEM_EMPTY (nothing in it speaks of a person or an activity).
//
// Threads: pure function.
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <string_view>

namespace concord::juvenile_justice {

struct NiemAnswer {
  std::vector<sdk::Record> records;
  std::vector<sdk::Reject> rejects;
};

// name: of the file or resource; where the document has no identifier it is the key.
NiemAnswer read_niem(std::string_view bytes, const std::string& name, const sdk::Limits& limits);

}  // namespace concord::juvenile_justice
