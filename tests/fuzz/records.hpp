// What must hold of everything that a connector reads out of a document, whatever that was.
#pragma once

#include <concord/connector.hpp>
#include <concord/detail/encoding.hpp>
#include <concord/json.hpp>

#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {

// The hub reads a body again by the same strict reader: what it would refuse there, the connector
// ought to have refused with a place. Depth alone is left to the hub, which rejects the record: XML
// of 64 levels may become twice as many of JSON.
inline void is_json_object(std::string_view body) {
  rapidjson::Document json;
  sdk::JsonFault fault;
  must(sdk::parse_json(body, json, fault, {.depth_max = 160}),
       "a body that the hub refuses: " + fault.code);
  must(json.IsObject(), "a body that is no object");
}

inline void good(const sdk::Record& record) {
  must(!record.type.empty(), "a record without a type");
  must(!record.key.empty(), "a record without a key");
  must(!record.version.empty(), "a record without a version");
  if (!record.deleted || !record.body.empty()) is_json_object(record.body);
}

inline void good(const sdk::Reject& reject) {
  must(!reject.type.empty(), "a reject without a type");
  must(reject.error.error_class == sdk::ErrorClass::bad_record, "a reject of another class");
  tells_all(reject.error);
}

template <class Reading>
void all_good(const Reading& reading) {
  for (const sdk::Record& record : reading.records) good(record);
  for (const sdk::Reject& reject : reading.rejects) good(reject);
}

}  // namespace concord::fuzz
