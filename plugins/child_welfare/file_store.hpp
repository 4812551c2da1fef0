// A folder of files somewhere: what the drop reader and the pick-up writer need of it.
//
// Names are below the store's root, with '/' between folder and file. Threads: any.
#pragma once

#include <concord/connector.hpp>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

struct FileInfo {
  std::string name;  // without folder
  uint64_t size = 0;
  std::string stamp;  // changes when the file does
  std::optional<std::chrono::seconds> age =
      std::nullopt;  // since its last change, if it can be known
};

class FileStore {
 public:
  FileStore() = default;
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;
  virtual ~FileStore() = default;

  // Plain files of a folder ("" is the root), sorted by name. A folder below the root that is not
  // there holds none.
  virtual sdk::Result<std::vector<FileInfo>> list(const std::string& folder,
                                                  const sdk::Call& call) = 0;
  virtual sdk::Result<std::string> fetch(const std::string& name,
                                         size_t bytes_max,
                                         const sdk::Call& call) = 0;
  // Writes (again) under this name; durable when it returns, but not in one step: rename after.
  virtual sdk::Status put(const std::string& name,
                          std::string_view bytes,
                          const sdk::Call& call) = 0;
  // Fails where `to` is there already.
  virtual sdk::Status rename(const std::string& from,
                             const std::string& to,
                             const sdk::Call& call) = 0;
  virtual sdk::Status remove(const std::string& name, const sdk::Call& call) = 0;
  // Does nothing where it is there.
  virtual sdk::Status make_folder(const std::string& name, const sdk::Call& call) = 0;
  // For errors: "sftp://host/drop/placements.csv"; no user.
  [[nodiscard]] virtual std::string place(const std::string& name) const = 0;
};

std::unique_ptr<FileStore> local_folder(std::string path);
std::unique_ptr<FileStore> sftp_folder(const SftpSettings& settings);

}  // namespace concord::child_welfare
