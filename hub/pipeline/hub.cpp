#include "hub/pipeline/hub.hpp"

#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {

Hub::~Hub() {
  stop();
}

Works Hub::works() const {
  return {*store_, *index_, people_, identities_, gate_, *views_, clock_};
}

base::Result<std::unique_ptr<Hub>, base::Errors> Hub::open(Setup given) {
  const auto setup = std::make_shared<const Setup>(std::move(given));
  std::unique_ptr<Hub> hub(new Hub(setup->clock));
  auto store = store::Store::open(setup->coalition->data_folder, store::Open::write);
  if (!store) return base::Errors{std::move(store).error()};
  hub->store_ = std::move(*store);
  hub->index_ = std::make_unique<identify::PersonIndex>(hub->store_->keys().index_key());
  if (auto loaded = hub->load_people(); !loaded) return base::Errors{std::move(loaded).error()};
  auto evidence = hub->store_->evidence();
  if (!evidence) return base::Errors{std::move(evidence).error()};
  if (auto loaded = hub->given_.lock()->load(*evidence); !loaded)
    return base::Errors{std::move(loaded).error()};
  if (auto loaded = hub->identities_.load(*evidence); !loaded)
    return base::Errors{std::move(loaded).error()};
  hub->index_->keep_apart(hub->identities_.all_apart());
  hub->views_ = std::make_unique<Views>(hub->view_of(setup));
  hub->second_look_ = std::make_unique<SecondLook>(
      hub->works(), [raw = hub.get()](const auto& deliveries) { raw->hand_on(deliveries); });
  hub->mandates_ = std::make_unique<Mandates>(*hub->store_, hub->clock_);
  hub->heads_ = std::make_unique<HeadKeeper>(*hub->store_, [raw = hub.get()] {
    return raw->store_->sign_head(raw->clock_(), raw->view()->coalition().witnesses);
  });
  hub->scheduler_ =
      std::make_unique<Scheduler>(hub->clock_, [raw = hub.get()](const auto& job, auto due) {
        if (const auto station = raw->stations_.find(job.system))
          station->source().run_soon(job.id, due);
      });
  base::Errors errors;
  for (const model::System& system : setup->coalition->systems) {
    auto connector = setup->load(system);
    auto station = connector ? hub->make_station(system.id, std::move(*connector))
                             : base::Result<std::shared_ptr<Station>>(connector.error());
    if (station) {
      hub->stations_.add(system.id, std::move(*station));
    } else {
      errors.push_back(std::move(station).error());
    }
  }
  // Those in runners come up at the same time.
  for (const auto& [id, station] : hub->stations_.all())
    if (auto begun = station->connector()->begun(); !begun)
      errors.push_back(std::move(begun).error());
  if (!errors.empty()) return errors;
  // The coalition may have lost a system since the last hub ended.
  if (auto ended = hub->end_deliveries_to_nowhere(); !ended)
    return base::Errors{std::move(ended).error()};
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

std::shared_ptr<const View> Hub::view_of(std::shared_ptr<const Setup> setup) const {
  model::Evidence evidence = given_.lock()->over(*setup);
  return std::make_shared<const View>(std::move(setup), std::move(evidence));
}

base::Result<std::shared_ptr<Station>> Hub::make_station(
    const model::SystemId& system, std::unique_ptr<runtime::Connector> connector) {
  Source::Told told;
  told.handed = [this](const auto& deliveries) { hand_on(deliveries); };
  told.poked = [this](const auto& from, const auto& type) { poked(from, type); };
  told.learnt = [this](const auto& people) { look_again(people); };
  auto station = std::make_shared<Station>(works(), system, std::move(connector), std::move(told));
  if (auto loaded = station->load(); !loaded) return std::move(loaded).error();
  return station;
}

void Hub::start() {
  started_ = true;
  const auto now = view();
  const Stations::All all = stations_.all();
  for (const auto& [id, station] : all) station->sender().start();
  for (const auto& [id, station] : all)
    station->source().start(now->coalition().system(id)->listens);
  auto runs = store_->runs();
  scheduler_->start(now->coalition().jobs, runs ? *runs : std::vector<store::RunRow>{});
  heads_->start();
  look_wanted_ = true;
  looker_ = std::thread([this] { look_when_wanted(); });
  mandates_->start();
  base::event(
      base::Level::info, "hub.started", {{"systems", all.size()}, {"people", people_.size()}});
}

void Hub::stop() {
  {
    // An apply that looks at everyone or waits for its turn ends soon.
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  const std::scoped_lock one(apply_mutex_);
  if (!started_) return;
  started_ = false;
  scheduler_->stop();
  mandates_->stop();
  if (looker_.joinable()) looker_.join();
  const Stations::All all = stations_.all();
  for (const auto& [id, station] : all) station->source().stop();
  for (const auto& [id, station] : all) station->sender().stop();
  heads_->stop();
  base::event(base::Level::info, "hub.stopped");
}

void Hub::hand_on(const std::vector<model::Delivery>& deliveries) {
  if (deliveries.empty()) return;
  std::map<model::SystemId, std::vector<model::Delivery>> by_system;
  for (const model::Delivery& delivery : deliveries) by_system[delivery.to].push_back(delivery);
  for (const auto& [system, some] : by_system) {
    if (const auto station = stations_.find(system)) {
      station->sender().add(some);
    } else if (auto ended = end_deliveries_to(system); !ended) {
      base::event(base::Level::error,
                  "deliveries.not_ended",
                  {{"system", base::Name(system.value)}, {"code", base::Name(ended.error().code)}});
    }
  }
}

void Hub::poked(const model::SystemId& system, const std::string& type) {
  const auto station = stations_.find(system);
  if (!station) return;
  const auto now = view();
  for (const model::Job& job : now->coalition().jobs) {
    const bool has_type =
        type.empty() ||
        std::find(job.record_types.begin(), job.record_types.end(), type) != job.record_types.end();
    if (job.system == system && job.on_event && has_type)
      station->source().run_soon(job.id, std::nullopt);
  }
}

std::vector<SystemStatus> Hub::status() const {
  std::vector<SystemStatus> all;
  const auto now = view();
  for (const auto& [id, station] : stations_.all()) {
    const model::System* system = now->coalition().system(id);
    const Sender::State out = station->sender().state();
    const Source::State in = station->source().state();
    SystemStatus status{id,
                        system == nullptr ? "" : system->connector,
                        in.running,
                        out.waiting,
                        out.parked_lanes,
                        {},
                        {},
                        station->connector()->isolation()};
    if (out.paused) {
      status.fault = out.paused;
      status.fault_since = out.paused_since;
    } else if (auto fault = station->connector()->listen_fault()) {
      status.fault = std::move(fault);
    } else if (in.fault) {
      status.fault = in.fault;
      status.fault_since = in.fault_since;
    }
    all.push_back(std::move(status));
  }
  return all;
}

void Hub::look_again(const std::vector<model::PersonId>& people) {
  for (const model::PersonId& person : people) {
    if (auto looked = second_look_->look(person); !looked)
      base::event(
          base::Level::error, "second_look.failed", {{"code", base::Name(looked.error().code)}});
  }
}

void Hub::look_when_wanted() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || look_wanted_; });
    if (stopping_) return;
    look_wanted_ = false;
    lock.unlock();
    look_at_everyone();
    lock.lock();
  }
}

void Hub::look_at_everyone() {
  const auto now = view();
  for (const model::Consent& consent : now->evidence().consents)
    if (consent.revoked_at && *consent.revoked_at <= clock_()) (void)ask_back(consent);
  const std::vector<Piece> taken_away = given_.lock()->taken_away();
  for (const Piece& ended : taken_away) {
    const auto* seat = std::get_if<model::RosterEntry>(&ended);
    (void)(seat == nullptr ? ask_back(ended) : ask_back_from(seat->agency));
  }
  auto people = store_->people_withheld_from();
  if (!people) return;
  for (const model::PersonId& person : *people) {
    {
      const std::scoped_lock lock(mutex_);
      if (stopping_ || look_wanted_) return;
    }
    look_again({person});
  }
}

}  // namespace concord::pipeline
