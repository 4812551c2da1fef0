// One installation of the SDK for all tests of this program, and commands run as its user would.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <concord/testing.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "hub/base/files.hpp"

namespace concord::sdk_test {

namespace fs = std::filesystem;

using Folder = sdk::TempFolder;

struct Ran {
  int code = 0;
  std::string out;  // stdout and stderr
};

// In a shell, with nothing of this tree on any path. What one test compiled of a project, another
// that has the same project in its own folder need not compile again.
inline Ran run(const std::string& command, const std::string& folder, const std::string& prefix) {
  const std::string log = folder + "/.out";
  const std::string whole =
      "cd '" + folder + "' && PATH='" + prefix + "/bin':/usr/local/bin:/usr/bin:/bin " +
      "CMAKE_PREFIX_PATH='" + prefix + "' PKG_CONFIG_PATH='" + prefix +
      "/lib/pkgconfig' CCACHE_BASEDIR='" + folder +
      "' CCACHE_NOHASHDIR=1 CMAKE_C_COMPILER_LAUNCHER=\"$(command -v ccache)\" " +
      "CMAKE_CXX_COMPILER_LAUNCHER=\"$(command -v ccache)\" sh -c '" + command + "' >'" + log +
      "' 2>&1";
  const int status = std::system(whole.c_str());
  auto out = base::read_file(log, 16u << 20);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out ? *out : ""};
}

// Installed once; removed when the program ends.
inline const std::string& prefix() {
  static const Folder folder;
  static const std::string path = [] {
    const std::string to = folder.path().string() + "/prefix";
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

inline std::string text_of(const std::string& file) {
  auto text = base::read_file(file, 4u << 20);
  EXPECT_TRUE(text) << file;
  return text ? *text : "";
}

inline int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&at), size), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size), 0);
  ::close(fd);
  return ntohs(at.sin_port);
}

inline void replace(std::string& text, const std::string& what, const std::string& with) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

// Ends what was started in the background, by its own number.
class Background {
 public:
  explicit Background(const std::string& command, const std::string& folder) {
    process_ = ::fork();
    if (process_ == 0) {
      ::setpgid(0, 0);
      run(command, folder);
      ::_exit(0);
    }
    ::setpgid(process_, process_);
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background() {
    ::kill(-process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_ = -1;
};

}  // namespace concord::sdk_test
