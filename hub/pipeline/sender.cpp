#include "hub/pipeline/sender.hpp"

#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/deliver/next_step.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;

// The twin that the race test must catch decides under one view and sends under another.
#ifdef CONCORD_DECIDE_BEFORE_HOLD
constexpr bool kHoldLate = true;
#else
constexpr bool kHoldLate = false;
#endif

constexpr int kLoadAtOnce = 20000;
constexpr size_t kSentMost = 8;  // batches whose outcomes wait for their commit

// Spreads the retries of many lanes.
double salt(int64_t id, int attempts) {
  return static_cast<double>((id * 7919 + attempts * 104729) % 1000) / 1000;
}

}  // namespace

// A batch that its recipient has answered for. A revocation waits until it is settled.
struct Sender::Sent {
  std::unique_ptr<Views::Holding> under;
  std::vector<Prepared> batch;
};

Sender::Sender(const Works& works,
               model::SystemId system,
               runtime::Connector& connector,
               Counters& counters,
               LookAgain look_again)
    : works_(works),
      system_(std::move(system)),
      connector_(&connector),
      counters_(counters),
      look_again_(std::move(look_again)) {}

Sender::~Sender() {
  stop();
}

base::Status Sender::load() {
  const std::scoped_lock lock(mutex_);
  for (;;) {
    auto found = works_.store.open_deliveries(system_, lanes_.highest_id(), kLoadAtOnce);
    if (!found) return std::move(found).error();
    for (model::Delivery& delivery : *found) lanes_.add(std::move(delivery));
    if (found->size() < kLoadAtOnce) return base::Done{};
  }
}

void Sender::start() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = sending_ended_ = false;
  }
  thread_ = std::thread([this] { run(); });
  settler_ = std::thread([this] { run_settling(); });
}

void Sender::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  {
    const std::scoped_lock lock(mutex_);
    sending_ended_ = true;
  }
  sent_changed_.notify_all();
  if (settler_.joinable()) settler_.join();
}

void Sender::use(runtime::Connector& connector) {
  const std::scoped_lock lock(mutex_);
  connector_ = &connector;
  // What the one before could not reach, this one may.
  failures_ = 0;
  state_ = {};
}

void Sender::add(const std::vector<model::Delivery>& deliveries) {
  {
    const std::scoped_lock lock(mutex_);
    for (const model::Delivery& delivery : deliveries)
      if (delivery.to == system_) lanes_.add(delivery);
  }
  changed_.notify_all();
}

bool Sender::retry(int64_t delivery) {
  bool found = false;
  {
    const std::scoped_lock lock(mutex_);
    found = lanes_.unpark(delivery, works_.clock());
    state_.paused_until.reset();
  }
  changed_.notify_all();
  return found;
}

bool Sender::drop(int64_t delivery) {
  bool found = false;
  {
    const std::scoped_lock lock(mutex_);
    found = lanes_.drop(delivery);
  }
  changed_.notify_all();  // what stood behind it goes on now
  return found;
}

Sender::State Sender::state() const {
  const std::scoped_lock lock(mutex_);
  State state = state_;
  state.waiting = lanes_.waiting();
  state.parked_lanes = lanes_.parked_lanes();
  return state;
}

void Sender::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const base::Instant now = works_.clock();
    const bool resting = state_.paused_until && now < *state_.paused_until;
    if (resting || !lanes_.ready(now)) {
      std::optional<base::Instant> until = resting ? state_.paused_until : lanes_.next_due();
      const auto wait = until
                            ? std::chrono::duration_cast<std::chrono::milliseconds>(*until - now) +
                                  std::chrono::milliseconds(1)
                            : std::chrono::milliseconds(60000);
      changed_.wait_for(
          lock, std::clamp(wait, std::chrono::milliseconds(1), std::chrono::milliseconds(60000)));
      continue;
    }
    std::vector<model::Delivery> heads =
        lanes_.take(works_.views.view()->write_batch(system_), now);
    lock.unlock();
    Sent sent = send(std::move(heads));
    lock.lock();
    sent_.push_back(std::move(sent));
    sent_changed_.notify_all();
    // Outcomes do not pile up: what is not committed is sent again after a crash.
    sent_changed_.wait(lock, [&] { return sent_.size() < kSentMost; });
  }
}

void Sender::run_settling() {
  std::unique_lock lock(mutex_);
  for (;;) {
    sent_changed_.wait(lock, [&] { return sending_ended_ || !sent_.empty(); });
    if (sent_.empty()) return;  // ended, and nothing is left behind
    std::vector<Sent> now = std::move(sent_);
    sent_.clear();
    lock.unlock();
    sent_changed_.notify_all();
    if (settle(now)) look_again_at(now);
    now.clear();  // whoever swaps the evidence waits for this
    lock.lock();
  }
}

Sender::Sent Sender::send(std::vector<model::Delivery> heads) {
  // Under one view from decision to acknowledgement: a revocation waits for us.
  Sent sent{works_.views.hold(), {}};
  std::vector<Prepared>& batch = sent.batch;
  std::vector<runtime::WriteItem> items;
  std::vector<size_t> places;
  {
    const store::Store::View view(works_.store);
    for (model::Delivery& head : heads) {
      batch.push_back(prepare(std::move(head), sent.under->view()));
      if (!batch.back().item) continue;
      places.push_back(batch.size() - 1);
      items.push_back(std::move(*batch.back().item));
    }
  }
  if (kHoldLate) {  // time for a revocation to be asked for, and then to be acknowledged
    std::this_thread::sleep_for(std::chrono::milliseconds(15));
    sent.under = works_.views.hold();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (!items.empty()) {
    auto outcomes = connector_->write(std::move(items));
    const base::Instant now = works_.clock();
    if (!outcomes) {
      ++counters_.calls_failed;
      pause(outcomes.error());
      for (const size_t place : places) {
        model::Delivery& delivery = batch[place].delivery;
        delivery.reason = outcomes.error().error.code;
        delivery.detail = to_text(outcomes.error().error);
        delivery.owner = deliver::owner_of(outcomes.error().error);
      }
    } else {
      {
        const std::scoped_lock lock(mutex_);
        failures_ = 0;
        state_.paused.reset();
        state_.paused_since.reset();
        state_.paused_until.reset();
      }
      for (size_t i = 0; i < places.size(); ++i) {
        model::Delivery& delivery = batch[places[i]].delivery;
        runtime::WriteOutcome& outcome = (*outcomes)[i];
        if (outcome.error) {
          deliver::after_failure(delivery,
                                 *outcome.error,
                                 outcome.retry_after,
                                 now,
                                 salt(delivery.id, delivery.attempts));
          ++(delivery.outcome == Outcome::parked ? counters_.parked_out : counters_.retried);
          continue;
        }
        ++delivery.attempts;
        delivery.outcome = Outcome::delivered;
        delivery.reason.clear();
        delivery.detail.clear();
        delivery.owner = model::Owner::nobody;
        delivery.due_at.reset();
        delivery.ended_at = now;
        ++counters_.delivered;
        counters_.read_to_delivered.add(now - delivery.created_at);
      }
    }
  }
  return sent;
}

void Sender::look_again_at(const std::vector<Sent>& batches) {
  std::vector<model::PersonId> people;
  for (const Sent& sent : batches)
    for (const auto& [delivery, item, decision] : sent.batch)
      if (delivery.outcome == Outcome::withheld &&
          works_.people.learnt_since(delivery.person, *delivery.ended_at))
        people.push_back(delivery.person);
  if (!people.empty()) look_again_(people);
}

// Commits what became of the batches, then lets their lanes go on. A commit that fails leaves the
// heads waiting: writing them again has no second effect. False then.
bool Sender::settle(std::vector<Sent>& batches) {
  std::vector<store::DeliveryUpdate> updates;
  for (const Sent& sent : batches)
    for (const Prepared& prepared : sent.batch)
      updates.push_back({prepared.delivery, prepared.decision});
  base::Status kept = works_.store.commit(updates);
  if (!kept)
    base::event(base::Level::error,
                "outcomes.not_kept",
                {{"system", base::Name(system_.value)}, {"code", base::Name(kept.error().code)}});
  {
    const std::scoped_lock lock(mutex_);
    for (Sent& sent : batches)
      for (Prepared& prepared : sent.batch) go_on(prepared.delivery, kept.ok());
  }
  changed_.notify_all();
  return kept.ok();
}

void Sender::go_on(model::Delivery& delivery, bool kept) {
  if (!kept) {
    delivery.outcome = Outcome::waiting;
    delivery.ended_at.reset();
    delivery.due_at = works_.clock() + std::chrono::seconds(1);
  }
  switch (delivery.outcome) {
    case Outcome::waiting:
      lanes_.again(delivery);
      break;
    case Outcome::parked:
      lanes_.park(delivery);
      break;
    default:
      lanes_.finish(delivery);
  }
}

void Sender::pause(const runtime::CallError& error) {
  const base::Instant now = works_.clock();
  const std::scoped_lock lock(mutex_);
  ++failures_;
  state_.paused = error.error;
  if (!state_.paused_since) state_.paused_since = now;
  state_.paused_until = now + deliver::system_pause(failures_, error.error, error.retry_after);
  if (failures_ == 1)
    base::event(base::Level::warn,
                "system.paused",
                {{"system", base::Name(system_.value)}, {"code", base::Name(error.error.code)}});
}

}  // namespace concord::pipeline
