// Writes deliveries to a CCWIS REST API.
//
//   POST /bulk   Idempotency-Key: <hash of those in it>
//   {"items":[{"idempotency_key","operation":"upsert"|"withdraw","type","key","version","subject",
//              "record":{…}}]}
//   200 {"outcomes":[{"idempotency_key","status","id","code"}]}
//     applied | repeat   durable          stale    a newer version is held: nothing to do
//     retry              not now          refused  this record will never do
//
// With bulk: "" each goes alone: PUT or DELETE <path>/<key> with the headers Idempotency-Key,
// X-Concord-Version and X-Concord-Subject; 409 is "stale".
//
// Where no answer came, each delivery is to be tried again: the keys make a repeat harmless. A bulk
// that is refused as a whole is halved until the one that spoils it is found.
#pragma once

#include <concord/connector.hpp>

#include "child_welfare/rest_api.hpp"

namespace concord::child_welfare {

class RestWriter {
 public:
  RestWriter(RestApi& api, const WriteSettings& settings) : api_(api), settings_(settings) {}

  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call& call);

 private:
  void write_bulk(std::span<const sdk::Delivery> deliveries,
                  std::span<sdk::Outcome> outcomes,
                  const sdk::Call& call);
  sdk::Outcome write_one(const sdk::Delivery& delivery, const sdk::Call& call);

  RestApi& api_;
  const WriteSettings& settings_;
};

}  // namespace concord::child_welfare
