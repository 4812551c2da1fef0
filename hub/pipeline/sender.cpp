#include "hub/pipeline/sender.hpp"

#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/decide/release.hpp"
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

// Spreads the retries of many lanes.
double salt(int64_t id, int attempts) {
  return static_cast<double>((id * 7919 + attempts * 104729) % 1000) / 1000;
}

const model::Flow* flow_of(const model::Coalition& coalition, const model::FlowId& id) {
  for (const model::Flow& flow : coalition.flows)
    if (flow.id == id) return &flow;
  return nullptr;
}

}  // namespace

// A head on its way through one send: what is to be written, or what has become of it already.
struct Sender::Prepared {
  model::Delivery delivery;
  std::optional<runtime::WriteItem> item;
  std::optional<store::DecisionRow> decision;
};

Sender::Sender(const Works& works,
               model::System system,
               runtime::Connector& connector,
               Counters& counters,
               LookAgain look_again)
    : works_(works),
      system_(std::move(system)),
      connector_(connector),
      counters_(counters),
      look_again_(std::move(look_again)) {}

Sender::~Sender() {
  stop();
}

base::Status Sender::load() {
  const std::scoped_lock lock(mutex_);
  for (;;) {
    auto found = works_.store.open_deliveries(system_.id, lanes_.highest_id(), kLoadAtOnce);
    if (!found) return std::move(found).error();
    for (model::Delivery& delivery : *found) lanes_.add(std::move(delivery));
    if (found->size() < kLoadAtOnce) return base::Done{};
  }
}

void Sender::start() {
  thread_ = std::thread([this] { run(); });
}

void Sender::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sender::add(const std::vector<model::Delivery>& deliveries) {
  {
    const std::scoped_lock lock(mutex_);
    for (const model::Delivery& delivery : deliveries)
      if (delivery.to == system_.id) lanes_.add(delivery);
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
    std::vector<model::Delivery> heads = lanes_.take(system_.write_batch, now);
    lock.unlock();
    send(std::move(heads));
    lock.lock();
  }
}

void Sender::send(std::vector<model::Delivery> heads) {
  // Under one view of the evidence from decision to acknowledgement: a revocation waits for us.
  auto holding = works_.evidence.hold();
  std::vector<Prepared> batch;
  std::vector<runtime::WriteItem> items;
  std::vector<size_t> places;
  for (model::Delivery& head : heads) {
    batch.push_back(prepare(std::move(head), holding->view()));
    if (!batch.back().item) continue;
    places.push_back(batch.size() - 1);
    items.push_back(std::move(*batch.back().item));
  }
  if (kHoldLate) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    holding = works_.evidence.hold();
  }
  if (!items.empty()) {
    auto outcomes = connector_.write(std::move(items));
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
  if (settle(batch)) look_again_at(batch);
}

void Sender::look_again_at(const std::vector<Prepared>& batch) {
  std::vector<model::PersonId> people;
  for (const auto& [delivery, item, decision] : batch)
    if (delivery.outcome == Outcome::withheld &&
        works_.people.learnt_since(delivery.person, *delivery.ended_at))
      people.push_back(delivery.person);
  if (!people.empty()) look_again_(people);
}

Sender::Prepared Sender::prepare(model::Delivery head, const EvidenceView& view) {
  Prepared prepared{std::move(head), {}, {}};
  model::Delivery& delivery = prepared.delivery;
  const base::Instant now = works_.clock();
  auto end = [&](Outcome outcome, std::string reason, std::string detail, model::Owner owner) {
    delivery.outcome = outcome;
    delivery.reason = std::move(reason);
    delivery.detail = std::move(detail);
    delivery.owner = owner;
    delivery.due_at.reset();
    if (outcome == Outcome::withheld) ++counters_.withheld;
    if (outcome != Outcome::parked) delivery.ended_at = now;
    return std::move(prepared);
  };
  auto newest = works_.store.newest_version(delivery.entity);
  auto entity = newest ? works_.store.entity(delivery.entity, delivery.version)
                       : base::Result<model::Entity>(newest.error());
  if (!entity)
    return end(
        Outcome::parked, entity.error().code, to_text(entity.error()), model::Owner::operator_);
  // What is queued is judged by what the document has become: sealed or withdrawn since, it stays.
  if (*newest > delivery.version) {
    auto now_is = works_.store.entity(delivery.entity, *newest);
    if (!now_is)
      return end(
          Outcome::parked, now_is.error().code, to_text(now_is.error()), model::Owner::operator_);
    if (gone(now_is->status)) return end(Outcome::withheld, "WITHDRAWN", "", model::Owner::nobody);
    entity->labels.add(now_is->labels);
    for (const auto& labelled : now_is->field_labels) entity->field_labels.push_back(labelled);
  }
  const model::Flow* flow = flow_of(view.coalition(), delivery.flow);
  if (flow == nullptr) return end(Outcome::withheld, "FLOW_ENDED", "", model::Owner::nobody);

  translate::OutContext context;
  context.mapping = system_.mapping;
  context.zone = system_.zone;
  context.local_subject_key = works_.people.key_at(entity->person, system_.id);
  runtime::WriteItem item;
  item.idempotency_key = "concord-" + std::to_string(delivery.id) + "-" + delivery.entity.value;
  item.version = static_cast<uint64_t>(delivery.version);
  item.subject = context.local_subject_key;
  if (gone(entity->status)) {
    auto had = works_.store.had_earlier(delivery);
    if (!had)
      return end(Outcome::parked, had.error().code, to_text(had.error()), model::Owner::operator_);
    const auto type = works_.mappings.record_type_for(system_.mapping, entity->type);
    if (!*had || !type) return end(Outcome::withheld, "NEVER_SENT", "", model::Owner::nobody);
    item.withdraw = true;
    item.type = *type;
    item.key = entity->id.value;
    item.body = "{}";
    prepared.item = std::move(item);
    return prepared;
  }

  auto decided = decide_for(works_, view, *entity, *flow, now);
  if (!decided)
    return end(Outcome::parked,
               decided.error().code,
               to_text(decided.error()),
               model::Owner::coalition_staff);
  const model::Decision& decision = decided->decision;
  prepared.decision = row_of(decision, delivery.id, now, true);
  if (decision.verdict == model::Verdict::deny)
    return end(Outcome::withheld, reason_of(decision), "", model::Owner::nobody);
  auto document = decide::release(*entity, decided->fields, decision, now);
  if (!document)
    return end(
        Outcome::parked, document.error().code, to_text(document.error()), model::Owner::operator_);
  auto record = works_.mappings.to_record(*document, context);
  // The recipient does not know the child: nothing to write it to. Taken up again when it does.
  if (!record && record.error().code == kUnknownThere)
    return end(Outcome::withheld, record.error().code, "", model::Owner::nobody);
  if (!record)
    return end(Outcome::parked,
               record.error().code,
               to_text(record.error()),
               model::Owner::coalition_staff);
  if (!*record)
    return end(Outcome::parked,
               "MAPPING_MISSING",
               "mappings/" + system_.mapping + "/out: no table takes a " + entity->type +
                   ".  Next: add one",
               model::Owner::coalition_staff);
  item.type = std::move((**record).type);
  item.key = std::move((**record).key);
  item.body = std::move((**record).body);
  prepared.item = std::move(item);
  return prepared;
}

// Commits what became of the batch, then lets its lanes go on. A commit that fails leaves the heads
// waiting: writing them again has no second effect. False then.
bool Sender::settle(std::vector<Prepared>& batch) {
  std::vector<store::DeliveryUpdate> updates;
  for (const Prepared& prepared : batch) updates.push_back({prepared.delivery, prepared.decision});
  base::Status kept = works_.store.commit(updates);
  if (!kept)
    base::event(
        base::Level::error,
        "outcomes.not_kept",
        {{"system", base::Name(system_.id.value)}, {"code", base::Name(kept.error().code)}});
  const std::scoped_lock lock(mutex_);
  for (Prepared& prepared : batch) {
    model::Delivery& delivery = prepared.delivery;
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
  return bool(kept);
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
                {{"system", base::Name(system_.id.value)}, {"code", base::Name(error.error.code)}});
}

}  // namespace concord::pipeline
