// A connector in a runner, behind the same interface as one in the hub.
#include "hub/runtime/call_errors.hpp"
#include "hub/runtime/channel/values.hpp"
#include "hub/runtime/connector.hpp"
#include "hub/runtime/keeper.hpp"

namespace concord::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{2000};  // between "return soon" and "taken for hung"

// The bits of Holder::offers().
enum Offer : uint32_t { kCheck = 1, kDescribe = 2, kReads = 4, kAcks = 8, kWrites = 32 };

Put question(Kind kind, milliseconds timeout) {
  Put put(kind);
  put.u64(static_cast<uint64_t>(timeout.count()));
  return put;
}

class Isolated : public Connector {
 public:
  Isolated(std::unique_ptr<Keeper> keeper, model::SystemId system, Timeouts timeouts)
      : keeper_(std::move(keeper)), system_(std::move(system)), timeouts_(timeouts) {}
  ~Isolated() override { cancel(); }

  Called<base::Done> check() override {
    return call<base::Done>({"check", kOtherLane, kCheck, timeouts_.check, kShortBytesMax},
                            question(Kind::check, timeouts_.check),
                            [](Take&) { return base::Done{}; });
  }

  Called<std::string> describe() override {
    return call<std::string>({"describe", kOtherLane, kDescribe, timeouts_.check, kShortBytesMax},
                             question(Kind::describe, timeouts_.check),
                             [](Take& take) { return std::string(take.text()); });
  }

  Called<model::Batch> read(const std::string& type,
                            const std::string& checkpoint,
                            const ReadLimits& limits) override {
    Put put = question(Kind::read, timeouts_.read);
    put.text(type).text(checkpoint).u32(limits.records_max).u64(limits.body_bytes_max);
    return call<model::Batch>({"read", kReadLane, kReads, timeouts_.read, kBatchBytesMax},
                              std::move(put),
                              [this](Take& take) { return take_batch(take, system_); });
  }

  Called<base::Done> ack(const std::string& type, const std::string& checkpoint) override {
    Put put = question(Kind::ack, timeouts_.ack);
    put.text(type).text(checkpoint);
    return call<base::Done>({"ack", kReadLane, kAcks, timeouts_.ack, kShortBytesMax},
                            std::move(put),
                            [](Take&) { return base::Done{}; });
  }

  Called<std::vector<WriteOutcome>> write(std::vector<WriteItem> items) override {
    Put put = write_question(timeouts_.write, items);
    if (put.size() > kBatchBytesMax)
      return CallError{base::config_error("BATCH_TOO_LARGE",
                                          system_.value,
                                          "the deliveries exceed what the channel carries at once "
                                          "(128 MB)",
                                          "lower write_batch in the system's file"),
                       {}};
    auto outcomes = call<std::vector<WriteOutcome>>(
        {"write", kWriteLane, kWrites, timeouts_.write, kBatchBytesMax},
        std::move(put),
        [this](Take& take) { return take_outcomes(take, system_.value); });
    if (outcomes && outcomes->size() != items.size())
      return CallError{outcomes_count(outcomes->size(), items.size(), system_), {}};
    return outcomes;
  }

  void listen(Intake& intake) override { keeper_->listen(intake); }
  void stop_listening() override { keeper_->stop_listening(); }
  std::optional<base::Error> listen_fault() override { return keeper_->listen_fault(); }
  void cancel() override { keeper_->cancel(); }
  base::Status begun() override { return keeper_->begun(); }
  [[nodiscard]] std::optional<Isolation> isolation() const override { return keeper_->isolation(); }
  void release() override { keeper_->release(); }

 private:
  struct Plan {
    const char* what;
    int lane;
    Offer offer;
    milliseconds timeout;
    size_t answer_bytes_max;
  };

  template <class T, class Taking>
  Called<T> call(const Plan& plan, Put asked, Taking taking) {
    const std::scoped_lock one(lane_mutexes_[plan.lane - kControlLane]);
    const auto until = steady_clock::now() + plan.timeout + kGrace;
    auto link = keeper_->link(until);
    if (!link) return CallError{std::move(link).error(), {}};
    RunnerProcess& process = *(*link)->process;
    if (((*link)->offers & plan.offer) == 0) {
      // To acknowledge is nobody's duty.
      if (plan.offer == kAcks) return T{};
      return CallError{not_offered(plan.what, system_), {}};
    }
    const Lane& lane = process.lane(plan.lane);
    Frame frame;
    // An answer that is there before the question is somebody else's.
    auto went = lane.holds_something() ? Lane::Outcome::malformed : lane.send(asked, until);
    asked = Put(Kind::end);  // a large batch need not be held twice
    if (went == Lane::Outcome::good) went = lane.receive(frame, plan.answer_bytes_max, until);
    if (went == Lane::Outcome::closed) {
      process.end_soon();
      return CallError{process.wait_for_end(), {}};
    }
    if (went == Lane::Outcome::late) return CallError{end(process, hung(plan.what, system_)), {}};
    Take take(frame.payload);
    if (went == Lane::Outcome::good && frame.kind == Kind::ok) {
      T value = taking(take);
      if (take.done()) return value;
    } else if (went == Lane::Outcome::good && frame.kind == Kind::fail) {
      auto error = take_error(take, system_.value);
      if (error && take.done()) return std::move(*error);
    }
    return CallError{
        end(process,
            base::retry_error(
                "RUNNER_PROTOCOL",
                system_.value,
                std::string("its process sent what makes no sense as the answer to ") + plan.what,
                "report it to the connector's author; do not trust this connector")),
        {}};
  }

  static base::Error end(RunnerProcess& process, base::Error why) {
    process.kill(why);
    return why;
  }

  std::unique_ptr<Keeper> keeper_;
  model::SystemId system_;
  Timeouts timeouts_;
  std::array<std::mutex, kOtherLane - kControlLane + 1> lane_mutexes_;
};

}  // namespace

base::Result<std::unique_ptr<Connector>> load_isolated(const Manifest& manifest,
                                                       const model::SystemId& system,
                                                       const std::string& config,
                                                       const Access& access,
                                                       const Timeouts& timeouts,
                                                       const RunnerSettings& settings) {
  if (auto checked = check_manifest(manifest); !checked) return std::move(checked).error();
  auto keeper = std::make_unique<Keeper>(manifest, system, config, access, settings);
  keeper->start();
  return std::unique_ptr<Connector>(
      std::make_unique<Isolated>(std::move(keeper), system, timeouts));
}

}  // namespace concord::runtime
