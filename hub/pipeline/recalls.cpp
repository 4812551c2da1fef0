// What the hub asks back from those who have it.
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {

// What was given under it. Again is harmless: what is asked back already is not asked twice.
base::Status Hub::ask_back(const model::Consent& revoked) {
  const auto person = people_.find(revoked.child);
  if (!person) return base::Done{};
  auto asked = second_look_->ask_back(*person, model::Recall::stop_use);
  if (!asked) return std::move(asked).error();
  hand_on(*asked);
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
