// What a system gave, unchanged, and what could not be read as a record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/base/time.hpp"
#include "hub/model/ids.hpp"

namespace concord::model {

struct Record {
  SystemId system;
  std::string type;     // record type, as describe() names it
  std::string key;      // as the source spells it, leading zeros kept
  std::string version;  // tells same from changed
  std::string body;     // JSON object, UTF-8
  std::string origin;   // "placements.csv:14"
  bool deleted = false;
  std::optional<base::Instant> changed_at;
  base::Instant read_at;
  bool operator==(const Record&) const = default;
};

// Kept sealed with its bytes, so that it can be read again once the cause is mended.
struct Reject {
  SystemId system;
  std::string type;
  std::string key;  // where known
  std::string raw;
  base::Error error;
};

// What one read gave. The checkpoint is the connector's own and opaque.
struct Batch {
  std::vector<Record> records;
  std::vector<Reject> rejects;
  std::string checkpoint;
  bool more = false;
};

}  // namespace concord::model
