// One installation of the SDK for all tests of this program, and commands run as its user would.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "hub/base/files.hpp"

namespace concord::sdk_test {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "concord-sdk-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

struct Ran {
  int code = 0;
  std::string out;  // stdout and stderr
};

// In a shell, with nothing of this tree on any path.
inline Ran run(const std::string& command, const std::string& folder, const std::string& prefix) {
  const std::string log = folder + "/.out";
  const std::string whole = "cd '" + folder + "' && PATH='" + prefix +
                            "/bin':/usr/local/bin:/usr/bin:/bin " + "CMAKE_PREFIX_PATH='" + prefix +
                            "' PKG_CONFIG_PATH='" + prefix +
                            "/lib/pkgconfig' CMAKE_C_COMPILER_LAUNCHER=\"$(command -v ccache)\" " +
                            "CMAKE_CXX_COMPILER_LAUNCHER=\"$(command -v ccache)\" sh -c '" +
                            command + "' >'" + log + "' 2>&1";
  const int status = std::system(whole.c_str());
  auto out = base::read_file(log, 16u << 20);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out ? *out : ""};
}

// Installed once; removed when the program ends.
inline const std::string& prefix() {
  static const Folder folder;
  static const std::string path = [] {
    const std::string to = folder.path + "/prefix";
    const std::string command =
        "cmake --install '" CONCORD_BUILD_DIR "' --component sdk --prefix '" + to + "' >/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return to;
  }();
  return path;
}

inline Ran run(const std::string& command, const std::string& folder) {
  return run(command, folder, prefix());
}

}  // namespace concord::sdk_test
