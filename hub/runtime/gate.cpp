#include "hub/runtime/gate.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <thread>

#include "hub/runtime/channel/calls.hpp"

namespace concord::runtime {
namespace {

constexpr const char* kElsewhere = "a path outside its own folders";

// Where a socket address leads: its text and port; or why it is none.
struct Place {
  std::string text;
  uint16_t port = 0;
};

Place place_of(const sockaddr_storage& address, socklen_t size) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET && size >= sizeof(sockaddr_in)) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  if (address.ss_family == AF_INET6 && size >= offsetof(sockaddr_in6, sin6_scope_id)) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    // The same host by another spelling.
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
    } else {
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    return {text, ntohs(v6.sin6_port)};
  }
  return {};
}

std::string spelt(const Place& place) {
  const bool v6 = place.text.find(':') != std::string::npos;
  return (v6 ? "[" + place.text + "]" : place.text) + ":" + std::to_string(place.port);
}

bool is_stream(int socket) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

// Only as much of a path as says where it leads: the rest may hold anything.
std::string told(const std::string& path) {
  const size_t second = path.find('/', 1);
  const std::string first = path.substr(0, second);
  std::error_code ignored;
  if (first.size() < 2 || !std::filesystem::exists(first, ignored)) return kElsewhere;
  return second == std::string::npos ? first : first + "/...";
}

bool opens(int call) {
#ifdef SYS_open
  if (call == SYS_open) return true;
#endif
  return call == SYS_openat;
}

std::string name_of(int call) {
  for (const SystemCall& known : kNever)
    if (known.number == call) return known.name;
  for (const SystemCall& known : kNetwork)
    if (known.number == call) return known.name;
  switch (call) {
    case SYS_clone:
      return "clone (a new process)";
    case SYS_kill:
    case SYS_tgkill:
      return "kill (another process)";
    case SYS_socket:
      return "socket (of a kind that it has no use for)";
    case SYS_sendto:
      return "sendto (an address of its own choice)";
    case SYS_prctl:
      return "prctl";
    case SYS_fcntl:
    case SYS_ioctl:
      return "signals by a descriptor";
    default:
      return "number " + std::to_string(call);
  }
}

}  // namespace

struct Gate::Asked {
  uint64_t id = 0;
  pid_t thread = 0;
  int call = 0;
  uint64_t args[6]{};
};

std::unique_ptr<Gate> Gate::open(RunnerProcess& process,
                                 const Confined& confined,
                                 const SandboxSpec& spec,
                                 const Addresses& addresses,
                                 Note note) {
  if (confined.gate_fd < 0) return nullptr;
  const long fd = ::syscall(SYS_pidfd_getfd, process.pidfd(), confined.gate_fd, 0);
  if (fd < 0) return nullptr;
  return std::unique_ptr<Gate>(
      new Gate(static_cast<int>(fd), process, spec, addresses, std::move(note)));
}

Gate::Gate(
    int fd, RunnerProcess& process, const SandboxSpec& spec, const Addresses& addresses, Note note)
    : fd_(fd),
      process_(process),
      addresses_(addresses),
      note_(std::move(note)),
      named_files_(spec.named_files) {
  const auto take = [](std::vector<std::string>& to, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      to.push_back(path);
      char real[PATH_MAX];
      if (::realpath(path.c_str(), real) != nullptr && path != real) to.emplace_back(real);
    }
  };
  take(read_, spec.read);
  take(write_, spec.write);
  write_.emplace_back("/dev/null");
}

Gate::~Gate() {
  ::close(fd_);
}

bool Gate::answer() {
  seccomp_notif notice{};
  if (::ioctl(fd_, SECCOMP_IOCTL_NOTIF_RECV, &notice) != 0) return false;
  Asked asked{notice.id, static_cast<pid_t>(notice.pid), notice.data.nr, {}};
  std::copy(std::begin(notice.data.args), std::end(notice.data.args), asked.args);
  for (const PathCall& call : kPaths)
    if (call.number == asked.call) {
      const int flags = call.flags < 0 ? O_WRONLY : static_cast<int>(asked.args[call.flags]);
      return path(asked, call.path, flags, call.has_folder), true;
    }
  for (const SystemCall& call : kNetwork)
    if (call.number == asked.call) return network(asked), true;
  refuse(asked, EPERM, "system call " + name_of(asked.call));
  return true;
}

void Gate::reply(const Asked& asked, int fault, bool allowed) const {
  seccomp_notif_resp response{};
  response.id = asked.id;
  response.error = -fault;
  response.flags = allowed ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
  (void)::ioctl(fd_, SECCOMP_IOCTL_NOTIF_SEND, &response);  // a caller that is gone needs none
}

void Gate::refuse(const Asked& asked, int fault, const std::string& what) const {
  note_(what);
  reply(asked, fault);
}

bool Gate::read(pid_t thread, uint64_t at, void* to, size_t size) const {
  iovec ours{to, size};
  iovec theirs{reinterpret_cast<void*>(at), size};
  return ::process_vm_readv(thread, &ours, 1, &theirs, 1, 0) == static_cast<ssize_t>(size);
}

std::string Gate::read_path(pid_t thread, uint64_t at) const {
  std::string path;
  // Page by page: what lies behind its end may not be there.
  const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  while (path.size() < PATH_MAX) {
    char bytes[256];
    const size_t size = std::min<uint64_t>(sizeof bytes, page - at % page);
    if (!read(thread, at, bytes, size)) return {};
    const char* end = static_cast<const char*>(std::memchr(bytes, 0, size));
    path.append(bytes, end == nullptr ? size : static_cast<size_t>(end - bytes));
    if (end != nullptr) return path;
    at += size;
  }
  return {};
}

std::string Gate::whole_path(const Asked& asked, int place, bool has_folder) const {
  std::string path = read_path(asked.thread, asked.args[place]);
  if (path.empty() || path[0] == '/') return path;
  const int folder = has_folder ? static_cast<int>(asked.args[place - 1]) : AT_FDCWD;
  std::string from = "/proc/" + std::to_string(process_.pid());
  from += folder == AT_FDCWD ? "/cwd" : "/fd/" + std::to_string(folder);
  char target[PATH_MAX];
  const ssize_t size = ::readlink(from.c_str(), target, sizeof target);
  if (size <= 0 || target[0] != '/') return {};
  return std::string(target, static_cast<size_t>(size)) + "/" + path;
}

bool Gate::within(const std::string& path, bool write) const {
  const auto below = [&](const std::string& folder) {
    return path.starts_with(folder) &&
           (path.size() == folder.size() || folder == "/" || path[folder.size()] == '/');
  };
  return std::any_of(write_.begin(), write_.end(), below) ||
         (!write && std::any_of(read_.begin(), read_.end(), below));
}

// The operator's own path, not the runner's; and not in a folder that the runner may write in,
// where it could have put a link in its place: so nothing of the runner's leads elsewhere.
bool Gate::give_named_file(const Asked& asked, const std::string& path, int flags) const {
  const auto named = std::find(named_files_.begin(), named_files_.end(), path);
  if (named == named_files_.end() || within(*named, true)) return false;
  const int file = ::open(named->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return false;  // the kernel tells the runner why
  struct stat now {};
  seccomp_notif_addfd gift{};
  gift.id = asked.id;
  gift.flags = SECCOMP_ADDFD_FLAG_SEND;
  gift.srcfd = static_cast<uint32_t>(file);
  gift.newfd_flags = static_cast<uint32_t>(flags & O_CLOEXEC);
  const bool given = ::fstat(file, &now) == 0 && S_ISREG(now.st_mode) &&
                     ::ioctl(fd_, SECCOMP_IOCTL_NOTIF_ADDFD, &gift) >= 0;
  ::close(file);
  return given;
}

void Gate::path(const Asked& asked, int place, int flags, bool has_folder) {
  const std::string given = whole_path(asked, place, has_folder);
  if (given.empty()) return reply(asked, 0, true);  // the kernel says what is wrong with it
  const bool write = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
  const std::string path = std::filesystem::path(given).lexically_normal().string();
  char real[PATH_MAX];
  const bool leads_out =
      ::realpath(path.c_str(), real) != nullptr && path != real && !within(real, write);
  if (!within(path, write) || leads_out)
    return refuse(asked, EACCES, (write ? "write to " : "open ") + told(leads_out ? real : path));
  if (!write && opens(asked.call) && give_named_file(asked, path, flags)) return;
  // Landlock holds whatever was exchanged meanwhile.
  reply(asked, 0, true);
}

void Gate::network(const Asked& asked) {
  const long socket =
      ::syscall(SYS_pidfd_getfd, process_.pidfd(), static_cast<int>(asked.args[0]), 0);
  if (socket < 0) return reply(asked, EBADF);
  const auto fd = static_cast<int>(socket);
  switch (asked.call) {
    case SYS_connect:
      return connect(asked, fd);  // it closes it
    case SYS_bind:
      bind(asked, fd);
      break;
    default:
      listen(asked, fd);
  }
  ::close(fd);
}

void Gate::connect(const Asked& asked, int socket) {
  sockaddr_storage address{};
  const size_t size = std::min<uint64_t>(asked.args[2], sizeof address);
  const bool good =
      size >= sizeof(sa_family_t) && read(asked.thread, asked.args[1], &address, size);
  const Place place = place_of(address, static_cast<socklen_t>(size));
  const bool ends_one = good && address.ss_family == AF_UNSPEC;
  if (!good ||
      (!ends_one && (!is_stream(socket) || !addresses_.may_connect(place.text, place.port)))) {
    refuse(asked,
           EACCES,
           place.text.empty() ? "connect to what is no host" : "connect to " + spelt(place));
    ::close(socket);
    return;
  }
  const auto make = [asked, socket, address, size, gate = ::dup(fd_)] {
    const int done = ::connect(
        socket, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
    seccomp_notif_resp response{};
    response.id = asked.id;
    response.error = done == 0 ? 0 : -errno;
    (void)::ioctl(gate, SECCOMP_IOCTL_NOTIF_SEND, &response);
    ::close(gate);
    ::close(socket);
  };
  // Who waits for a connection waits alone.
  if ((::fcntl(socket, F_GETFL) & O_NONBLOCK) != 0) {
    make();
  } else {
    std::thread(make).detach();
  }
}

void Gate::bind(const Asked& asked, int socket) {
  sockaddr_storage address{};
  const size_t size = std::min<uint64_t>(asked.args[2], sizeof address);
  const bool good =
      size >= sizeof(sa_family_t) && read(asked.thread, asked.args[1], &address, size);
  const Place place = place_of(address, static_cast<socklen_t>(size));
  // Port 0: its own end of a connection. Whether it may listen there is asked when it listens.
  const bool may = good && is_stream(socket) && !place.text.empty() &&
                   (place.port == 0 || addresses_.may_listen(place.text, place.port));
  if (!may)
    return refuse(
        asked, EACCES, place.text.empty() ? "bind to what is no host" : "bind to " + spelt(place));
  const int done =
      ::bind(socket, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
  reply(asked, done == 0 ? 0 : errno);
}

void Gate::listen(const Asked& asked, int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const bool good = ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  const Place place = place_of(address, size);
  if (!good || place.port == 0 ||
      (!addresses_.may_listen(place.text, place.port) && !addresses_.may_listen(place.text, 0)))
    return refuse(
        asked, EACCES, "listen on " + (place.text.empty() ? std::string("no port") : spelt(place)));
  const int done = ::listen(socket, static_cast<int>(asked.args[1]));
  reply(asked, done == 0 ? 0 : errno);
}

}  // namespace concord::runtime
