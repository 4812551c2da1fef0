// What people ask of a running hub: jobs, deliveries, records, reviews.
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {
namespace {

constexpr std::chrono::milliseconds kPatience{35000};  // a write's deadline and some
constexpr int kRecordsAtOnce = 1000;

base::Error unknown(const char* what, const std::string& id, const char* next) {
  return base::config_error(
      "UNKNOWN", what, "there is no " + std::string(what) + " \"" + id + "\"", next);
}

}  // namespace

base::Result<int64_t> Hub::run_job(const model::JobId& id) {
  const auto now = view();
  const model::Job* job = now->job(id);
  const auto station = job == nullptr ? nullptr : stations_.find(job->system);
  if (!station) return unknown("job", id.value, "see the jobs: concord status");
  return station->source().run_soon(id, std::nullopt);
}

base::Result<Source::Runs> Hub::job_runs(const model::JobId& id) const {
  const auto now = view();
  const model::Job* job = now->job(id);
  const auto station = job == nullptr ? nullptr : stations_.find(job->system);
  if (!station) return unknown("job", id.value, "see the jobs: concord status");
  return station->source().runs(id);
}

base::Status Hub::retry_delivery(int64_t id) {
  const std::scoped_lock one(staff_mutex_);
  auto delivery = store_->delivery(id);
  if (!delivery) return std::move(delivery).error();
  if (!*delivery || (**delivery).outcome != model::Outcome::parked)
    return unknown(
        "parked delivery", std::to_string(id), "see: concord delivery list --outcome parked");
  model::Delivery again = **delivery;
  again.outcome = model::Outcome::waiting;
  again.attempts = 0;
  again.owner = model::Owner::nobody;
  if (auto kept = store_->commit(std::vector<store::DeliveryUpdate>{{again, {}, {}}}); !kept)
    return kept;
  const auto station = stations_.find(again.to);
  if (!station) return end_deliveries_to(again.to);
  station->sender().retry(id);
  return base::Done{};
}

base::Status Hub::drop_delivery(int64_t id, const std::string& why) {
  const std::scoped_lock one(staff_mutex_);
  auto delivery = store_->delivery(id);
  if (!delivery) return std::move(delivery).error();
  if (!*delivery || (**delivery).outcome != model::Outcome::parked)
    return unknown(
        "parked delivery", std::to_string(id), "see: concord delivery list --outcome parked");
  model::Delivery given_up = **delivery;
  given_up.outcome = model::Outcome::rejected;
  given_up.detail += "  Given up: " + why;
  given_up.owner = model::Owner::nobody;
  given_up.ended_at = clock_();
  const auto entry =
      entry_of(audit::Kind::failed, given_up, view()->coalition(), *given_up.ended_at);
  if (auto kept = store_->commit(std::vector<store::DeliveryUpdate>{{given_up, {}, entry}}); !kept)
    return kept;
  if (const auto station = stations_.find(given_up.to)) station->sender().drop(id);
  return base::Done{};
}

base::Result<Hub::TakenUp> Hub::take_up_again(const std::string& system, int64_t after) {
  if (!system.empty() && !stations_.find(model::SystemId(system)))
    return unknown("system", system, "see: concord status");
  auto waiting = store_->records_to_mend(system, after, kRecordsAtOnce);
  if (!waiting) return std::move(waiting).error();
  TakenUp done{0, after, waiting->more};
  std::map<model::SystemId, std::vector<int64_t>> by_system;
  for (const auto& [id, from] : waiting->records) {
    by_system[from].push_back(id);
    done.last = id;
  }
  for (const auto& [from, some] : by_system) {
    const auto station = stations_.find(from);
    if (!station) continue;
    if (auto taken = station->source().again(some); !taken) return std::move(taken).error();
    done.records += static_cast<int64_t>(some.size());
  }
  return done;
}

base::Status Hub::older_ended(uint64_t epoch) {
  if (views_->older_ended(epoch, kPatience)) return base::Done{};
  return base::retry_error(
      "SEND_UNDER_WAY",
      "hub",
      "it is in force, and nothing new starts under what was before; a send "
      "that began earlier is still under way",
      "look again in a minute: concord status; a revocation: revoke it again then, "
      "to have asked back what was given");
}

base::Status Hub::answer_review(const model::ChildRef& key, const model::PersonId& person) {
  const std::scoped_lock one(staff_mutex_);
  const auto station = stations_.find(key.system);
  if (!station) return unknown("system", key.system.value, "see: concord status");
  // A key that was misspelt here would be this person's from now on, and so would its next child.
  auto waiting = store_->records_waiting_for(key.system, key.key);
  if (!waiting) return std::move(waiting).error();
  if (waiting->empty())
    return base::config_error("REVIEW_UNKNOWN",
                              key.system.value + " " + key.key,
                              "no record of this key waits for somebody to say whose it is",
                              "take system and key from: concord person review");
  // What was given of the person so far would stay where it is.
  if (const auto known = index_->resolve(key.system, key.key);
      known.kind == identify::Found::Kind::linked)
    return base::config_error("REVIEW_KNOWN",
                              key.system.value + " " + key.key,
                              "this key is " + known.person.value + " already",
                              "if they are one: concord person merge PERSON " + known.person.value +
                                  "; if not: concord person split " + key.system.value + " " +
                                  key.key + " --from PERSON");
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
  commit.audit.push_back(reviewed(now_is, clock_()));
  for (const auto& row : change.rows)
    commit.index.push_back({row.kind, row.digest, row.person, row.remove});
  const store::Profile before = people_.profile(now_is);
  if (auto profile = people_.learn(now_is, key, "", clock_()))
    commit.profiles.push_back(std::move(*profile));
  if (auto kept = store_->commit(commit); !kept) {
    people_.forget(before, key, "");
    index_->undo(change);
    return kept;
  }
  if (auto done = station->source().again(*waiting); !done) return std::move(done).error();
  look_again({now_is});
  return base::Done{};
}

base::Status Hub::release_runner(const model::SystemId& id) {
  const auto station = stations_.find(id);
  if (!station) return unknown("system", id.value, "see: concord status");
  station->connector()->release();
  return base::Done{};
}

base::Status Hub::check_system(const model::SystemId& id) {
  const auto station = stations_.find(id);
  if (!station) return unknown("system", id.value, "see: concord status");
  if (auto checked = station->connector()->check(); !checked) return checked.error().error;
  return base::Done{};
}

}  // namespace concord::pipeline
