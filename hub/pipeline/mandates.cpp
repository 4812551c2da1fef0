#include "hub/pipeline/mandates.hpp"

#include <algorithm>
#include <tuple>

#include "hub/base/log.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {
namespace {

using model::MandateClock;
using model::MandateState;

constexpr std::chrono::seconds kLookEvery{2};
constexpr const char* kKind = "mandate";

// A code, or a text; "absent" where there is none.
std::string word_at(const base::Json& body, const std::string& member) {
  const base::JsonValue* found = base::member(body, member);
  if (found == nullptr || found->IsNull()) return "absent";
  if (found->IsString()) return std::string(base::text(*found));
  return found->IsObject() ? std::string(base::text_of(*found, "code")) : std::string();
}

bool starts(const model::Mandate& mandate, const model::Entity& entity) {
  auto among = [](const auto& all, const auto& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  if (gone(entity.status) || !among(mandate.entities, entity.type)) return false;
  if (!mandate.from.empty() && !among(mandate.from, entity.agency)) return false;
  if (mandate.when.empty()) return true;
  auto body = base::read_json(entity.body, entity.type);
  // What cannot be read cannot be excused.
  if (!body) return true;
  return std::all_of(mandate.when.begin(), mandate.when.end(), [&](const auto& condition) {
    return among(condition.second, word_at(*body, condition.first));
  });
}

MandateClock clock_of(const model::Mandate& mandate, const model::Entity& entity) {
  MandateClock clock;
  clock.id = mandate.id + "-" + entity.id.value;
  clock.mandate = mandate.id;
  clock.event = mandate.event;
  clock.entity = entity.id;
  clock.flow = mandate.flow;
  clock.received_at = entity.received;
  clock.due_at = entity.received + mandate.within;
  clock.owner = mandate.owner;
  for (const auto& step : mandate.escalate)
    clock.escalations.push_back({entity.received + step.after, step.to, {}});
  return clock;
}

store::EvidenceRow row_of(const MandateClock& clock) {
  return {kKind, clock.id, to_json(clock)};
}

void tell_end(const MandateClock& clock) {
  base::event(base::Level::info,
              "mandate.ended",
              {{"mandate", base::Name(clock.mandate)},
               {"how", base::Name(model::name_of(clock.state))},
               {"late", base::Name(model::is_late(clock, clock.due_at) ? "yes" : "no")}});
}

}  // namespace

std::vector<store::EvidenceRow> clocks_started_by(const model::Entity& entity,
                                                  const model::Coalition& coalition) {
  std::vector<store::EvidenceRow> rows;
  for (const model::Mandate& mandate : coalition.mandates)
    if (starts(mandate, entity)) rows.push_back(row_of(clock_of(mandate, entity)));
  return rows;
}

const model::Mandate* mandate_of_flow(const model::Coalition& coalition,
                                      const model::FlowId& flow) {
  for (const model::Mandate& mandate : coalition.mandates)
    if (mandate.flow == flow && !flow.empty()) return &mandate;
  return nullptr;
}

base::Result<std::vector<MandateClock>> mandates_in(store::Store& store) {
  auto rows = store.evidence(kKind);
  if (!rows) return std::move(rows).error();
  std::vector<MandateClock> clocks;
  for (const store::EvidenceRow& row : *rows) {
    auto json = base::read_json(row.json, kKind);
    if (!json) return std::move(json).error();
    auto clock = mandate_of(*json);
    if (!clock) return std::move(clock).error();
    clocks.push_back(std::move(*clock));
  }
  std::sort(clocks.begin(), clocks.end(), [](const auto& a, const auto& b) {
    return std::tie(a.received_at, a.id) < std::tie(b.received_at, b.id);
  });
  return clocks;
}

void Mandates::start() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = false;
  }
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      if (auto looked = look(); !looked)
        base::event(base::Level::error,
                    "mandates.not_looked_at",
                    {{"code", base::Name(looked.error().code)}});
      lock.lock();
      changed_.wait_for(lock, kLookEvery, [&] { return stopping_; });
    }
  });
}

void Mandates::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

base::Status Mandates::look() {
  const std::scoped_lock one(looking_);
  auto clocks = mandates_in(store_);
  if (!clocks) return std::move(clocks).error();
  for (MandateClock& clock : *clocks) {
    if (clock.state != MandateState::running) continue;
    auto changed = look_at(clock);
    if (!changed) return std::move(changed).error();
    if (!*changed) continue;
    if (auto kept = store_.change_evidence(row_of(clock)); !kept) return kept;
    if (clock.state != MandateState::running) tell_end(clock);
  }
  return base::Done{};
}

base::Result<bool> Mandates::look_at(MandateClock& clock) {
  if (!clock.flow.empty()) {
    auto proof = store_.first_delivered(clock.entity, clock.flow);
    if (!proof) return std::move(proof).error();
    if (*proof) {
      clock.state = MandateState::delivered;
      clock.ended_at = (**proof).ended_at;
      clock.delivery = (**proof).id;
      return true;
    }
  }
  const base::Instant now = clock_();
  auto back = taken_back(clock);
  if (!back) return back;
  if (*back) {
    clock.state = MandateState::withdrawn;
    clock.ended_at = now;
    return true;
  }
  bool changed = false;
  for (auto& step : clock.escalations) {
    if (step.told_at || now < step.at) continue;
    step.told_at = now;
    changed = true;
    base::event(base::Level::warn,
                "mandate.escalated",
                {{"mandate", base::Name(clock.mandate)},
                 {"to", base::Name(step.to.agency.value)},
                 {"late", base::Name(now > clock.due_at ? "yes" : "no")}});
  }
  return changed;
}

base::Result<bool> Mandates::taken_back(const MandateClock& clock) {
  auto newest = store_.newest_version(clock.entity);
  if (!newest) return std::move(newest).error();
  auto entity = store_.entity(clock.entity, *newest);
  if (!entity) return std::move(entity).error();
  return gone(entity->status);
}

base::Status Mandates::attest(const std::string& id,
                              const std::string& by,
                              const std::string& how) {
  const std::scoped_lock one(looking_);
  if (by.empty() || how.empty())
    return base::config_error("ATTEST_EMPTY",
                              "mandate " + id,
                              "who says so, and how it was done, are the proof",
                              "give both: --by WHO --how TEXT");
  auto clocks = mandates_in(store_);
  if (!clocks) return std::move(clocks).error();
  std::vector<MandateClock*> meant;
  for (MandateClock& clock : *clocks)
    if (clock.state == MandateState::running && clock.id.starts_with(id)) meant.push_back(&clock);
  if (meant.size() != 1 || id.empty())
    return base::config_error("UNKNOWN",
                              "mandate",
                              meant.empty() ? "none that runs is called \"" + id + "\""
                                            : "several that run begin with \"" + id + "\"",
                              "see: concord mandate list");
  MandateClock& clock = *meant.front();
  clock.state = MandateState::attested;
  clock.ended_at = clock_();
  clock.by = by;
  clock.how = how;
  if (auto kept = store_.change_evidence(row_of(clock)); !kept) return kept;
  tell_end(clock);
  return base::Done{};
}

}  // namespace concord::pipeline
