// How a person leaves a running hub. What waits for them is withheld, and what recipients have is
// asked back, while the hub still knows how they call the person. Then nobody finds the person any
// more; then all that was begun under the older view has ended; only then is the key destroyed.
// What comes meanwhile or later is of a new person, as if this one had never been there.
#include <algorithm>
#include <thread>

#include "hub/base/log.hpp"
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {
namespace {

constexpr std::chrono::seconds kRecallPatience{10};
constexpr std::chrono::milliseconds kLookEvery{20};

bool is_known(const model::ChildRef& child, const std::vector<model::ChildRef>& known) {
  return std::find(known.begin(), known.end(), child) != known.end();
}

template <class Items>
size_t about(const Items& items, const std::vector<model::ChildRef>& known) {
  return static_cast<size_t>(std::count_if(
      items.begin(), items.end(), [&](const auto& item) { return is_known(item.child, known); }));
}

size_t in_files(const Setup& setup, const std::vector<model::ChildRef>& known) {
  return about(setup.evidence.consents, known) + about(setup.evidence.orders, known) +
         about(setup.evidence.facts, known) + about(setup.coalition->assignments, known);
}

base::Error wait(const char* code, std::string cause, const char* next) {
  return base::retry_error(code, "expungement", std::move(cause), next);
}

}  // namespace

// Twice at most: what was on its way at the first try has ended when the older view has.
base::Status Hub::withdraw(const model::PersonId& person, std::vector<model::Delivery>& taken_out) {
  for (int tries = 0; tries < 3; ++tries) {
    bool all = true;
    for (const auto& [id, station] : stations_.all())
      all &= station->sender().withdraw(person, taken_out);
    if (all) return base::Done{};
    uint64_t epoch = 0;
    {
      const std::scoped_lock one(swap_mutex_);
      epoch = views_->replace(view_of(view()->shared_setup()));
    }
    if (auto ended = older_ended(epoch); !ended) return ended;
  }
  return wait(
      "SEND_UNDER_WAY", "something about the person is still being sent", "ask again in a minute");
}

base::Result<int64_t> Hub::withhold(std::vector<model::Delivery> taken_out) {
  std::vector<model::Delivery> recalls;
  std::vector<store::DeliveryUpdate> updates;
  for (model::Delivery& delivery : taken_out) {
    if (delivery.recall != model::Recall::none) {
      recalls.push_back(std::move(delivery));
      continue;
    }
    delivery.outcome = model::Outcome::withheld;
    delivery.reason = "EXPUNGED";
    delivery.detail.clear();
    delivery.owner = model::Owner::nobody;
    delivery.due_at.reset();
    delivery.ended_at = clock_();
    auto entry = entry_of(audit::Kind::withheld, delivery, view()->coalition(), *delivery.ended_at);
    updates.push_back({std::move(delivery), {}, std::move(entry)});
  }
  if (!updates.empty())
    if (auto kept = store_->commit(updates); !kept) {
      for (const store::DeliveryUpdate& update : updates)
        if (auto was = store_->delivery(update.delivery.id); was && *was) recalls.push_back(**was);
      hand_on(recalls);
      return std::move(kept).error();
    }
  hand_on(recalls);
  return static_cast<int64_t>(updates.size());
}

base::Status Hub::ask_everything_back(const model::PersonId& person) {
  if (auto asked = second_look_->ask_everything_back(person); !asked) return asked;
  const auto ends = std::chrono::steady_clock::now() + kRecallPatience;
  for (;;) {
    auto unreached = store_->recalls_under_way(person);
    if (!unreached) return std::move(unreached).error();
    if (unreached->waiting == 0 && unreached->parked == 0) return base::Done{};
    if (unreached->parked > 0)
      return wait("RECALLS_PARKED",
                  std::to_string(unreached->parked) +
                      " documents could not be asked back; nothing is destroyed yet",
                  "see concord recall list: have them destroyed, attest it, and ask again");
    if (std::chrono::steady_clock::now() > ends)
      return wait("RECALLS_UNDER_WAY",
                  std::to_string(unreached->waiting) +
                      " documents are being asked back; nothing is destroyed yet",
                  "ask again when they are: concord recall list");
    std::this_thread::sleep_for(kLookEvery);
  }
}

std::function<void()> Hub::hide(const model::PersonId& person, const store::Profile& profile) {
  identify::IndexChange change = index_->forget(person);
  people_.remove(person);
  second_look_->close(person);
  std::vector<Given::Kept> theirs = given_.lock()->take_out(profile.known);
  return [this, person, profile, change = std::move(change), theirs = std::move(theirs)] {
    index_->undo(change);
    people_.put_back(profile);
    second_look_->reopen(person);
    const std::scoped_lock one(swap_mutex_);
    for (const Given::Kept& kept : theirs) given_.lock()->put(kept);
    views_->replace(view_of(view()->shared_setup()));
  };
}

base::Result<Hub::Expunged> Hub::expunge(const model::PersonId& person, const std::string& order) {
  if (order.empty())
    return base::config_error(
        "ORDER_MISSING", "expungement", "no order is named", "name it: --order ID");
  const std::scoped_lock one(staff_mutex_, apply_mutex_);
  const store::Profile profile = people_.profile(person);
  if (const auto merged = identities_.merge_of(person))
    return base::config_error(
        "PERSON_MERGED",
        "person index",
        "this person became " + merged->person.value,
        "expunge that one, or part them first: concord person unmerge " + person.value);
  if (profile.known.empty())
    return base::config_error("PERSON_UNKNOWN",
                              "person index",
                              "there is no such person",
                              "name the person by a key: --system SYSTEM --key KEY");
  std::vector<model::Delivery> taken_out;
  auto withdrawn = withdraw(person, taken_out);
  auto withheld = withhold(std::move(taken_out));
  if (!withdrawn) return std::move(withdrawn).error();
  if (!withheld) return std::move(withheld).error();
  if (auto asked = ask_everything_back(person); !asked) return std::move(asked).error();

  uint64_t epoch = 0;
  std::function<void()> undo;
  {
    const std::scoped_lock swap(swap_mutex_);
    undo = hide(person, profile);
    epoch = views_->replace(view_of(view()->shared_setup()));
  }
  taken_out.clear();
  auto give_back = [&](base::Error why) {
    undo();
    hand_on(taken_out);
    return why;
  };
  if (auto ended = older_ended(epoch); !ended) return give_back(ended.error());
  if (auto out = withdraw(person, taken_out); !out) return give_back(out.error());
  auto held = store_->held_of(person);
  if (!held) return give_back(held.error());
  auto unreached = store_->recalls_under_way(person);
  if (!unreached) return give_back(unreached.error());
  if (!held->empty() || unreached->waiting + unreached->parked > 0)
    return give_back(wait("SENT_MEANWHILE",
                          "something about the person went out meanwhile; nothing is destroyed yet",
                          "ask again: it is asked back then"));
  Expunged done;
  done.receipt = base::random_key();
  auto was = store_->shred(
      {person, profile.known, identities_.former_of(person), order, done.receipt, clock_()});
  if (!was) return give_back(std::move(was).error());
  identities_.take_out(profile.known);
  index_->keep_apart(identities_.all_apart());
  second_look_->reopen(person);
  done.was = std::move(*was);
  done.was.withdrawn += *withheld;
  done.in_files = in_files(view()->setup(), profile.known);
  (void)sign_head();
  if (auto wiped = store_->wipe(); !wiped) done.unfinished = wiped.error();
  base::event(base::Level::info, "person.expunged", {{"entry", done.was.entry}});
  return done;
}

}  // namespace concord::pipeline
