// Reads a record type from a CCWIS REST API, page by page.
//
//   GET /placements?limit=500&modified_since=2026-03-01T08:30:00Z&cursor=…
//   200 {"items":[{"id":…,"modified":…,…}], "next":"…" or null, "receipt":"…"}
//
// A run asks for all that was modified at or after `since` and follows `next` to its end. Only then
// does `since` move to the newest time seen, so a run may break off after any page and go on there,
// or begin again: what was read before its checkpoint was committed is read again, nothing is left
// out. `since` is inclusive, because records may share a time and some of them may be written after
// we looked; those given already are known by hash and left out.
//
// If-Modified-Since is sent with a new run where the last run's Last-Modified was at least two
// seconds older than its Date: within one second the header cannot tell before from after.
//
// With ack: prune the last page's `receipt` is sent to POST <path>/ack once the hub has committed;
// the system may then drop what it gave up to there.
#pragma once

#include <concord/connector.hpp>

#include "child_welfare/rest_api.hpp"

namespace concord::child_welfare {

class RestReader {
 public:
  explicit RestReader(RestApi& api) : api_(api) {}

  sdk::Result<sdk::Batch> read(const RecordSettings& record,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call);
  sdk::Status ack(const RecordSettings& record, std::string_view checkpoint, const sdk::Call& call);
  // Reads one record and keeps nothing.
  sdk::Status check(const RecordSettings& record, const sdk::Call& call);

 private:
  RestApi& api_;
};

}  // namespace concord::child_welfare
