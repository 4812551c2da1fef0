// Takes over a changed coalition while the hub runs.
//
// What can fail comes first and changes nothing: connectors are loaded, stations made. Then, in
// this order: what is replaced or taken away takes in and sends nothing more; the view is swapped,
// in one step, and everything that began under the older one ends; replaced and new stations start;
// the scheduler has the new jobs; what waits for a system that is gone ends; what was withheld is
// looked at again.
#include <algorithm>

#include "hub/base/log.hpp"
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {
namespace {

constexpr int kEndAtOnce = 1000;

// What becomes of each system's station. In neither list: it goes on untouched.
struct Plan {
  std::vector<model::System> opened, reopened;
  std::vector<model::SystemId> closed;
};

Plan plan_of(const Setup& now, const Setup& next) {
  Plan plan;
  for (const model::System& system : next.coalition->systems) {
    const model::System* before = now.coalition->system(system.id);
    if (before == nullptr) {
      plan.opened.push_back(system);
    } else if (needs_reopening(system.id, now, next)) {
      plan.reopened.push_back(system);
    }
  }
  for (const model::System& system : now.coalition->systems)
    if (next.coalition->system(system.id) == nullptr) plan.closed.push_back(system.id);
  return plan;
}

base::Result<std::map<model::SystemId, std::unique_ptr<runtime::Connector>>, base::Errors> load(
    const Plan& plan, const Setup& next) {
  std::map<model::SystemId, std::unique_ptr<runtime::Connector>> connectors;
  base::Errors errors;
  for (const auto* systems : {&plan.opened, &plan.reopened})
    for (const model::System& system : *systems) {
      auto connector = next.load(system);
      if (connector)
        if (auto begun = (*connector)->begun(); !begun) connector = std::move(begun).error();
      if (connector) {
        connectors[system.id] = std::move(*connector);
      } else {
        errors.push_back(std::move(connector).error());
      }
    }
  if (!errors.empty()) return errors;
  return connectors;
}

}  // namespace

Difference Hub::difference(const std::shared_ptr<const Setup>& next) const {
  return difference_of(*view(), *view_of(next));
}

base::Result<Hub::Applied, base::Errors> Hub::apply(const std::shared_ptr<const Setup>& next) {
  const std::scoped_lock one(apply_mutex_);
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || !started_)
      return base::Errors{base::retry_error(
          "STOPPING", "hub", "the hub is stopping", "start it again: it reads what is there then")};
  }
  const auto now = view();
  if (Difference found = difference_of(*now, *view_of(next)); !found.faults.empty())
    return std::move(found.faults);
  const Plan plan = plan_of(now->setup(), *next);
  auto connectors = load(plan, *next);
  if (!connectors) return std::move(connectors).error();
  std::map<model::SystemId, std::shared_ptr<Station>> opened;
  for (const model::System& system : plan.opened) {
    auto station = make_station(system.id, std::move(connectors->at(system.id)));
    if (!station) return base::Errors{std::move(station).error()};
    opened[system.id] = std::move(*station);
  }

  for (const model::System& system : plan.reopened) stations_.find(system.id)->stop();
  for (const model::SystemId& system : plan.closed) stations_.find(system)->stop();
  for (const auto& [id, station] : opened) stations_.add(id, station);
  uint64_t epoch = 0;
  {
    const std::scoped_lock lock(swap_mutex_);
    epoch = views_->replace(view_of(next));
  }
  Applied applied;
  if (auto ended = older_ended(epoch); !ended)
    applied.to_look_at.push_back(std::move(ended).error());
  for (const model::SystemId& system : plan.closed) stations_.remove(system);
  for (const model::System& system : plan.reopened) {
    const auto station = stations_.find(system.id);
    station->use(std::move(connectors->at(system.id)));
    station->start(system.listens);
  }
  for (const model::System& system : plan.opened) opened.at(system.id)->start(system.listens);
  scheduler_->take_over(next->coalition->jobs);
  for (const model::SystemId& system : plan.closed)
    if (auto ended = end_deliveries_to(system); !ended)
      applied.to_look_at.push_back(std::move(ended).error());
  want_a_look();
  base::event(base::Level::info,
              "coalition.applied",
              {{"opened", plan.opened.size()},
               {"reopened", plan.reopened.size()},
               {"closed", plan.closed.size()}});
  return applied;
}

base::Status Hub::end_deliveries_to(const model::SystemId& system) {
  for (;;) {
    auto open = store_->open_deliveries(system, 0, kEndAtOnce);
    if (!open) return std::move(open).error();
    if (open->empty()) return base::Done{};
    std::vector<store::DeliveryUpdate> updates;
    for (model::Delivery& delivery : *open) {
      delivery.outcome = model::Outcome::withheld;
      delivery.reason = kFlowEnded;
      delivery.detail.clear();
      delivery.owner = model::Owner::nobody;
      delivery.due_at.reset();
      delivery.ended_at = clock_();
      auto entry =
          entry_of(audit::Kind::withheld, delivery, view()->coalition(), *delivery.ended_at);
      updates.push_back({std::move(delivery), {}, std::move(entry)});
    }
    if (auto kept = store_->commit(updates); !kept) return kept;
  }
}

base::Status Hub::end_deliveries_to_nowhere() {
  auto systems = store_->systems_owed();
  if (!systems) return std::move(systems).error();
  for (const model::SystemId& system : *systems) {
    if (stations_.find(system)) continue;
    if (auto ended = end_deliveries_to(system); !ended) return ended;
  }
  return base::Done{};
}

}  // namespace concord::pipeline
