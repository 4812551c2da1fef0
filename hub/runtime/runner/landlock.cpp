#include "hub/runtime/runner/landlock.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace concord::runtime {
namespace {

// As in the kernel's <linux/landlock.h>, up to ABI 6.
struct RulesetAttr {
  uint64_t handled_access_fs, handled_access_net, scoped;
};
struct PathRule {
  uint64_t allowed_access;
  int32_t parent_fd;
} __attribute__((packed));
struct PortRule {
  uint64_t allowed_access, port;
};
constexpr int kPathRule = 1, kPortRule = 2;
constexpr unsigned kAskVersion = 1;

constexpr uint64_t kExecute = 1, kWriteFile = 1 << 1, kReadFile = 1 << 2, kReadDir = 1 << 3,
                   kRemoveDir = 1 << 4, kRemoveFile = 1 << 5, kMakeDir = 1 << 7, kMakeReg = 1 << 8,
                   kRefer = 1 << 13, kTruncate = 1 << 14, kIoctl = 1 << 15;
constexpr uint64_t kEver = (1 << 13) - 1;  // everything of ABI 1
constexpr uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctl;
constexpr uint64_t kRead = kReadFile | kReadDir;
// No devices, sockets, pipes and links: nothing that leads out of the folder.
constexpr uint64_t kWrite =
    kRead | kWriteFile | kRemoveDir | kRemoveFile | kMakeDir | kMakeReg | kRefer | kTruncate;
constexpr uint64_t kBindTcp = 1, kConnectTcp = 2;
constexpr uint64_t kOwnAbstractSockets = 1, kOwnSignals = 2;

base::Error refused(const char* what) {
  return base::config_error("SANDBOX_REFUSED",
                            "landlock",
                            std::string(what) + ": " + strerror(errno),
                            "report it with the kernel's version (uname -r)");
}

}  // namespace

Landlock::~Landlock() {
  if (rules_ >= 0) ::close(rules_);
}

base::Status Landlock::prepare(const SandboxSpec& spec) {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskVersion);
  if (version < 1) return base::Done{};
  abi_ = static_cast<int>(version);
  RulesetAttr attr{kEver, 0, 0};
  if (abi_ >= 2) attr.handled_access_fs |= kRefer;
  if (abi_ >= 3) attr.handled_access_fs |= kTruncate;
  if (abi_ >= 5) attr.handled_access_fs |= kIoctl;
  if (abi_ >= 4) attr.handled_access_net = kBindTcp | kConnectTcp;
  if (abi_ >= 6) attr.scoped = kOwnAbstractSockets | kOwnSignals;
  handled_ = attr.handled_access_fs;
  const size_t size = abi_ >= 6 ? 24 : abi_ >= 4 ? 16 : 8;
  rules_ = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attr, size, 0));
  if (rules_ < 0) return refused("no rules can be made");
  for (const std::string& path : spec.read)
    if (auto done = allow(path, path == "/dev/null"); !done) return done;
  for (const std::string& path : spec.write)
    if (auto done = allow(path, true); !done) return done;
  // With a gate the hub connects and binds: this process itself may do neither.
  if (abi_ < 4 || spec.gate) return base::Done{};
  for (const uint32_t port : spec.connect)
    if (auto done = allow_port(port, kConnectTcp); !done) return done;
  for (const uint32_t port : spec.listen)
    if (auto done = allow_port(port, kBindTcp); !done) return done;
  return base::Done{};
}

base::Status Landlock::allow(const std::string& path, bool write) {
  const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return base::Done{};  // what is not there cannot be reached
  struct stat now {};
  ::fstat(fd, &now);
  PathRule rule{(write ? kWrite : kRead) & handled_, fd};
  if (!S_ISDIR(now.st_mode)) rule.allowed_access &= kOfFiles;
  const long done = ::syscall(SYS_landlock_add_rule, rules_, kPathRule, &rule, 0);
  const int fault = errno;
  ::close(fd);
  errno = fault;
  if (done != 0) return refused("a folder cannot be allowed");
  return base::Done{};
}

base::Status Landlock::allow_port(uint32_t port, uint64_t access) {
  PortRule rule{access, port};
  if (::syscall(SYS_landlock_add_rule, rules_, kPortRule, &rule, 0) != 0)
    return refused("a port cannot be allowed");
  return base::Done{};
}

base::Status Landlock::enter() const {
  if (rules_ < 0) return base::Done{};
  if (::syscall(SYS_landlock_restrict_self, rules_, 0) != 0)
    return refused("the rules cannot be put into force");
  return base::Done{};
}

}  // namespace concord::runtime
