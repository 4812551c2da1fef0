#include "hub/runtime/runner/filter.hpp"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "hub/runtime/channel/calls.hpp"

namespace concord::runtime {
namespace {

// What is neither here nor in calls.hpp does not exist (ENOSYS): so with what kernels still to come
// will bring.
constexpr const char* kAllowed[] = {
    // descriptors
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "lseek",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "pipe",
    "pipe2",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "ftruncate",
    "fallocate",
    "flock",
    "sendfile",
    "splice",
    "tee",
    "copy_file_range",
    "fadvise64",
    "readahead",
    "memfd_create",
    "eventfd",
    "eventfd2",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "signalfd",
    "signalfd4",
    "inotify_init",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
    // waiting
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "nanosleep",
    "clock_nanosleep",
    "pause",
    // memory
    "mmap",
    "mprotect",
    "munmap",
    "mremap",
    "madvise",
    "brk",
    "msync",
    "mlock",
    "munlock",
    "mincore",
    "membarrier",
    // threads and signals of its own
    "set_robust_list",
    "get_robust_list",
    "rseq",
    "set_tid_address",
    "futex",
    "futex_waitv",
    "gettid",
    "getpid",
    "getppid",
    "exit",
    "exit_group",
    "sched_yield",
    "sched_getaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigsuspend",
    "sigaltstack",
    "restart_syscall",
    "alarm",
    "setitimer",
    "getitimer",
    "timer_create",
    "timer_settime",
    "timer_gettime",
    "timer_getoverrun",
    "timer_delete",
    // time and itself
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    "times",
    "getrusage",
    "getrlimit",
    "uname",
    "sysinfo",
    "getrandom",
    "arch_prctl",
    "getcpu",
    "capget",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getgroups",
    "getresuid",
    "getresgid",
    "getpgrp",
    "getpgid",
    "getsid",
    "getpriority",
    "umask",
    // files, within what Landlock leaves
    "stat",
    "lstat",
    "fstat",
    "newfstatat",
    "statx",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents",
    "getdents64",
    "getcwd",
    "chdir",
    "fchdir",
    "fchmod",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "statfs",
    "fstatfs",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "listxattr",
    "flistxattr",
    // sockets that are there already
    "accept",
    "accept4",
    "getsockname",
    "getpeername",
    "setsockopt",
    "getsockopt",
    "shutdown",
    "recvfrom",
    "recvmsg",
    "recvmmsg"};

constexpr int kFcntl[] = {F_DUPFD,
                          F_GETFD,
                          F_SETFD,
                          F_GETFL,
                          F_SETFL,
                          F_GETLK,
                          F_SETLK,
                          F_SETLKW,
                          F_DUPFD_CLOEXEC,
                          F_OFD_GETLK,
                          F_OFD_SETLK,
                          F_OFD_SETLKW,
                          F_ADD_SEALS,
                          F_GET_SEALS,
                          F_GETPIPE_SZ};
constexpr unsigned long kIoctl[] = {FIONREAD, FIONBIO, FIOCLEX, FIONCLEX, TIOCOUTQ};
constexpr int kPrctl[] = {PR_SET_NAME,
                          PR_GET_NAME,
                          PR_GET_DUMPABLE,
                          PR_CAPBSET_READ,
                          PR_GET_NO_NEW_PRIVS,
                          0x53564d41 /* PR_SET_VMA: names of mappings */};
// Families that a connector might want and never has a use for here.
constexpr int kFamiliesRefused[] = {
    AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH, AF_KEY, AF_XDP, AF_TIPC, AF_CAN, AF_RDS, AF_NFC};
constexpr uint64_t kTypeOfSocket = 0xf;  // without SOCK_NONBLOCK and SOCK_CLOEXEC

class Filter {
 public:
  Filter() : rules_(::seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), ::seccomp_release) {}

  template <class... Args>
  void add(uint32_t action, int call, Args... args) {
    if (fault_ == 0)
      fault_ = ::seccomp_rule_add(rules_.get(), action, call, sizeof...(args), args...);
  }
  [[nodiscard]] scmp_filter_ctx rules() const { return rules_.get(); }
  [[nodiscard]] int fault() const { return rules_ ? fault_ : ENOMEM; }

 private:
  std::unique_ptr<void, decltype(&::seccomp_release)> rules_;
  int fault_ = 0;
};

// A condition on an argument of the call, as libseccomp's SCMP_A0 and its like, which are C alone.
scmp_arg_cmp when(unsigned argument, scmp_compare how, uint64_t value, uint64_t masked = 0) {
  return {argument, how, value, masked};
}

void add_sockets(Filter& filter, bool gate, bool network, uint32_t refuse) {
  const uint32_t make = network ? SCMP_ACT_ALLOW : refuse;
  const int call = SCMP_SYS(socket);
  for (const int family : {AF_INET, AF_INET6}) {
    for (const int protocol : {0, static_cast<int>(IPPROTO_TCP)})
      filter.add(make,
                 call,
                 when(0, SCMP_CMP_EQ, static_cast<unsigned>(family)),
                 when(1, SCMP_CMP_MASKED_EQ, kTypeOfSocket, SOCK_STREAM),
                 when(2, SCMP_CMP_EQ, static_cast<unsigned>(protocol)));
    // Libraries make one to see whether the machine has this family. It can send nothing: connect
    // goes through the hub, which connects streams alone, and a send with an address is refused.
    filter.add(gate ? make : refuse,
               call,
               when(0, SCMP_CMP_EQ, static_cast<unsigned>(family)),
               when(1, SCMP_CMP_MASKED_EQ, kTypeOfSocket, SOCK_DGRAM));
    filter.add(refuse,
               call,
               when(0, SCMP_CMP_EQ, static_cast<unsigned>(family)),
               when(1, SCMP_CMP_MASKED_EQ, kTypeOfSocket, SOCK_RAW));
  }
  // Asked for in passing, by resolvers and loggers: no answer, and no matter.
  for (const int family : {AF_UNIX, AF_NETLINK})
    filter.add(
        SCMP_ACT_ERRNO(EAFNOSUPPORT), call, when(0, SCMP_CMP_EQ, static_cast<unsigned>(family)));
  for (const int family : kFamiliesRefused)
    filter.add(refuse, call, when(0, SCMP_CMP_EQ, static_cast<unsigned>(family)));
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(socketpair), when(0, SCMP_CMP_EQ, AF_UNIX));
  // On what is connected; MSG_FASTOPEN would connect by itself.
  filter.add(SCMP_ACT_ALLOW,
             SCMP_SYS(sendto),
             when(3, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0),
             when(4, SCMP_CMP_EQ, 0));
  filter.add(refuse, SCMP_SYS(sendto), when(4, SCMP_CMP_NE, 0));
}

void add_itself(Filter& filter, uint32_t refuse) {
  const auto own = static_cast<unsigned>(::getpid());
  for (const int call : {SCMP_SYS(kill), SCMP_SYS(tgkill)}) {
    filter.add(SCMP_ACT_ALLOW, call, when(0, SCMP_CMP_EQ, own));
    filter.add(refuse, call, when(0, SCMP_CMP_NE, own));
  }
  // A thread, never a process.
  filter.add(
      SCMP_ACT_ALLOW, SCMP_SYS(clone), when(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  filter.add(refuse, SCMP_SYS(clone), when(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), when(0, SCMP_CMP_EQ, 0), when(2, SCMP_CMP_EQ, 0));
  for (const int what : kPrctl)
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prctl), when(0, SCMP_CMP_EQ, static_cast<unsigned>(what)));
  for (const int what : {PR_SET_PDEATHSIG,
                         PR_SET_DUMPABLE,
                         PR_SET_MM,
                         PR_SET_SECCOMP,
                         PR_SET_PTRACER,
                         PR_SET_KEEPCAPS,
                         PR_CAP_AMBIENT,
                         PR_SET_SECUREBITS})
    filter.add(refuse, SCMP_SYS(prctl), when(0, SCMP_CMP_EQ, static_cast<unsigned>(what)));
  // No signal by way of a descriptor (F_SETOWN), no terminal.
  for (const int what : kFcntl)
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(fcntl), when(1, SCMP_CMP_EQ, static_cast<unsigned>(what)));
  for (const int what : {F_SETOWN, F_SETOWN_EX, F_SETSIG})
    filter.add(refuse, SCMP_SYS(fcntl), when(1, SCMP_CMP_EQ, static_cast<unsigned>(what)));
  for (const unsigned long what : kIoctl)
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), when(1, SCMP_CMP_EQ, what));
  for (const unsigned long what :
       {static_cast<unsigned long>(FIOSETOWN), static_cast<unsigned long>(TIOCSTI)})
    filter.add(refuse, SCMP_SYS(ioctl), when(1, SCMP_CMP_EQ, what));
}

}  // namespace

base::Result<Filtered> filter_calls(bool gate, bool network) {
  if (::seccomp_api_get() < 5) gate = false;
  const uint32_t refuse = gate ? SCMP_ACT_NOTIFY : SCMP_ACT_ERRNO(EPERM);
  const uint32_t ask = gate ? SCMP_ACT_NOTIFY : SCMP_ACT_ALLOW;
  Filter filter;
  for (const char* name : kAllowed)
    if (const int call = ::seccomp_syscall_resolve_name(name); call >= 0)
      filter.add(SCMP_ACT_ALLOW, call);
  for (const SystemCall& never : kNever) filter.add(refuse, never.number);
  for (const PathCall& path : kPaths) filter.add(ask, path.number);
  for (const SystemCall& call : kNetwork) filter.add(network ? ask : refuse, call.number);
  add_sockets(filter, gate, network, refuse);
  add_itself(filter, refuse);
  int fault = filter.fault();
  if (fault == 0) {
    // A tree instead of a list: the commonest calls need not pass two hundred comparisons.
    (void)::seccomp_attr_set(filter.rules(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    fault = ::seccomp_load(filter.rules());
  }
  if (fault == -ENOSYS || fault == -EINVAL) return Filtered{};
  if (fault != 0)
    return base::config_error(
        "SANDBOX_REFUSED",
        "seccomp",
        std::string("the filter cannot be put into force: ") + strerror(-fault),
        "report it with the kernel's version (uname -r)");
  return Filtered{true, gate ? ::seccomp_notify_fd(filter.rules()) : -1};
}

}  // namespace concord::runtime
