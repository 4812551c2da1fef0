// Writes deliveries as CSV files that the agency picks up, here or over SFTP.
//
// One file a batch and record type, "<type>-<hash of its idempotency keys>.csv", that appears under
// its name complete. Its first columns are concord_idempotency_key, concord_operation (upsert or
// withdraw), concord_key, concord_version and concord_subject; the others are the members of the
// record: as configured, else in the order in which they first occur. What is no text stands there
// as JSON. Where something must go along with a record, the last column is concord_obligations:
// "notice_part2: 42 CFR part 2 prohibits ... | no_redisclosure: ...".
//
// A repeat has no second effect, although the agency removes what it picks up. Three steps:
//   1  .sent/<name>.part   the whole file
//   2  .sent/<name>        a note: the keys in it (written as .new, then renamed)
//   3  .sent/<name>.part is renamed to <name>, which shows it to the agency
// After a break, a file that has its note but is still in .sent is shown, and a delivery whose key
// is in a note is done. Names in .sent begin with the day; notes are forgotten after remember_days.
#pragma once

#include <concord/connector.hpp>
#include <mutex>
#include <set>

#include "child_welfare/file_store.hpp"

namespace concord::child_welfare {

class PickupWriter {
 public:
  PickupWriter(std::unique_ptr<FileStore> store, const WriteSettings& settings)
      : store_(std::move(store)), settings_(settings) {}

  sdk::Result<std::vector<sdk::Outcome>> write(std::span<const sdk::Delivery> deliveries,
                                               const sdk::Call& call);
  sdk::Status check(const sdk::Call& call);

 private:
  sdk::Status load(const sdk::Call& call);
  sdk::Status show(const std::string& name, const sdk::Call& call);
  sdk::Status write_file(const std::string& type,
                         const std::vector<const sdk::Delivery*>& deliveries,
                         const sdk::Call& call);
  [[nodiscard]] std::string in_folder(const std::string& name) const;

  std::unique_ptr<FileStore> store_;
  const WriteSettings& settings_;
  std::mutex mutex_;  // guards what follows; write() is one at a time anyway
  bool loaded_ = false;
  std::set<std::string, std::less<>> sent_;  // idempotency keys
};

// Exposed for its test: header and rows.
std::string pickup_csv(std::span<const sdk::Delivery* const> deliveries,
                       const std::vector<std::string>& columns);

}  // namespace concord::child_welfare
