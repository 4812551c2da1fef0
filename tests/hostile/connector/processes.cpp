#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/hostile/connector/attack.hpp"

namespace concord::hostile {
namespace {

pid_t hub(const Words& words) {
  return number(words, "hub");
}

}  // namespace

Attacks processes() {
  return {
      {"fork",
       [](const Words&) -> Verdict {
         const pid_t child = ::fork();
         if (child == 0) ::_exit(0);
         if (child > 0) ::waitpid(child, nullptr, 0);
         return verdict(child > 0);
       }},
      {"fork_bomb",
       [](const Words&) -> Verdict {
         int started = 0;
         for (int i = 0; i < 1000; ++i) {
           const pid_t child = ::fork();
           if (child == 0) ::_exit(0);
           if (child > 0) ++started;
         }
         while (::waitpid(-1, nullptr, WNOHANG) > 0) {
         }
         return verdict(started > 0);
       }},
      {"vfork_by_clone3",
       [](const Words&) -> Verdict {
         uint64_t args[8] = {0, 0, 0, 0, SIGCHLD};
         const long child = ::syscall(SYS_clone3, args, sizeof args);
         if (child == 0) ::_exit(0);
         return verdict(child > 0);
       }},
      {"shell",
       [](const Words&) {
         char* const words[] = {const_cast<char*>("sh"), nullptr};
         char* const none[] = {nullptr};
         return verdict(::execve("/bin/sh", words, none) == 0);
       }},
      // A signal to see whether one would arrive: none is sent to a hub that could be hit.
      {"signal_hub", [](const Words& words) { return verdict(::kill(hub(words), 0) == 0); }},
      {"signal_parent", [](const Words&) { return verdict(::kill(::getppid(), SIGCONT) == 0); }},
      {"signal_group", [](const Words&) { return verdict(::kill(0, SIGCONT) == 0); }},
      {"signal_all", [](const Words&) { return verdict(::kill(-1, 0) == 0); }},
      {"signal_thread",
       [](const Words& words) {
         return verdict(::syscall(SYS_tgkill, hub(words), hub(words), 0) == 0);
       }},
      {"signal_by_queue",
       [](const Words& words) {
         siginfo_t info{};
         info.si_code = SI_QUEUE;
         return verdict(::syscall(SYS_rt_sigqueueinfo, hub(words), 0, &info) == 0);
       }},
      {"signal_by_descriptor",
       [](const Words& words) -> Verdict {
         int ends[2];
         if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return {};
         return verdict(::fcntl(ends[0], F_SETOWN, hub(words)) == 0);
       }},
      {"ptrace",
       [](const Words& words) -> Verdict {
         const long done = ::ptrace(PTRACE_SEIZE, hub(words), nullptr, nullptr);
         const Verdict given = verdict(done == 0);
         if (done == 0) ::ptrace(PTRACE_INTERRUPT, hub(words), nullptr, nullptr);
         if (done == 0) ::waitpid(hub(words), nullptr, __WALL);
         if (done == 0) ::ptrace(PTRACE_DETACH, hub(words), nullptr, nullptr);
         return given;
       }},
      {"read_hub_memory",
       [](const Words& words) {
         char secret[8]{};
         iovec ours{secret, sizeof secret};
         iovec theirs{reinterpret_cast<void*>(std::stoull(words.at("at"))), sizeof secret};
         return verdict(::process_vm_readv(hub(words), &ours, 1, &theirs, 1, 0) == sizeof secret);
       }},
      {"write_hub_memory",
       [](const Words& words) {
         char secret[8] = "changed";
         iovec ours{secret, sizeof secret};
         iovec theirs{reinterpret_cast<void*>(std::stoull(words.at("at"))), sizeof secret};
         return verdict(::process_vm_writev(hub(words), &ours, 1, &theirs, 1, 0) == sizeof secret);
       }},
      {"take_hub_descriptor",
       [](const Words& words) {
         const long fd = ::syscall(SYS_pidfd_open, hub(words), 0);
         return verdict(fd >= 0 && ::syscall(SYS_pidfd_getfd, fd, 0, 0) >= 0);
       }},
      {"limit_hub",
       [](const Words& words) {
         rlimit now{};
         return verdict(::prlimit(hub(words), RLIMIT_NOFILE, nullptr, &now) == 0);
       }},
      {"schedule_hub",
       [](const Words& words) {
         cpu_set_t one;
         CPU_ZERO(&one);
         CPU_SET(0, &one);
         return verdict(::sched_setaffinity(hub(words), 0, &one) == 0 || errno == EINVAL);
       }},
      {"become_root", [](const Words&) { return verdict(::setresuid(0, 0, 0) == 0); }},
      {"mount",
       [](const Words& words) {
         const std::string& own = words.at("own");
         const Verdict given = verdict(::mount("none", own.c_str(), "tmpfs", 0, nullptr) == 0);
         if (given.worked) ::umount2(own.c_str(), MNT_DETACH);
         return given;
       }},
      {"unshare_user", [](const Words&) { return verdict(::unshare(CLONE_NEWUSER) == 0); }},
      {"unshare_network", [](const Words&) { return verdict(::unshare(CLONE_NEWNET) == 0); }},
      {"change_root",
       [](const Words& words) { return verdict(::chroot(words.at("own").c_str()) == 0); }},
      {"host_name", [](const Words&) { return verdict(::sethostname("syn", 3) == 0); }},
      {"bpf",
       [](const Words&) {
         bpf_attr attr{};
         attr.map_type = BPF_MAP_TYPE_ARRAY;
         attr.key_size = attr.value_size = 4;
         attr.max_entries = 1;
         return verdict(::syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr) >= 0);
       }},
      {"keys",
       [](const Words&) {
         // The keys of the session that the hub runs in.
         return verdict(::syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3 /* session */, 1) > 0);
       }},
      {"io_uring",
       [](const Words&) {
         char params[120]{};
         return verdict(::syscall(SYS_io_uring_setup, 1, params) >= 0);
       }},
      {"shared_memory",
       [](const Words&) {
         const int id = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
         if (id >= 0) ::shmctl(id, IPC_RMID, nullptr);
         return verdict(id >= 0);
       }},
      {"outlive_hub", [](const Words&) { return verdict(::prctl(PR_SET_PDEATHSIG, 0) == 0); }},
      {"more_descriptors",
       [](const Words&) {
         const rlimit more{100000, 100000};
         return verdict(::setrlimit(RLIMIT_NOFILE, &more) == 0);
       }},
      {"real_time",
       [](const Words&) {
         const sched_param first{50};
         return verdict(::sched_setscheduler(0, SCHED_FIFO, &first) == 0);
       }},
  };
}

}  // namespace concord::hostile
