// What the hub asks back from those who have it.
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {
// What was given under it. Again is harmless: what is asked back already is not asked twice.
base::Status Hub::ask_back(const Piece& ended) {
  // Of a seat everyone may be concerned whom the agency was ever told of: the looker sees to it,
  // and begins anew when a hub ends before it is through.
  const model::ChildRef* child = child_of(ended);
  if (child == nullptr) {
    want_a_look();
    return base::Done{};
  }
  const auto person = people_.find(*child);
  return person ? ask_back_of(*person,
                              takes_away(ended) ? model::Recall::destroy_and_attest
                                                : model::Recall::stop_use)
                : base::Status(base::Done{});
}

base::Status Hub::ask_back_of(const model::PersonId& person, model::Recall how) {
  return second_look_->ask_back(person, how);
}

base::Status Hub::ask_back_from(const model::AgencyId& agency) {
  const auto now = view();
  for (const model::System& system : now->coalition().systems) {
    if (system.agency != agency) continue;
    auto people = store_->people_held_at(system.id);
    if (!people) return std::move(people).error();
    for (const model::PersonId& person : *people) {
      if (auto asked = ask_back_of(person, model::Recall::stop_use); !asked) return asked;
      const std::scoped_lock lock(mutex_);
      if (stopping_) return base::Done{};
    }
  }
  return base::Done{};
}

base::Status Hub::attest_recall(int64_t id, const std::string& who) {
  const std::scoped_lock one(staff_mutex_);
  auto found = store_->delivery(id);
  if (!found) return std::move(found).error();
  // What is still on its way to the system is not done yet.
  if (!*found || !model::recall_open(**found) || (**found).outcome == model::Outcome::waiting)
    return base::config_error("UNKNOWN",
                              "recall",
                              "there is no open recall " + std::to_string(id),
                              "see: concord recall list");
  model::Delivery done = **found;
  const bool by_hand = done.outcome == model::Outcome::parked;
  done.outcome = model::Outcome::delivered;
  done.detail = (by_hand ? "Done by hand; attested by " : "Attested by ") + who;
  done.attested_at = clock_();
  if (by_hand) done.ended_at = done.attested_at;
  const auto entry = entry_of(audit::Kind::attested, done, view()->coalition(), *done.attested_at);
  if (auto kept = store_->attest(done, entry); !kept) return kept;
  const auto station = stations_.find(done.to);
  if (by_hand && station) station->sender().drop(id);
  return base::Done{};
}

}  // namespace concord::pipeline
