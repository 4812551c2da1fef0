#include "hub/pipeline/sender.hpp"

#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/deliver/next_step.hpp"
#include "hub/pipeline/audit_entries.hpp"

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
constexpr size_t kInHandMost = 3;  // one begins or settles, one waits to be written, one is written
// A round that waited longer for the one before it is decided again where the view was swapped
// meanwhile: a revocation waits for one slow write, not for two.
constexpr std::chrono::seconds kWaitedLong{1};

// Spreads the retries of many lanes.
double salt(int64_t id, int attempts) {
  return static_cast<double>((id * 7919 + attempts * 104729) % 1000) / 1000;
}

audit::Entry without_time(audit::Entry entry) {
  entry.at = {};
  return entry;
}

// How a head ended, for the audit; nothing where it is tried again: what started goes on.
std::optional<audit::Entry> end_of(const model::Delivery& delivery,
                                   const audit::Entry& said,
                                   const model::Coalition& coalition,
                                   base::Instant now) {
  if (said.kind != audit::Kind::started) return said;  // it ended before it was sent
  if (delivery.outcome == Outcome::waiting) return std::nullopt;
  const bool there = delivery.outcome == Outcome::delivered;
  const auto had =
      delivery.recall == model::Recall::none ? audit::Kind::disclosed : audit::Kind::recalled;
  return entry_of(
      there ? had : audit::Kind::failed, delivery, coalition, delivery.ended_at.value_or(now));
}

}  // namespace

// Heads on their way, under one view from decision to commit: a revocation waits for us.
struct Sender::Round {
  std::unique_ptr<Views::Holding> under;
  std::vector<Prepared> heads;
  std::chrono::steady_clock::time_point begun_at = std::chrono::steady_clock::now();
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
    stopping_ = beginning_ended_ = false;
  }
  thread_ = std::thread([this] { run(); });
  writer_ = std::thread([this] { run_writing(); });
}

void Sender::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (writer_.joinable()) writer_.join();
}

void Sender::use(runtime::Connector& connector) {
  const std::scoped_lock lock(mutex_);
  connector_ = &connector;
  // What the one before could not reach, this one may.
  failures_ = 0;
  state_ = {};
}

Sender::State Sender::state() const {
  const std::scoped_lock lock(mutex_);
  State state = state_;
  state.waiting = lanes_.waiting();
  state.parked_lanes = lanes_.parked_lanes();
  return state;
}

// Until something is due, or somebody says that something has changed.
std::chrono::milliseconds Sender::nothing_to_do_for(base::Instant now, bool resting) const {
  constexpr std::chrono::milliseconds kLong{60000};
  if (stopping_ || (!resting && in_hand_ >= kInHandMost)) return kLong;
  const std::optional<base::Instant> until = resting ? state_.paused_until : lanes_.next_due();
  if (!until) return kLong;
  return std::clamp(std::chrono::duration_cast<std::chrono::milliseconds>(*until - now) +
                        std::chrono::milliseconds(1),
                    std::chrono::milliseconds(1),
                    kLong);
}

void Sender::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const base::Instant now = works_.clock();
    const bool resting = state_.paused_until && now < *state_.paused_until;
    const bool begins = !stopping_ && !resting && in_hand_ < kInHandMost && lanes_.ready(now);
    if (!begins && written_.empty()) {
      if (stopping_ && in_hand_ == 0) break;
      changed_.wait_for(lock, nothing_to_do_for(now, resting));
      continue;
    }
    std::vector<model::Delivery> heads;
    if (begins) heads = lanes_.take(works_.views.view()->write_batch(system_), now);
    std::vector<Round> written = std::move(written_);
    written_.clear();
    in_hand_ += begins ? 1 : 0;
    lock.unlock();
    Round next = begin(std::move(heads));
    const size_t settled = written.size();
    keep(written, next);
    written.clear();  // whoever swaps the view waits for this
    const bool goes_on = !next.heads.empty();
    if (!goes_on) next = {};
    lock.lock();
    in_hand_ -= settled + (begins && !goes_on ? 1 : 0);
    if (!goes_on) continue;
    begun_.push_back(std::move(next));
    begun_changed_.notify_all();
  }
  beginning_ended_ = true;
  begun_changed_.notify_all();
}

void Sender::run_writing() {
  std::unique_lock lock(mutex_);
  for (;;) {
    begun_changed_.wait(lock, [&] { return beginning_ended_ || !begun_.empty(); });
    if (begun_.empty()) return;  // ended, and nothing is left behind
    Round round = std::move(begun_.front());
    begun_.erase(begun_.begin());
    const bool resting = state_.paused_until && works_.clock() < *state_.paused_until;
    lock.unlock();
    if (!resting && !to_begin_again(round)) write(round);
    lock.lock();
    written_.push_back(std::move(round));
    changed_.notify_all();
  }
}

Sender::Round Sender::begin(std::vector<model::Delivery> heads) {
  Round round;
  if (heads.empty()) return round;
  round.under = works_.views.hold();
  {
    const store::Store::View view(works_.store);
    for (model::Delivery& head : heads)
      round.heads.push_back(prepare(std::move(head), round.under->view()));
  }
  if (kHoldLate) {  // time for a revocation to be asked for
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    round.under = works_.views.hold();
  }
  return round;
}

bool Sender::to_begin_again(const Round& round) const {
  return std::chrono::steady_clock::now() - round.begun_at > kWaitedLong &&
         &round.under->view() != works_.views.view().get();
}

// What the audit must have before bytes leave. A head that is tried again under the same decision
// stands there already.
std::vector<audit::Entry> Sender::to_start(const Round& round) const {
  std::vector<audit::Entry> entries;
  for (const Prepared& head : round.heads) {
    if (!head.item) continue;
    const auto before = started_.find(head.delivery.id);
    if (before == started_.end() || before->second != without_time(head.audit))
      entries.push_back(head.audit);
  }
  return entries;
}

// One commit for all: what became of the rounds that were written, what of the next ended without a
// send, and that the rest of it starts now. Then lanes go on, and next is left with what is to be
// written. A commit that fails leaves every head waiting, and nothing starts: writing again what
// was written has no second effect.
void Sender::keep(std::vector<Round>& written, Round& next) {
  const std::vector<audit::Entry> starting = to_start(next);
  std::vector<store::DeliveryUpdate> updates;
  std::vector<Prepared> settled;
  std::vector<Prepared> going;
  auto settle = [&](Prepared& head, const View& view) {
    updates.push_back({head.delivery,
                       head.decision,
                       end_of(head.delivery, head.audit, view.coalition(), works_.clock())});
    settled.push_back(std::move(head));
  };
  for (Round& round : written)
    for (Prepared& head : round.heads) settle(head, round.under->view());
  for (Prepared& head : next.heads) {
    if (head.item) {
      going.push_back(std::move(head));
    } else {
      settle(head, next.under->view());
    }
  }
  // A round that is tried again as it was has nothing to add.
  const base::Status kept = updates.empty() && starting.empty()
                                ? base::Status(base::Done{})
                                : works_.store.commit(updates, starting);
  if (!kept) {
    base::event(base::Level::error,
                "outcomes.not_kept",
                {{"system", base::Name(system_.value)}, {"code", base::Name(kept.error().code)}});
    std::move(going.begin(), going.end(), std::back_inserter(settled));
    going.clear();
  }
  next.heads = std::move(going);
  {
    const std::scoped_lock lock(mutex_);
    for (Prepared& head : settled) go_on(head, kept.ok());
  }
  if (kept) look_again_at(settled);
}

void Sender::go_on(Prepared& head, bool kept) {
  model::Delivery& delivery = head.delivery;
  if (!kept) {
    delivery.outcome = Outcome::waiting;
    delivery.ended_at.reset();
    delivery.due_at = works_.clock() + std::chrono::seconds(1);
  }
  started_.erase(delivery.id);
  switch (delivery.outcome) {
    case Outcome::waiting:
      if (kept) started_[delivery.id] = without_time(head.audit);
      lanes_.again(delivery);
      break;
    case Outcome::parked:
      lanes_.park(delivery);
      break;
    default:
      lanes_.finish(delivery);
  }
  // It was on its way when its person was held back, and would be again.
  if (const auto held = held_back_.find(delivery.person); held != held_back_.end())
    (void)lanes_.withdraw(delivery.person, held->second);
}

void Sender::write(Round& round) {
  // And to be acknowledged.
  if (kHoldLate) std::this_thread::sleep_for(std::chrono::milliseconds(60));
  std::vector<runtime::WriteItem> items;
  items.reserve(round.heads.size());
  for (Prepared& head : round.heads) items.push_back(std::move(*head.item));
  auto outcomes = connector_->write(std::move(items));
  const base::Instant now = works_.clock();
  if (!outcomes) {
    ++counters_.calls_failed;
    pause(outcomes.error());
    for (Prepared& head : round.heads) {
      head.delivery.reason = outcomes.error().error.code;
      head.delivery.detail = to_text(outcomes.error().error);
      head.delivery.owner = deliver::owner_of(outcomes.error().error);
    }
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    failures_ = 0;
    state_.paused.reset();
    state_.paused_since.reset();
    state_.paused_until.reset();
  }
  for (size_t i = 0; i < round.heads.size(); ++i) {
    model::Delivery& delivery = round.heads[i].delivery;
    runtime::WriteOutcome& outcome = (*outcomes)[i];
    if (outcome.error) {
      deliver::after_failure(
          delivery, *outcome.error, outcome.retry_after, now, salt(delivery.id, delivery.attempts));
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

void Sender::look_again_at(const std::vector<Prepared>& heads) {
  std::vector<model::PersonId> people;
  for (const Prepared& head : heads)
    if (head.delivery.outcome == Outcome::withheld &&
        works_.people.learnt_since(head.delivery.person, *head.delivery.ended_at))
      people.push_back(head.delivery.person);
  if (!people.empty()) look_again_(people);
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
