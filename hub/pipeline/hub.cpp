#include "hub/pipeline/hub.hpp"

#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/pipeline/evidence_json.hpp"
#include "hub/pipeline/request.hpp"
#include "hub/pipeline/schedule.hpp"

namespace concord::pipeline {
namespace {

constexpr std::chrono::milliseconds kRevocationPatience{35000};  // a write's deadline and some

base::Error unknown(const char* what, const std::string& id, const char* next) {
  return base::config_error(
      "UNKNOWN", what, "there is no " + std::string(what) + " \"" + id + "\"", next);
}

}  // namespace

Hub::Hub(Setup setup) : setup_(std::move(setup)) {}

Hub::~Hub() {
  stop();
}

Works Hub::works() {
  return {*setup_.schema,
          *setup_.mappings,
          *setup_.engine,
          *store_,
          *index_,
          people_,
          *book_,
          setup_.clock};
}

base::Result<std::unique_ptr<Hub>, base::Errors> Hub::open(Setup setup) {
  std::unique_ptr<Hub> hub(new Hub(std::move(setup)));
  const model::Coalition& coalition = *hub->setup_.coalition;
  auto store = store::Store::open(coalition.data_folder, store::Open::write);
  if (!store) return base::Errors{std::move(store).error()};
  hub->store_ = std::move(*store);
  hub->index_ = std::make_unique<identify::PersonIndex>(hub->store_->keys().index_key());
  if (auto loaded = hub->load_people(); !loaded) return base::Errors{std::move(loaded).error()};
  if (auto loaded = hub->load_evidence(); !loaded) return base::Errors{std::move(loaded).error()};
  hub->second_look_ = std::make_unique<SecondLook>(hub->works());
  base::Errors errors;
  for (const model::System& system : coalition.systems)
    if (auto opened = hub->open_station(system); !opened)
      errors.push_back(std::move(opened).error());
  if (!errors.empty()) return errors;
  return hub;
}

base::Status Hub::load_people() {
  auto rows = store_->index_rows();
  if (!rows) return std::move(rows).error();
  std::vector<identify::IndexRow> index;
  index.reserve(rows->size());
  for (store::IndexRow& row : *rows)
    index.push_back({row.kind, std::move(row.digest), std::move(row.person), false});
  index_->load(index);
  auto profiles = store_->profiles();
  if (!profiles) return std::move(profiles).error();
  people_.load(std::move(*profiles));
  return base::Done{};
}

base::Status Hub::load_evidence() {
  auto rows = store_->evidence();
  if (!rows) return std::move(rows).error();
  {
    auto consents = consents_.lock();
    for (const model::Consent& consent : setup_.evidence.consents)
      (*consents)[consent.id.value] = consent;
    for (const auto& row : *rows) {
      if (row.kind != "consent") continue;
      auto consent = consent_of(row.json);
      if (!consent) return std::move(consent).error();
      (*consents)[row.id] = std::move(*consent);
    }
  }
  model::Evidence evidence = setup_.evidence;
  evidence.consents.clear();
  for (const auto& [id, consent] : *consents_.lock()) evidence.consents.push_back(consent);
  book_ = std::make_unique<EvidenceBook>(
      std::make_shared<EvidenceView>(setup_.coalition, std::move(evidence)));
  return base::Done{};
}

base::Status Hub::open_station(const model::System& system) {
  auto connector = setup_.load(system);
  if (!connector) return std::move(connector).error();
  auto station = std::make_unique<Station>();
  station->system = system;
  station->connector = std::move(*connector);
  auto& counters = counters_[system.id];
  counters = std::make_unique<Counters>();
  station->sender = std::make_unique<Sender>(
      works(), system, *station->connector, *counters, [this](const auto& people) {
        look_again(people);
      });
  if (auto loaded = station->sender->load(); !loaded) return loaded;
  Source::Told told;
  told.handed = [this](const auto& deliveries) { hand_on(deliveries); };
  told.poked = [this](const auto& from, const auto& type) { poked(from, type); };
  told.learnt = [this](const auto& people) { look_again(people); };
  station->source =
      std::make_unique<Source>(works(), system, *station->connector, *counters, std::move(told));
  stations_[system.id] = std::move(station);
  return base::Done{};
}

void Hub::start() {
  started_ = true;
  for (auto& [id, station] : stations_) station->sender->start();
  for (auto& [id, station] : stations_) station->source->start(station->system.listens);
  scheduler_ = std::thread([this] { schedule(); });
  looker_ = std::thread([this] { look_at_everyone(); });
  base::event(base::Level::info,
              "hub.started",
              {{"systems", stations_.size()}, {"people", people_.size()}});
}

void Hub::stop() {
  if (!started_) return;
  started_ = false;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (scheduler_.joinable()) scheduler_.join();
  if (looker_.joinable()) looker_.join();
  for (auto& [id, station] : stations_) station->source->stop();
  for (auto& [id, station] : stations_) station->sender->stop();
  base::event(base::Level::info, "hub.stopped");
}

void Hub::hand_on(const std::vector<model::Delivery>& deliveries) {
  if (deliveries.empty()) return;
  std::map<model::SystemId, std::vector<model::Delivery>> by_system;
  for (const model::Delivery& delivery : deliveries) by_system[delivery.to].push_back(delivery);
  for (const auto& [system, some] : by_system)
    if (const auto station = stations_.find(system); station != stations_.end())
      station->second->sender->add(some);
}

void Hub::poked(const model::SystemId& system, const std::string& type) {
  const auto station = stations_.find(system);
  if (station == stations_.end()) return;
  for (const model::Job& job : setup_.coalition->jobs) {
    const bool has_type =
        type.empty() ||
        std::find(job.record_types.begin(), job.record_types.end(), type) != job.record_types.end();
    if (job.system == system && job.on_event && has_type)
      station->second->source->run_soon(job, std::nullopt);
  }
}

void Hub::schedule() {
  // The last due time that each job was served for; missed ones are caught up once.
  std::map<model::JobId, base::Instant> next;
  std::map<std::string, base::Instant> served;
  if (auto rows = store_->runs())
    for (const store::RunRow& row : *rows)
      if (row.due_at) served[row.job] = *row.due_at;
  for (const model::Job& job : setup_.coalition->jobs) {
    if (!job.schedule) continue;
    const base::Instant now = setup_.clock();
    const auto last = served.find(job.id.value);
    const bool first_of_many =
        last == served.end() && job.schedule->kind == model::Schedule::Kind::every;
    auto due = first_of_many ? base::Result<base::Instant>(now)
                             : next_due(*job.schedule, last == served.end() ? now : last->second);
    if (due) next[job.id] = *due;
  }
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const base::Instant now = setup_.clock();
    base::Instant wake = now + std::chrono::seconds(30);
    for (const model::Job& job : setup_.coalition->jobs) {
      const auto due = next.find(job.id);
      if (due == next.end()) continue;
      if (due->second <= now) {
        if (const auto station = stations_.find(job.system); station != stations_.end())
          station->second->source->run_soon(job, now);
        if (auto following = next_due(*job.schedule, now)) due->second = *following;
      }
      wake = std::min(wake, due->second);
    }
    changed_.wait_for(lock,
                      std::max(std::chrono::duration_cast<std::chrono::milliseconds>(wake - now) +
                                   std::chrono::milliseconds(1),
                               std::chrono::milliseconds(1)));
  }
}

std::vector<SystemStatus> Hub::status() const {
  std::vector<SystemStatus> all;
  for (const auto& [id, station] : stations_) {
    const Sender::State out = station->sender->state();
    const Source::State in = station->source->state();
    SystemStatus status{
        id, station->system.connector, in.running, out.waiting, out.parked_lanes, {}, {}};
    if (out.paused) {
      status.fault = out.paused;
      status.fault_since = out.paused_since;
    } else if (auto fault = station->connector->listen_fault()) {
      status.fault = std::move(fault);
    } else if (in.fault) {
      status.fault = in.fault;
      status.fault_since = in.fault_since;
    }
    all.push_back(std::move(status));
  }
  return all;
}

base::Status Hub::run_job(const model::JobId& id) {
  for (const model::Job& job : setup_.coalition->jobs) {
    if (job.id != id) continue;
    stations_.at(job.system)->source->run_soon(job, std::nullopt);
    return base::Done{};
  }
  return unknown("job", id.value, "see the jobs: concord status");
}

base::Status Hub::retry_delivery(int64_t id) {
  auto delivery = store_->delivery(id);
  if (!delivery) return std::move(delivery).error();
  if (!*delivery || (**delivery).outcome != model::Outcome::parked)
    return unknown(
        "parked delivery", std::to_string(id), "see: concord delivery list --outcome parked");
  model::Delivery again = **delivery;
  again.outcome = model::Outcome::waiting;
  again.attempts = 0;
  again.owner = model::Owner::nobody;
  if (auto kept = store_->commit(std::vector<store::DeliveryUpdate>{{again, {}}}); !kept)
    return kept;
  if (const auto station = stations_.find(again.to); station != stations_.end())
    station->second->sender->retry(id);
  return base::Done{};
}

base::Status Hub::drop_delivery(int64_t id, const std::string& why) {
  auto delivery = store_->delivery(id);
  if (!delivery) return std::move(delivery).error();
  if (!*delivery || (**delivery).outcome != model::Outcome::parked)
    return unknown(
        "parked delivery", std::to_string(id), "see: concord delivery list --outcome parked");
  model::Delivery given_up = **delivery;
  given_up.outcome = model::Outcome::rejected;
  given_up.detail += "  Given up: " + why;
  given_up.owner = model::Owner::nobody;
  given_up.ended_at = setup_.clock();
  if (auto kept = store_->commit(std::vector<store::DeliveryUpdate>{{given_up, {}}}); !kept)
    return kept;
  if (const auto station = stations_.find(given_up.to); station != stations_.end())
    station->second->sender->drop(id);
  return base::Done{};
}

base::Result<int64_t> Hub::take_up_again(const std::string& system) {
  if (!system.empty() && !stations_.contains(model::SystemId(system)))
    return unknown("system", system, "see: concord status");
  int64_t count = 0;
  for (const store::RecordState state :
       {store::RecordState::rejected, store::RecordState::parked}) {
    auto ids = store_->records_in(state, 100000);
    if (!ids) return std::move(ids).error();
    std::map<model::SystemId, std::vector<int64_t>> by_system;
    for (const int64_t id : *ids) {
      auto entry = store_->record(id);
      if (!entry) return std::move(entry).error();
      if (system.empty() || entry->record.system.value == system)
        by_system[entry->record.system].push_back(id);
    }
    for (const auto& [from, some] : by_system) {
      const auto station = stations_.find(from);
      if (station == stations_.end()) continue;
      if (auto done = station->second->source->again(some); !done) return std::move(done).error();
      count += static_cast<int64_t>(some.size());
    }
  }
  return count;
}

base::Status Hub::swap_evidence(std::chrono::milliseconds patience) {
  model::Evidence evidence = setup_.evidence;
  evidence.consents.clear();
  for (const auto& [id, consent] : *consents_.lock()) evidence.consents.push_back(consent);
  if (!book_->replace(std::make_shared<EvidenceView>(setup_.coalition, std::move(evidence)),
                      patience))
    return base::retry_error("SEND_UNDER_WAY",
                             "consent",
                             "a send that began before is still under way; nothing new starts",
                             "ask again in a minute: concord consent list");
  return base::Done{};
}

base::Status Hub::grant(model::Consent consent) {
  if (auto kept = store_->put_evidence({"consent", consent.id.value, to_json(consent)}); !kept)
    return kept;
  const model::ChildRef child = consent.child;
  (*consents_.lock())[consent.id.value] = std::move(consent);
  if (auto swapped = swap_evidence(kRevocationPatience); !swapped) return swapped;
  const auto person = people_.find(child);
  if (!person) return base::Done{};
  auto due = second_look_->look(*person);
  if (!due) return std::move(due).error();
  hand_on(*due);
  return base::Done{};
}

base::Status Hub::revoke(const model::ConsentId& id) {
  model::Consent consent;
  {
    auto consents = consents_.lock();
    const auto found = consents->find(id.value);
    if (found == consents->end()) return unknown("consent", id.value, "see: concord consent list");
    consent = found->second;
  }
  if (!consent.revoked_at) consent.revoked_at = setup_.clock();
  if (auto kept = store_->put_evidence({"consent", id.value, to_json(consent)}); !kept) return kept;
  (*consents_.lock())[id.value] = consent;
  return swap_evidence(kRevocationPatience);
}

void Hub::look_again(const std::vector<model::PersonId>& people) {
  for (const model::PersonId& person : people) {
    auto due = second_look_->look(person);
    if (due) {
      hand_on(*due);
    } else {
      base::event(
          base::Level::error, "second_look.failed", {{"code", base::Name(due.error().code)}});
    }
  }
}

void Hub::look_at_everyone() {
  auto people = store_->people_withheld_from();
  if (!people) return;
  for (const model::PersonId& person : *people) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_) return;
    }
    look_again({person});
  }
}

base::Status Hub::answer_review(const model::ChildRef& key, const model::PersonId& person) {
  const auto station = stations_.find(key.system);
  if (station == stations_.end()) return unknown("system", key.system.value, "see: concord status");
  // A key that was misspelt here would be this person's from now on, and so would its next child.
  auto waiting = store_->records_waiting_for(key.system, key.key);
  if (!waiting) return std::move(waiting).error();
  if (waiting->empty())
    return base::config_error("REVIEW_UNKNOWN",
                              key.system.value + " " + key.key,
                              "no record of this key waits for somebody to say whose it is",
                              "take system and key from: concord person review");
  identify::IndexChange change;
  model::PersonId now_is = person;
  if (person.empty()) {
    identify::PersonIndex::Made made = index_->new_person(key.system, key.key);
    change = std::move(made.change);
    now_is = made.person;
  } else {
    auto linked = index_->link(key.system, key.key, person);
    if (!linked) return std::move(linked).error();
    change = std::move(*linked);
  }
  store::IngestCommit commit;
  commit.system = key.system;
  for (const auto& row : change.rows)
    commit.index.push_back({row.kind, row.digest, row.person, row.remove});
  const store::Profile before = people_.profile(now_is);
  if (auto profile = people_.learn(now_is, key, "", setup_.clock()))
    commit.profiles.push_back(std::move(*profile));
  if (auto kept = store_->commit(commit); !kept) {
    people_.forget(before, key, "");
    index_->undo(change);
    return kept;
  }
  if (auto done = station->second->source->again(*waiting); !done) return std::move(done).error();
  look_again({now_is});
  return base::Done{};
}

}  // namespace concord::pipeline
