// A batch that keeps the hub's limits: at most so many records, none beyond so many bytes, and
// nothing dropped. What is too large or cannot be read is handed over as a reject, with its bytes.
//
// Threads: a value, used by one.
#pragma once

#include <algorithm>
#include <concord/connector.hpp>

namespace concord::sdk {

// A record beyond limits.body_bytes_max becomes a reject.
inline void add_record(Batch& batch, Record record, const Limits& limits) {
  if (record.body.size() <= limits.body_bytes_max) {
    batch.records.push_back(std::move(record));
    return;
  }
  batch.rejects.push_back(
      {record.type,
       record.key,
       cut_raw(record.body, limits.body_bytes_max),
       bad_record("RECORD_SIZE",
                  record.origin,
                  "a record of " + std::to_string(record.body.size()) + " bytes, more than the " +
                      std::to_string(limits.body_bytes_max) + " allowed",
                  "send attachments by reference, or raise the hub's record limit")});
}

// Something that could not be read as a record. error.place says where it stood.
inline void add_reject(Batch& batch,
                       std::string type,
                       std::string key,
                       std::string_view raw,
                       Error error,
                       const Limits& limits) {
  batch.rejects.push_back(
      {std::move(type), std::move(key), cut_raw(raw, limits.body_bytes_max), std::move(error)});
}

// How many more the batch may take; rejects count, so that a page of nothing but them ends too.
inline uint32_t room_in(const Batch& batch, const Limits& limits) {
  const size_t held = batch.records.size() + batch.rejects.size();
  return held >= limits.records_max ? 0 : limits.records_max - static_cast<uint32_t>(held);
}

}  // namespace concord::sdk
