// Reads a record type from files that an agency drops into a folder, here or over SFTP.
//
// Files are taken in the order of their names, each once it is complete (see Complete):
//   renamed   the agency writes under another name and renames
//   marker    placements.csv is complete when placements.csv.done is there
//   settled   nothing about it has changed for settle_seconds
// Never taken: names that begin with '.' or end in .part, .partial, .tmp or .filepart.
//
// The checkpoint says which file is being read and how far, and which are finished. Only ack(), and
// so only after the hub's commit, moves a finished file to the done folder or removes it, and only
// if it is still the file that was read. Where several record types are read from one file
// (AFCARS), each leaves a small note, ".<name>.acked-<type>", and the last of them moves the file.
#pragma once

#include <concord/connector.hpp>
#include <mutex>

#include "child_welfare/drop_file.hpp"
#include "child_welfare/file_store.hpp"

namespace concord::child_welfare {

class DropReader {
 public:
  // Sleeps for so long or until the call is cancelled; false: cancelled. Tests hand in their own.
  using Wait = std::function<bool(std::chrono::milliseconds, const sdk::Call&)>;
  // all: every record type read from this store.
  DropReader(std::unique_ptr<FileStore> store,
             const DropSettings& drop,
             std::vector<const RecordSettings*> all,
             Wait wait = wait_polling);

  sdk::Result<sdk::Batch> read(const RecordSettings& record,
                               std::string_view checkpoint,
                               const sdk::Limits& limits,
                               const sdk::Call& call);
  sdk::Status ack(const RecordSettings& record, std::string_view checkpoint, const sdk::Call& call);
  sdk::Status check(const sdk::Call& call);

  static bool wait_polling(std::chrono::milliseconds time, const sdk::Call& call);

 private:
  struct Open {
    std::string stamp;
    std::shared_ptr<DropFile> file;
  };
  [[nodiscard]] std::vector<FileInfo> candidates(const RecordSettings& record,
                                                 const std::vector<FileInfo>& listed) const;
  sdk::Status settle(std::vector<FileInfo>& files, const sdk::Call& call);
  sdk::Result<std::shared_ptr<DropFile>> open(const RecordSettings& record,
                                              const FileInfo& file,
                                              const sdk::Call& call);
  // cut: the hub was not given all of the file, so it is moved even where others are removed.
  sdk::Status finish(const RecordSettings& record,
                     const FileInfo& file,
                     bool cut,
                     const sdk::Call& call);
  sdk::Status move_away(const FileInfo& file, bool cut, const sdk::Call& call);

  std::unique_ptr<FileStore> store_;
  DropSettings drop_;
  std::vector<const RecordSettings*> all_;
  Wait wait_;
  std::mutex mutex_;                  // guards what follows
  std::map<std::string, Open> open_;  // by record type: the file in hand
  std::map<std::string, std::chrono::steady_clock::time_point> first_seen_;
};

}  // namespace concord::child_welfare
