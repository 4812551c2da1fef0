#include "hub/runtime/keeper.hpp"

#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include "hub/base/log.hpp"
#include "hub/runtime/channel/values.hpp"
#include "hub/runtime/sandbox_spec.hpp"

namespace concord::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kIntroduction{20}, kOrder{2}, kLeaveTaking{3};
constexpr milliseconds kLook{500}, kNobodyAsks{2};

uint64_t resident_bytes(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/statm";
  FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return 0;
  unsigned long size = 0, resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &size, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

base::Error stopping(const std::string& system) {
  return base::retry_error("STOPPING", system, "the hub is stopping", "send again when it is back");
}

}  // namespace

Keeper::Keeper(Manifest manifest,
               model::SystemId system,
               std::string config,
               Access access,
               RunnerSettings settings)
    : manifest_(std::move(manifest)),
      system_(std::move(system)),
      config_(std::move(config)),
      access_(std::move(access)),
      settings_(std::move(settings)),
      window_(settings_.ends_max, settings_.ends_window) {
  isolation_.state = "starting";
}

Keeper::~Keeper() {
  stop_listening();
  std::shared_ptr<RunnerProcess> process;
  bool introduced = false;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    process = process_;
    introduced = link_ != nullptr;
  }
  changed_.notify_all();
  if (process && introduced) {
    order(*process, Kind::end);
    pollfd end{process->pidfd(), POLLIN, 0};
    ::poll(&end, 1, static_cast<int>(milliseconds(kLeaveTaking).count()));
  }
  if (process) process->kill(stopping(system_.value));
  if (thread_.joinable()) thread_.join();
}

void Keeper::start() {
  thread_ = std::thread([this] { run(); });
}

base::Status Keeper::begun() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return tried_; });
  if (refused_) return *refused_;
  return base::Done{};
}

base::Result<std::shared_ptr<Link>> Keeper::link(Time until) {
  std::unique_lock lock(mutex_);
  const auto good = [&] { return link_ && !link_->process->is_ending(); };
  changed_.wait_until(lock, until, [&] { return good() || quarantined_ || stopping_; });
  if (good()) return link_;
  if (quarantined_) return quarantine();
  if (isolation_.last_end) return *isolation_.last_end;
  return stopping(system_.value);
}

base::Error Keeper::quarantine() const {
  const std::string cause = isolation_.last_end ? isolation_.last_end->cause : std::string();
  return base::fatal_error(
      "RUNNER_QUARANTINED",
      system_.value,
      "its connector ended " + std::to_string(settings_.ends_max) + " times within " +
          std::to_string(settings_.ends_window.count() / 60000) +
          " minutes and is not started again; the last time: " + cause,
      "report it to the connector's author; once it is mended: concord connector release " +
          system_.value);
}

base::Error Keeper::protocol_fault(const char* what) const {
  return base::retry_error("RUNNER_PROTOCOL",
                           system_.value,
                           std::string("its process sent what makes no sense as ") + what,
                           "report it to the connector's author; do not trust this connector");
}

void Keeper::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !quarantined_; });
      if (stopping_) return;
    }
    auto process = RunnerProcess::start(
        settings_.binary, system_.value, settings_.sandbox && ::geteuid() == 0);
    if (process) {
      {
        const std::scoped_lock lock(mutex_);
        process_ = *process;
        isolation_.pid = (*process)->pid();
        if (stopping_) (*process)->kill(stopping(system_.value));
      }
      keep(*process);
    } else {
      ended({}, process.error());
    }
    std::unique_lock lock(mutex_);
    if (refused_) return;
    changed_.wait_for(lock, window_.pause(), [&] { return stopping_; });
  }
}

void Keeper::keep(const std::shared_ptr<RunnerProcess>& process) {
  // Names are asked for while the connector is made, so that lane is served from the beginning.
  std::vector<std::thread> askers;
  for (int i = 0; i < kAskLaneCount; ++i)
    if (i == 0 || manifest_.can("listen"))
      askers.emplace_back([this, process, i] { answer_asks(process, kAskLanes + i); });
  std::unique_ptr<Gate> gate;
  auto link = introduce(process, gate);
  if (link) {
    bool listens = false;
    {
      const std::scoped_lock lock(mutex_);
      link_ = *link;
      tried_ = true;
      isolation_.state = "running";
      listens = intake_ != nullptr;
      listening_ = listens;
    }
    changed_.notify_all();
    if (listens) order(*process, Kind::listen);
    look_after(*process, gate.get());
  } else {
    process->kill(link.error());
  }
  {
    const std::scoped_lock lock(mutex_);
    link_.reset();
  }
  process->reap();
  for (std::thread& asker : askers) asker.join();
  ended(process, process->wait_for_end());
}

void Keeper::ended(const std::shared_ptr<RunnerProcess>&, const base::Error& why) {
  bool quarantined = false;
  {
    const std::scoped_lock lock(mutex_);
    process_.reset();
    isolation_.pid = 0;
    listening_ = false;
    tried_ = true;
    if (!stopping_ && !refused_) {
      quarantined = quarantined_ = window_.ended(steady_clock::now());
      isolation_.state = quarantined ? "quarantined" : "restarting";
      isolation_.last_end = why;
      isolation_.last_end_at = base::now();
      ++isolation_.restarts;
      base::event(quarantined ? base::Level::error : base::Level::warn,
                  quarantined ? "runner.quarantined" : "runner.ended",
                  {{"system", base::Name(system_.value)},
                   {"code", base::Name(why.code)},
                   {"ends", isolation_.restarts}});
    }
  }
  changed_.notify_all();
}

base::Result<std::shared_ptr<Link>> Keeper::introduce(const std::shared_ptr<RunnerProcess>& process,
                                                      std::unique_ptr<Gate>& gate) {
  const Time until = steady_clock::now() + kIntroduction;
  const Lane& control = process->lane(kControlLane);
  SandboxSpec spec = sandbox_spec(manifest_, system_.value, access_, settings_);
  spec.gate = spec.on && settings_.gate && !without_gate_;
  Put shut_in = put_spec(spec);
  (void)control.send(shut_in, until);  // that it is gone is noticed next
  auto first = hear_answer(*process, nullptr, until);
  if (!first) return std::move(first).error();
  Take said(first->payload);
  if (first->kind == Kind::fail) {
    auto error = take_error(said, system_.value);
    return error ? error->error : protocol_fault("a sandbox");
  }
  const Confined confined = take_confined(said);
  if (first->kind != Kind::ok || !said.done()) return protocol_fault("a sandbox");
  gate = Gate::open(*process, confined, spec, addresses_, [this](const auto& what) { note(what); });
  if (spec.gate && !gate && confined.gate_fd >= 0) {
    // The hub may not look into its own child here: do without, and say so.
    without_gate_ = true;
    return base::retry_error("RUNNER_GATE",
                             system_.value,
                             "this machine does not let the hub answer for its runners",
                             "nothing: it is started again without");
  }
  {
    const std::scoped_lock lock(mutex_);
    isolation_.means =
        means_of(confined, spec, access_, gate != nullptr, process->has_own_namespaces());
  }
  Put settings(Kind::config);
  settings.u32(static_cast<uint32_t>(manifest_.abi_min)).text(manifest_.library).text(config_);
  (void)control.send(settings, until);
  auto second = hear_answer(*process, gate.get(), until);
  if (!second) return std::move(second).error();
  Take made(second->payload);
  if (second->kind == Kind::fail) {
    auto error = take_error(made, system_.value);
    if (!error || !made.done()) return protocol_fault("a refusal");
    const std::scoped_lock lock(mutex_);
    // Only what is said before anything ran well is the operator's to mend before the hub starts.
    if (!tried_) refused_ = error->error;
    return error->error;
  }
  auto link = std::make_shared<Link>();
  link->process = process;
  link->offers = made.u32();
  if (second->kind != Kind::ok || !made.done()) return protocol_fault("an introduction");
  return link;
}

base::Result<Frame> Keeper::hear_answer(RunnerProcess& process, Gate* gate, Time until) {
  const Lane& control = process.lane(kControlLane);
  for (Frame frame;;) {
    pollfd fds[] = {{control.fd(), POLLIN, 0}, {gate == nullptr ? -1 : gate->fd(), POLLIN, 0}};
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    if (left <= milliseconds::zero())
      return base::retry_error("RUNNER_START_HUNG",
                               system_.value,
                               "its connector was not made within 20 seconds",
                               "report it to the connector's author");
    if (::poll(fds, 2, static_cast<int>(left.count())) <= 0) continue;
    if (gate != nullptr && fds[1].revents != 0 && !gate->answer())
      std::this_thread::sleep_for(kNobodyAsks);
    if (fds[0].revents == 0) continue;
    switch (control.receive(frame, kShortBytesMax, std::min(until, steady_clock::now() + kOrder))) {
      case Lane::Outcome::good:
        break;
      case Lane::Outcome::closed:
        process.end_soon();
        process.reap();
        return process.wait_for_end();
      default:
        return protocol_fault("an introduction");
    }
    if (frame.kind != Kind::log) return frame;
    log(frame);
  }
}

void Keeper::look_after(RunnerProcess& process, Gate* gate) {
  Time looked = steady_clock::now();
  for (Frame frame;;) {
    pollfd fds[] = {{process.lane(kControlLane).fd(), POLLIN, 0},
                    {gate == nullptr ? -1 : gate->fd(), POLLIN, 0},
                    {process.pidfd(), POLLIN, 0}};
    ::poll(fds, 3, static_cast<int>(kLook.count()));
    if (gate != nullptr && fds[1].revents != 0 && !gate->answer())
      std::this_thread::sleep_for(kNobodyAsks);
    if ((fds[0].revents & POLLIN) != 0) {
      const auto got =
          process.lane(kControlLane).receive(frame, kShortBytesMax, steady_clock::now() + kOrder);
      if (got == Lane::Outcome::closed) return process.end_soon();
      if (got != Lane::Outcome::good || !hear(process, frame))
        return process.kill(protocol_fault("a log line"));
    } else if (fds[0].revents != 0 || fds[2].revents != 0) {
      return process.end_soon();
    }
    if (steady_clock::now() - looked < kLook) continue;
    looked = steady_clock::now();
    if (resident_bytes(process.pid()) > settings_.memory_bytes_max)
      return process.kill(base::retry_error(
          "RUNNER_MEMORY",
          system_.value,
          "its process held more than " + std::to_string(settings_.memory_bytes_max >> 20) + " MB",
          "report it to the connector's author; or raise runners: memory_mb in concord.yaml"));
  }
}

}  // namespace concord::runtime
