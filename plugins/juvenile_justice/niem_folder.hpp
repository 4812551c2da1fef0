// NIEM documents that an agency drops into a folder, and those that we leave in another.
//
// A file is read once its sender is done with it: it parses, or nobody has touched it for `settle`.
// Names that start with a dot or end in .tmp or .part are someone's work in hand. On ack exactly
// the files that the checkpoint names, if still the same, are moved to the done folder or deleted.
// One that was too large to be given is never deleted: without a done folder it goes to too_large/,
// in the folder.
//
// Threads: read() and ack() may overlap.
#pragma once

#include <concord/connector.hpp>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "juvenile_justice/checkpoint.hpp"
#include "juvenile_justice/config.hpp"

namespace concord::juvenile_justice {

class NiemFolder {
 public:
  explicit NiemFolder(const NiemConfig& config) : config_(config) {}

  sdk::Result<sdk::Batch> read(std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call);
  sdk::Status ack(std::string_view checkpoint);
  // Can the folders be used? Changes nothing.
  sdk::Status check() const;

 private:
  const NiemConfig& config_;
  std::mutex mutex_;
  std::string acknowledged_;
  uint64_t whole_bytes_max_ = sdk::Limits{}.body_bytes_max;  // larger ones were refused unread
};

// Writes bytes beside, syncs, and moves into place: whoever looks sees all of it or nothing.
sdk::Status put_file(const std::string& folder, const std::string& name, std::string_view bytes);

}  // namespace concord::juvenile_justice
