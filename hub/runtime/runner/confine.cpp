#include "hub/runtime/runner/confine.hpp"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hub/runtime/runner/filter.hpp"
#include "hub/runtime/runner/landlock.hpp"

namespace concord::runtime {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // maps terabytes of address space for itself
#else
constexpr bool kSanitized = false;
#endif

base::Error refused(const char* what) {
  return base::config_error("SANDBOX_REFUSED",
                            what,
                            strerror(errno),
                            "run the hub as root, or as a user who may do this");
}

void limit(int what, uint64_t value) {
  const rlimit both{value, value};
  (void)::setrlimit(static_cast<__rlimit_resource_t>(what), &both);  // a lower one may hold already
}

void limit_resources(const SandboxSpec& spec) {
  limit(RLIMIT_CORE, 0);  // it would hold secrets
  limit(RLIMIT_NOFILE, spec.files_max);
  limit(RLIMIT_MEMLOCK, 64u << 10);
  limit(RLIMIT_MSGQUEUE, 0);
  limit(RLIMIT_RTPRIO, 0);
  limit(RLIMIT_NICE, 0);
  limit(RLIMIT_FSIZE, uint64_t{8} << 30);
  if (spec.memory_bytes_max != 0 && !kSanitized) limit(RLIMIT_AS, spec.memory_bytes_max);
  // The first to go when the machine runs out of memory.
  if (const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); fd >= 0) {
    (void)!::write(fd, "500", 3);
    ::close(fd);
  }
}

// User and group of its own, and of root's rights at most that to pass over the modes of files,
// which Landlock holds to its folders.
base::Status change_user(const SandboxSpec& spec, bool keep_passing) {
  limit(RLIMIT_NPROC, spec.threads_max);  // counted by user: only now that it has its own
  for (int capability = 0; ::prctl(PR_CAPBSET_DROP, capability) == 0; ++capability) {
  }  // up to the last that this kernel knows
  ::prctl(PR_SET_KEEPCAPS, 1);
  if (::setgroups(0, nullptr) != 0 || ::setresgid(spec.uid, spec.uid, spec.uid) != 0 ||
      ::setresuid(spec.uid, spec.uid, spec.uid) != 0)
    return refused("its own user");
  uint32_t kept = 0;
  if (keep_passing && spec.pass_read_modes) kept |= 1u << CAP_DAC_READ_SEARCH;
  if (keep_passing && spec.pass_write_modes) kept |= 1u << CAP_DAC_OVERRIDE;
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct rights[2]{{kept, kept, 0}, {0, 0, 0}};
  if (::syscall(SYS_capset, &head, rights) != 0) return refused("its capabilities");
  return base::Done{};
}

}  // namespace

base::Result<Confined> confine(const SandboxSpec& spec) {
  Confined confined;
  ::mallopt(M_ARENA_MAX, 2);  // there is one runner a system
  if (!spec.on) return confined;
  limit_resources(spec);
  Landlock landlock;
  if (auto prepared = landlock.prepare(spec); !prepared) return std::move(prepared).error();
  confined.landlock_abi = landlock.abi();
  confined.files = landlock.abi() >= 1;
  confined.ports = landlock.abi() >= 4;
  confined.signals = landlock.abi() >= 6;
  if (spec.uid != 0) {
    if (auto changed = change_user(spec, confined.files); !changed)
      return std::move(changed).error();
    confined.own_user = true;
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("no new privileges");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changed
  if (auto entered = landlock.enter(); !entered) return std::move(entered).error();
  auto filtered = filter_calls(spec.gate, spec.network);
  if (!filtered) return std::move(filtered).error();
  confined.calls = filtered->on;
  confined.gate_fd = filtered->gate_fd;
  return confined;
}

}  // namespace concord::runtime
