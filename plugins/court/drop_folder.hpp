// Folders that another program puts files into and takes files from.
//
// A file is known by its name and the hash of its content, so that one which is written anew under
// an old name is a new file. Reading leaves everything where it is; what the hub has committed is
// moved away (or removed) by settle(), and until then skipped because the checkpoint names it.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace concord::court {

struct DroppedFile {
  std::string name;
  std::string hash;  // of the content; of size and time where it is larger than the limit
  bool operator==(const DroppedFile&) const = default;
};

class DropFolder {
 public:
  struct Options {
    std::filesystem::path folder;
    std::string extension;  // ".xml"; compared without case
    std::chrono::seconds settle{2};
    size_t bytes_max = 16u << 20;
  };
  struct Content {
    DroppedFile file;
    std::string bytes;  // at most bytes_max, cut where too_large
    bool too_large = false;
  };

  explicit DropFolder(Options options) : options_(std::move(options)) {}

  // Names by order of the alphabet, without those that were written to just now.
  [[nodiscard]] sdk::Result<std::vector<std::string>> names() const;
  // None where the file is gone by now.
  [[nodiscard]] sdk::Result<std::optional<Content>> read(const std::string& name) const;
  // Moves them to done (or removes them, except what was too large to be given whole); what is gone
  // or has changed since is left alone.
  [[nodiscard]] sdk::Status settle(const std::vector<DroppedFile>& files,
                                   const std::filesystem::path& done,
                                   bool remove) const;

 private:
  Options options_;
};

// Puts a whole file there or none: written beside, synced, then renamed.
sdk::Status put_file(const std::filesystem::path& folder,
                     const std::string& name,
                     std::string_view bytes);

}  // namespace concord::court
