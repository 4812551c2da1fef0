// One runner: a process with its lanes. Started, ended and looked after by its Keeper.
// Threads: kill(), ended_because() and wait_for_end() from any; the lanes by whoever holds them.
#pragma once

#include <sys/types.h>

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "hub/base/result.hpp"
#include "hub/runtime/channel/frame.hpp"

namespace concord::runtime {

class RunnerProcess {
 public:
  // own_namespaces: of processes, IPC and host name, where the hub may make them.
  static base::Result<std::shared_ptr<RunnerProcess>> start(const std::string& binary,
                                                            const std::string& system,
                                                            bool own_namespaces);
  ~RunnerProcess();  // kills it, if it lives
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_; }  // readable once it has ended
  [[nodiscard]] bool has_own_namespaces() const { return own_namespaces_; }
  [[nodiscard]] const Lane& lane(int number) const { return lanes_.at(number - kControlLane); }

  // Ends it at once. The first reason is the one that is told.
  void kill(base::Error why);
  // It was ended, or has ended: no call should begin on it.
  [[nodiscard]] bool is_ending() const;
  // A lane of it is closed: it ends at once by itself, or it is ended.
  void end_soon();
  // Takes the end down; only the keeper, once pidfd is readable.
  void reap();
  // Why it ended; waits a moment for the keeper to find out.
  base::Error wait_for_end() const;

 private:
  RunnerProcess() = default;
  [[nodiscard]] base::Error end_of(int code, int status) const;

  std::string system_;
  pid_t pid_ = 0;
  int pidfd_ = -1;
  bool own_namespaces_ = false;
  std::array<Lane, kLaneEnd - kControlLane> lanes_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<base::Error> killed_because_, ended_;
};

}  // namespace concord::runtime
