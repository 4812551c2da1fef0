// Keeps one system's runner running: starts it, feeds it its settings, hears what it says, answers
// what its sandbox asks, starts it again when it ends, and stops doing so when it ends too often.
// Threads: its own for all of that; the functions below from any. Owns: the runner.
#pragma once

#include <atomic>
#include <thread>

#include "hub/runtime/access.hpp"
#include "hub/runtime/channel/spec.hpp"
#include "hub/runtime/connector.hpp"
#include "hub/runtime/crash_window.hpp"
#include "hub/runtime/gate.hpp"
#include "hub/runtime/runner_process.hpp"

namespace concord::runtime {

// A runner that has taken its settings: what calls are made on.
struct Link {
  std::shared_ptr<RunnerProcess> process;
  uint32_t offers = 0;  // as Holder::offers()
};

class Keeper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Keeper(Manifest manifest,
         model::SystemId system,
         std::string config,
         Access access,
         RunnerSettings settings);
  ~Keeper();

  void start();
  // Waits for the first one. An error that the connector itself gives, of its settings, ends the
  // matter; a crash does not: it is tried again like any later one.
  base::Status begun();
  // The runner that is up, or comes up until then; else why there is none.
  base::Result<std::shared_ptr<Link>> link(Time until);

  void listen(Intake& intake);
  void stop_listening();
  std::optional<base::Error> listen_fault();
  void cancel();
  Isolation isolation() const;
  // Lifts the quarantine.
  void release();

 private:
  void run();
  // One runner's life: introduced, in use, ended.
  void keep(const std::shared_ptr<RunnerProcess>& process);
  base::Result<std::shared_ptr<Link>> introduce(const std::shared_ptr<RunnerProcess>& process,
                                                std::unique_ptr<Gate>& gate);
  // Serves gate and log until control has an answer or the process ends.
  base::Result<Frame> hear_answer(RunnerProcess& process, Gate* gate, Time until);
  void look_after(RunnerProcess& process, Gate* gate);
  bool hear(RunnerProcess& process, const Frame& frame);
  void ended(const std::shared_ptr<RunnerProcess>& process, const base::Error& why);
  void log(const Frame& frame);
  void order(RunnerProcess& process, Kind kind);
  void answer_asks(const std::shared_ptr<RunnerProcess>& process, int lane);
  bool answer(const Lane& lane, const Frame& asked);
  std::vector<std::optional<base::Error>> deliver(model::Batch batch);
  Intake* enter_intake();
  void leave_intake();
  [[nodiscard]] base::Error protocol_fault(const char* what) const;
  [[nodiscard]] base::Error quarantine() const;
  void note(const std::string& what);  // an attempt was refused

  const Manifest manifest_;
  const model::SystemId system_;
  const std::string config_;
  const Access access_;
  const RunnerSettings settings_;
  Addresses addresses_{access_};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Link> link_;
  std::shared_ptr<RunnerProcess> process_;
  std::optional<base::Error> refused_;  // what the connector itself said of its settings
  Isolation isolation_;
  CrashWindow window_;
  bool stopping_ = false, tried_ = false, quarantined_ = false;
  Intake* intake_ = nullptr;
  bool listening_ = false;  // the runner's connector is in listen()
  int delivering_ = 0;
  std::optional<base::Error> listen_fault_;

  bool without_gate_ = false;  // the keeper's thread alone, as the next ones
  std::mutex ordering_;        // one order at a time on control
  int log_lines_ = 0;          // within the second; the keeper's thread alone
  Time log_second_{};
  std::thread thread_;
};

}  // namespace concord::runtime
