// Turns the bytes of one dropped file, CSV or XML, into records and rejects, a stretch at a time.
#pragma once

#include <concord/connector.hpp>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

// Where reading of a file stands; all zero: at its beginning.
struct DropPosition {
  uint64_t offset = 0;  // CSV: byte; XML: how many records came before
  uint64_t line = 0;    // CSV
  bool finished = false;
};

class DropFile {
 public:
  DropFile() = default;
  DropFile(const DropFile&) = delete;
  DropFile& operator=(const DropFile&) = delete;
  virtual ~DropFile() = default;

  // Adds at most limits.records_max records and rejects together, and moves the position.
  virtual sdk::Status read(DropPosition& position,
                           const sdk::Limits& limits,
                           sdk::Batch& batch) = 0;
};

// name is for places ("placements.csv:14:3"). What cannot be read at all becomes one reject.
std::unique_ptr<DropFile> open_csv(const RecordSettings& settings,
                                   std::string name,
                                   std::string bytes);
std::unique_ptr<DropFile> open_xml(const RecordSettings& settings,
                                   std::string name,
                                   std::string bytes,
                                   size_t bytes_max);

}  // namespace concord::child_welfare
