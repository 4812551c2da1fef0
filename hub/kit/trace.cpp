#include "hub/kit/trace.hpp"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>

namespace concord::kit {
namespace {

// A text in the memory of another process, up to its NUL.
std::string text_at(pid_t process, uint64_t address) {
  std::string out;
  char part[256];
  while (out.size() < 4096) {
    // No further than the page's end: the next may not be there.
    const size_t size = std::min<size_t>(sizeof part, 4096 - (address & 4095));
    iovec to{part, size}, from{reinterpret_cast<void*>(address), size};
    const ssize_t n = ::process_vm_readv(process, &to, 1, &from, 1, 0);
    if (n <= 0) break;
    const std::string_view got(part, static_cast<size_t>(n));
    const size_t end = got.find('\0');
    out += got.substr(0, end);
    if (end != std::string_view::npos) break;
    address += static_cast<uint64_t>(n);
  }
  return out;
}

std::string absolute(pid_t process, int64_t folder, const std::string& path) {
  if (path.starts_with('/')) return std::filesystem::path(path).lexically_normal().string();
  std::error_code ignored;
  const std::string at =
      "/proc/" + std::to_string(process) +
      (static_cast<int>(folder) == AT_FDCWD ? "/cwd" : "/fd/" + std::to_string(folder));
  return (std::filesystem::read_symlink(at, ignored) / path).lexically_normal().string();
}

// The path that a system call would change, or nothing.
std::optional<std::string> changed_by(pid_t process, uint64_t number, const uint64_t (&args)[6]) {
  const auto at = [&](int folder, int path) {
    return absolute(process,
                    folder < 0 ? AT_FDCWD : static_cast<int64_t>(args[folder]),
                    text_at(process, args[path]));
  };
  const auto writes = [](uint64_t flags) {
    return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
  };
  switch (number) {
    case SYS_openat:
      return writes(args[2]) ? std::optional(at(0, 1)) : std::nullopt;
    case SYS_mkdirat:
    case SYS_unlinkat:
    case SYS_mknodat:
    case SYS_fchmodat:
      return at(0, 1);
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_linkat:
      return at(2, 3);
    case SYS_symlinkat:
      return at(1, 2);
    case SYS_truncate:
      return at(-1, 0);
#ifdef SYS_open
    case SYS_open:
      return writes(args[1]) ? std::optional(at(-1, 0)) : std::nullopt;
    case SYS_creat:
    case SYS_mkdir:
    case SYS_rmdir:
    case SYS_unlink:
    case SYS_chmod:
      return at(-1, 0);
    case SYS_rename:
    case SYS_link:
    case SYS_symlink:
      return at(-1, 1);
#endif
    default:
      return std::nullopt;
  }
}

void note(pid_t process, std::set<std::string>& paths) {
  __ptrace_syscall_info info{};
  if (::ptrace(
          static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO), process, sizeof info, &info) <= 0)
    return;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
  uint64_t args[6];
  for (int i = 0; i < 6; ++i) args[i] = info.entry.args[i];
  if (auto path = changed_by(process, info.entry.nr, args)) paths.insert(std::move(*path));
}

}  // namespace

Traced trace_writes(const std::function<void()>& work) {
  Traced traced;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(1);
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSTOPPED(status)) return traced;
  // Threads are followed; processes that it starts (commands of test.yaml) are not.
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, options) != 0) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return traced;
  }
  traced.could = true;
  ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  for (;;) {
    const pid_t one = ::waitpid(-1, &status, __WALL);
    if (one < 0 && errno == EINTR) continue;
    if (one < 0) break;
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (one == child) break;
      continue;
    }
    long signal = 0;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80))
      note(one, traced.paths);
    else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP)
      signal = WSTOPSIG(status);
    ::ptrace(PTRACE_SYSCALL, one, nullptr, signal);
  }
  return traced;
}

}  // namespace concord::kit
