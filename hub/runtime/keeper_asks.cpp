// What a runner says by itself: log lines, events, names to look up, and the end of its listening.
#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/runtime/channel/values.hpp"
#include "hub/runtime/keeper.hpp"

namespace concord::runtime {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kFrame{30}, kOrder{2}, kStopListening{10};
constexpr int kLogLinesPerSecond = 200;
constexpr size_t kNameBytesMax = 253;
constexpr size_t kAttemptsTold = 40;
constexpr const char* kOthers = "others";

base::Error stopping() {
  return base::retry_error("STOPPING", "hub", "the hub is stopping", "send again when it is back");
}

}  // namespace

void Keeper::order(RunnerProcess& process, Kind kind) {
  const std::scoped_lock one(ordering_);
  Put put(kind);
  // One that is gone is noticed elsewhere.
  (void)process.lane(kControlLane).send(put, steady_clock::now() + kOrder);
}

bool Keeper::hear(RunnerProcess&, const Frame& frame) {
  Take take(frame.payload);
  switch (frame.kind) {
    case Kind::log:
      log(frame);
      return true;
    case Kind::listen_ended: {
      auto error = take_error(take, system_.value);
      if (!take.done()) return false;
      {
        const std::scoped_lock lock(mutex_);
        listening_ = false;
        if (error) listen_fault_ = error->error;
      }
      changed_.notify_all();
      if (error)
        base::event(
            base::Level::error,
            "listen.ended",
            {{"system", base::Name(system_.value)}, {"code", base::Name(error->error.code)}});
      return true;
    }
    default:
      return false;
  }
}

void Keeper::log(const Frame& frame) {
  const Time now = steady_clock::now();
  if (now - log_second_ >= seconds(1)) {
    if (log_lines_ > kLogLinesPerSecond)
      base::event(
          base::Level::warn,
          "log.cut",
          {{"system", base::Name(system_.value)}, {"lines", log_lines_ - kLogLinesPerSecond}});
    log_second_ = now;
    log_lines_ = 0;
  }
  if (++log_lines_ > kLogLinesPerSecond) return;
  Take take(frame.payload);
  const uint32_t level = take.u32();
  const std::string_view event = take.text();
  const std::string_view fields = take.text();
  if (take.done())
    base::connector_event(
        static_cast<base::Level>(std::min(level, 3u)), system_.value, event, fields);
}

void Keeper::answer_asks(const std::shared_ptr<RunnerProcess>& process, int lane_number) {
  const Lane& lane = process->lane(lane_number);
  for (Frame asked; lane.ready();) {
    const auto got = lane.receive(asked, kEventBytesMax, steady_clock::now() + kFrame);
    if (got == Lane::Outcome::closed) return;
    if (got == Lane::Outcome::good && answer(lane, asked)) continue;
    process->kill(protocol_fault("an event"));
    return;
  }
}

bool Keeper::answer(const Lane& lane, const Frame& asked) {
  Take take(asked.payload);
  Put put(Kind::ok);
  switch (asked.kind) {
    case Kind::resolve: {
      const std::string name(take.text());
      if (!take.done() || name.size() > kNameBytesMax) return false;
      const auto addresses = addresses_.resolve(name);
      put.u32(static_cast<uint32_t>(addresses.size()));
      for (const std::string& address : addresses) put.text(address);
      break;
    }
    case Kind::poke: {
      const std::string type(take.text());
      if (!take.done()) return false;
      if (Intake* intake = enter_intake()) {
        intake->poke(type);
        leave_intake();
      }
      break;
    }
    case Kind::deliver: {
      model::Batch batch = take_batch(take, system_);
      if (!take.done()) return false;
      put = event_answers(deliver(std::move(batch)));
      break;
    }
    default:
      return false;
  }
  return lane.send(put, steady_clock::now() + kFrame) == Lane::Outcome::good;
}

std::vector<std::optional<base::Error>> Keeper::deliver(model::Batch batch) {
  const size_t count = batch.records.size() + batch.rejects.size();
  Intake* intake = enter_intake();
  if (intake == nullptr) return std::vector<std::optional<base::Error>>(count, stopping());
  auto answers = intake->deliver(std::move(batch));
  leave_intake();
  return answers;
}

// Where events go, if they are taken in; it stays while somebody is in it.
Intake* Keeper::enter_intake() {
  const std::scoped_lock lock(mutex_);
  if (intake_ != nullptr) ++delivering_;
  return intake_;
}

void Keeper::leave_intake() {
  {
    const std::scoped_lock lock(mutex_);
    --delivering_;
  }
  changed_.notify_all();
}

void Keeper::listen(Intake& intake) {
  std::shared_ptr<Link> link;
  {
    const std::scoped_lock lock(mutex_);
    intake_ = &intake;
    listen_fault_.reset();
    link = link_;
    listening_ = link != nullptr;
  }
  if (link) order(*link->process, Kind::listen);
}

void Keeper::stop_listening() {
  std::unique_lock lock(mutex_);
  if (intake_ == nullptr) return;
  if (link_ && listening_) {
    const auto process = link_->process;
    lock.unlock();
    order(*process, Kind::stop_listening);
    lock.lock();
    // It finishes what is in hand, and that is kept.
    if (!changed_.wait_for(lock, kStopListening, [&] { return !listening_; }))
      process->kill(base::retry_error("CONNECTOR_HUNG",
                                      system_.value,
                                      "listen did not return when it was asked to",
                                      "report it to the connector's author"));
  }
  intake_ = nullptr;
  changed_.wait(lock, [&] { return delivering_ == 0; });
}

std::optional<base::Error> Keeper::listen_fault() {
  const std::scoped_lock lock(mutex_);
  return listen_fault_;
}

void Keeper::cancel() {
  std::shared_ptr<Link> link;
  {
    const std::scoped_lock lock(mutex_);
    link = link_;
  }
  if (link) order(*link->process, Kind::cancel);
}

void Keeper::note(const std::string& what) {
  const base::Instant now = base::now();
  const std::scoped_lock lock(mutex_);
  auto& all = isolation_.attempts;
  const auto named = [&](const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.what == name; });
  };
  auto known = named(what);
  // A flood of different ones must not fill the status.
  if (known == all.end() && all.size() >= kAttemptsTold) known = named(kOthers);
  if (known == all.end()) {
    all.push_back({all.size() < kAttemptsTold ? what : kOthers, 0, now});
    known = all.end() - 1;
    base::event(base::Level::warn,
                "runner.refused",
                {{"system", base::Name(system_.value)}, {"what", base::Name(known->what)}});
  }
  ++known->count;
  known->last = now;
}

Isolation Keeper::isolation() const {
  const std::scoped_lock lock(mutex_);
  return isolation_;
}

void Keeper::release() {
  {
    const std::scoped_lock lock(mutex_);
    if (!quarantined_) return;
    quarantined_ = false;
    window_.forget();
    isolation_.state = "restarting";
  }
  changed_.notify_all();
}

}  // namespace concord::runtime
