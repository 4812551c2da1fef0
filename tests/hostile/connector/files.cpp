#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile/connector/attack.hpp"

namespace concord::hostile {
namespace {

Verdict reads(const std::string& path) {
  char byte = 0;
  const int fd = ::open(path.c_str(), O_RDONLY);
  if (fd < 0) return verdict(false);
  const ssize_t count = ::read(fd, &byte, 1);
  ::close(fd);
  return verdict(count == 1);
}

Verdict writes(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  if (fd < 0) return verdict(false);
  const ssize_t count = ::write(fd, "x", 1);
  ::close(fd);
  return verdict(count == 1);
}

std::string of_hub(const Words& words, const char* what) {
  return "/proc/" + words.at("hub") + "/" + what;
}

}  // namespace

Attacks files() {
  return {
      {"read", [](const Words& words) { return reads(words.at("path")); }},
      {"write", [](const Words& words) { return writes(words.at("path")); }},
      {"read_hub_environment", [](const Words& words) { return reads(of_hub(words, "environ")); }},
      {"read_hub_maps", [](const Words& words) { return reads(of_hub(words, "maps")); }},
      {"open_hub_memory",
       [](const Words& words) {
         return verdict(::open(of_hub(words, "mem").c_str(), O_RDWR) >= 0);
       }},
      {"open_hub_descriptor",
       [](const Words& words) {
         return verdict(::open(of_hub(words, "fd/0").c_str(), O_RDONLY) >= 0);
       }},
      // From its own folder to elsewhere.
      {"climb",
       [](const Words& words) { return reads(words.at("own") + "/../" + words.at("name")); }},
      {"climb_by_descriptor",
       [](const Words& words) -> Verdict {
         const int own = ::open(words.at("own").c_str(), O_RDONLY | O_DIRECTORY);
         if (own < 0) return {};
         return verdict(::openat(own, ("../" + words.at("name")).c_str(), O_RDONLY) >= 0);
       }},
      {"climb_by_folder",
       [](const Words& words) -> Verdict {
         if (::chdir(words.at("own").c_str()) != 0) return {};
         return reads("../" + words.at("name"));
       }},
      {"symlink",
       [](const Words& words) -> Verdict {
         const std::string link = words.at("own") + "/link";
         if (::symlink(words.at("path").c_str(), link.c_str()) != 0) return verdict(false);
         return reads(link);
       }},
      // One that somebody else has put there.
      {"follow_symlink", [](const Words& words) { return reads(words.at("own") + "/prepared"); }},
      {"hardlink",
       [](const Words& words) -> Verdict {
         const std::string link = words.at("own") + "/hard";
         if (::link(words.at("path").c_str(), link.c_str()) != 0) return verdict(false);
         return reads(link);
       }},
      {"rename_out",
       [](const Words& words) {
         const std::string mine = words.at("own") + "/mine";
         if (!writes(mine).worked) return Verdict{};
         return verdict(::rename(mine.c_str(), words.at("path").c_str()) == 0);
       }},
      {"device",
       [](const Words& words) {
         const std::string disk = words.at("own") + "/disk";
         return verdict(::mknod(disk.c_str(), S_IFCHR | 0600, (1 << 8) | 3) == 0);
       }},
      {"open_by_handle",
       [](const Words&) {
         return verdict(::syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, O_RDONLY) == 0 ||
                        errno == EFAULT);
       }},
      {"make_executable_and_run",
       [](const Words& words) {
         const std::string mine = words.at("own") + "/run";
         if (!writes(mine).worked) return Verdict{};
         ::chmod(mine.c_str(), 0700);
         char* const none[] = {nullptr};
         return verdict(::execve(mine.c_str(), none, none) == 0 || errno == ENOEXEC);
       }},
      // Inside its own folder it may.
      {"write_own", [](const Words& words) { return writes(words.at("own") + "/mine"); }},
  };
}

}  // namespace concord::hostile
