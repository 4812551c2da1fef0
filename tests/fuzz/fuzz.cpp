#include "tests/fuzz/fuzz.hpp"

#include <unistd.h>

#include <filesystem>

namespace concord::fuzz {

const std::string& own_folder() {
  namespace fs = std::filesystem;
  static const struct Folder {
    // In memory where there is such a place: some targets write a file for each input.
    std::string path =
        (fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
        ("concord_fuzz_" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  } folder;
  return folder.path;
}

}  // namespace concord::fuzz
