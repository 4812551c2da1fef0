#include "hub/runtime/runner_process.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace concord::runtime {
namespace {

constexpr int kLanes = kLaneEnd - kControlLane;
constexpr int kOutOfTheWay = 100;  // above every number that a runner's lane has

base::Error no_start(const std::string& binary, int fault) {
  return base::config_error("RUNNER_UNSTARTABLE",
                            binary,
                            "the runner could not be started: " + std::string(strerror(fault)),
                            "see that concord-runner lies beside concord, and that the machine has "
                            "room for one more process");
}

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(const char* binary, const char* system, const int* ends) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // again after it has changed its user
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  int moved[kLanes];
  for (int i = 0; i < kLanes; ++i) moved[i] = fcntl(ends[i], F_DUPFD, kOutOfTheWay);
  const int nothing = open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) dup2(nothing, fd);
  for (int i = 0; i < kLanes; ++i)
    if (dup2(moved[i], kControlLane + i) < 0) _exit(71);
  syscall(SYS_close_range, kLaneEnd, ~0u, 0);
  setsid();  // no signal of a terminal that the hub is drained by
  char* const words[] = {const_cast<char*>("concord-runner"), const_cast<char*>(system), nullptr};
  char* const nobody[] = {nullptr};
  execve(binary, words, nobody);
  _exit(71);
}

pid_t fork_with(unsigned long flags, int* pidfd) {
  // As fork() does, with namespaces and a descriptor for the child.
  return static_cast<pid_t>(
      syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, nullptr, pidfd, nullptr, nullptr));
}

}  // namespace

base::Result<std::shared_ptr<RunnerProcess>> RunnerProcess::start(const std::string& binary,
                                                                  const std::string& system,
                                                                  bool own_namespaces) {
  if (::access(binary.c_str(), X_OK) != 0) return no_start(binary, errno);
  std::shared_ptr<RunnerProcess> process(new RunnerProcess());
  process->system_ = system;
  std::array<Lane, kLanes> theirs;
  int ends[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
      return no_start(binary, errno);
    process->lanes_[i] = Lane(pair[0]);
    theirs[i] = Lane(pair[1]);
    ends[i] = pair[1];
  }
  constexpr unsigned long kOwn = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
  for (const unsigned long flags : {own_namespaces ? kOwn : 0ul, 0ul}) {
    const pid_t child = fork_with(flags, &process->pidfd_);
    if (child == 0) become(binary.c_str(), system.c_str(), ends);
    if (child > 0) {
      process->pid_ = child;
      process->own_namespaces_ = flags != 0;
      return process;
    }
    if (errno != EPERM && errno != ENOSPC && errno != EINVAL) break;
  }
  return no_start(binary, errno);
}

RunnerProcess::~RunnerProcess() {
  if (pidfd_ < 0) return;
  kill(base::fatal_error("RUNNER_STOPPED", system_, "stopped", ""));
  reap();
  ::close(pidfd_);
}

void RunnerProcess::kill(base::Error why) {
  {
    const std::scoped_lock lock(mutex_);
    if (!killed_because_) killed_because_ = std::move(why);
  }
  if (pidfd_ >= 0) syscall(SYS_pidfd_send_signal, pidfd_, SIGKILL, nullptr, 0);
}

bool RunnerProcess::is_ending() const {
  const std::scoped_lock lock(mutex_);
  return killed_because_ || ended_;
}

void RunnerProcess::end_soon() {
  pollfd end{pidfd_, POLLIN, 0};
  if (::poll(&end, 1, 500) > 0) return;
  kill(base::retry_error("RUNNER_PROTOCOL",
                         system_,
                         "its process closed its channel to the hub",
                         "report it to the connector's author"));
}

void RunnerProcess::reap() {
  {
    const std::scoped_lock lock(mutex_);
    if (ended_) return;
  }
  siginfo_t how{};
  int done = 0;
  do {
    done = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_), &how, WEXITED);
  } while (done != 0 && errno == EINTR);
  for (const Lane& lane : lanes_) lane.shut();
  {
    const std::scoped_lock lock(mutex_);
    ended_ = killed_because_ ? *killed_because_ : end_of(how.si_code, how.si_status);
  }
  changed_.notify_all();
}

base::Error RunnerProcess::end_of(int code, int status) const {
  std::string how = "it ended by itself, with code " + std::to_string(status);
  if (code == CLD_KILLED || code == CLD_DUMPED) {
    const char* name = sigabbrev_np(status);
    how = "it was ended by signal " + std::to_string(status);
    if (name != nullptr) how += std::string(" (SIG") + name + ")";
  }
  return base::retry_error(
      "RUNNER_ENDED",
      system_,
      "the connector's process is gone: " + how,
      "nothing, if it stays the only time; else report it to the connector's author");
}

base::Error RunnerProcess::wait_for_end() const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(2), [&] { return ended_.has_value(); });
  if (ended_) return *ended_;
  return base::retry_error(
      "RUNNER_GONE", system_, "the connector's process does not answer", "see concord status");
}

}  // namespace concord::runtime
