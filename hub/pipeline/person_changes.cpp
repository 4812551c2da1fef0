// How documents become another person's while the hub runs.
//
// Nothing of either starts any more, and what was on its way has ended. Then no record is given its
// person for a moment, and one commit makes it so: documents, deliveries, keys, profile, what is
// asked back, what becomes owed, and the decision. What waits is read anew from the store, and each
// is decided again when it is sent, as of whom it is about now. A hub that is killed before the
// commit has done nothing, and after it all.
#include "hub/base/log.hpp"
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {
namespace {

constexpr int kTries = 3;

int64_t count(const std::vector<model::Delivery>& some) {
  return static_cast<int64_t>(some.size());
}

std::string told(const Effects& effects) {
  std::string text = std::to_string(effects.owed.size()) + " deliveries would become owed, and " +
                     std::to_string(effects.recalls.size()) + " documents be asked back";
  for (const auto& [system, counts] : effects.systems)
    text += "; " + system.value + ": " + std::to_string(counts.owed) + " and " +
            std::to_string(counts.recalled);
  return text;
}

// Nobody learns of a person by surprise.
std::optional<base::Error> not_as_shown(const Effects& effects, const PersonAsked& how) {
  if (count(effects.owed) <= how.owed.value_or(0)) return std::nullopt;
  if (!how.owed)
    return base::config_error(
        "PREVIEW_NEEDED",
        "person index",
        told(effects),
        "look with --dry-run; then ask again, with the number owed that it tells");
  return base::retry_error("PREVIEW_CHANGED",
                           "person index",
                           "more is owed by now than was shown: " + told(effects),
                           "look again: --dry-run");
}

// That staff said so; and where one is parted from the other, what is struck and taken over by it.
base::Result<std::vector<audit::Entry>> entries_for(store::Store& store,
                                                    const Identities& identities,
                                                    const PersonChange& change,
                                                    base::Instant at) {
  std::vector<audit::Entry> entries{reviewed(change.from, at), reviewed(change.to, at)};
  if (change.whole) return entries;
  std::vector<model::PersonId> said_of = identities.former_of(change.from);
  std::erase(said_of, change.to);
  said_of.push_back(change.from);
  auto more = corrections(store, change.part.documents, said_of, change.from, change.to, at);
  if (!more) return std::move(more).error();
  std::move(more->begin(), more->end(), std::back_inserter(entries));
  return entries;
}

}  // namespace

// Everything of a person out of the lanes, and nothing more into them.
base::Status Hub::hold_back(const std::vector<model::PersonId>& people) {
  for (int tries = 0; tries < kTries; ++tries) {
    bool all = true;
    for (const auto& [id, station] : stations_.all())
      for (const model::PersonId& person : people) all &= station->sender().hold_back(person);
    if (all) return base::Done{};
    uint64_t epoch = 0;
    {
      const std::scoped_lock one(swap_mutex_);
      epoch = views_->replace(view_of(view()->shared_setup()));
    }
    if (auto ended = older_ended(epoch); !ended) break;
  }
  return base::retry_error("SEND_UNDER_WAY",
                           "person index",
                           "something about the person is still being sent; nothing was changed",
                           "ask again in a minute");
}

void Hub::let_go(const std::vector<model::PersonId>& people, bool as_it_was) {
  for (const auto& [id, station] : stations_.all())
    for (const model::PersonId& person : people) station->sender().let_go(person, as_it_was);
}

base::Result<PersonChange> Hub::carry_out(const model::PersonId& one,
                                          const model::PersonId& other,
                                          const PersonPlan& plan,
                                          const PersonAsked& how) {
  auto first = plan();
  if (!first || how.dry_run) return first;
  if (auto fault = not_as_shown(first->effects, how)) return std::move(*fault);
  const std::vector<model::PersonId> both{one, other};
  if (auto held = hold_back(both); !held) {
    let_go(both, true);
    return std::move(held).error();
  }
  // Nothing more starts: what the audit says of their deliveries stays as it is. Planned anew, for
  // what came and was sent since the first plan; what comes from here on is not sent.
  auto entries = [&]() -> base::Result<std::vector<audit::Entry>> {
    auto held = plan();
    if (!held) return std::move(held).error();
    return entries_for(*store_, identities_, *held, clock_());
  }();
  if (!entries) {
    let_go(both, true);
    return std::move(entries).error();
  }
  auto done = [&]() -> base::Result<PersonChange> {
    const Gate::Closed nobody_is_identified(gate_);
    for (const model::PersonId& person : both) second_look_->close(person);
    auto change = plan();
    if (change)
      if (auto fault = not_as_shown(change->effects, how)) change = std::move(*fault);
    if (change)
      if (auto kept = keep(*change, std::move(*entries)); !kept) change = std::move(kept).error();
    let_go(both, !change);
    if (change) hand_on_open(both);
    for (const model::PersonId& person : both) second_look_->reopen(person);
    return change;
  }();
  if (!done) return done;
  done->done = true;
  base::event(base::Level::info,
              done->whole ? "persons.merged" : "person.split",
              {{"documents", done->part.documents.size()},
               {"owed", done->effects.owed.size()},
               {"recalled", done->effects.recalls.size()}});
  // What came while nobody was to look: a consent, a revocation.
  for (const store::Profile& profile : done->after) {
    (void)ask_back_of(profile.person, model::Recall::stop_use);
    look_again({profile.person});
  }
  take_up_unsure();
  return done;
}

// In memory and in the store, or in neither.
base::Status Hub::keep(PersonChange& change, std::vector<audit::Entry> entries) {
  const base::Instant at = change.decision.at;
  store::Store::Reassigning row;
  row.from = change.from;
  row.to = change.to;
  row.whole = change.whole;
  row.documents = change.part.documents;
  row.records = change.part.records;
  row.profiles = change.after;
  row.at = at;
  row.evidence.push_back(row_of(change.decision));
  for (const IdentityDecision& ended : change.ended) row.evidence.push_back(row_of(ended));
  for (model::Delivery& delivery : change.effects.withdrawn) {
    delivery.outcome = model::Outcome::withheld;
    delivery.reason = kReassigned;
    delivery.detail.clear();
    delivery.owner = model::Owner::nobody;
    delivery.due_at.reset();
    delivery.ended_at = at;
    entries.push_back(entry_of(audit::Kind::withheld, delivery, view()->coalition(), at));
    row.withdrawn.push_back(delivery);
  }
  for (auto* some : {&change.effects.recalls, &change.effects.owed})
    for (model::Delivery& delivery : *some) {
      delivery.id = store_->next_delivery_id();
      row.more.push_back(delivery);
    }
  row.audit = std::move(entries);
  auto joined = change.whole ? index_->merge(change.to, change.from)
                             : index_->assign(change.decision.keys, change.to);
  if (!joined) return std::move(joined).error();
  const identify::IndexChange moved = std::move(*joined);
  for (const auto& one : moved.rows)
    row.index.push_back({one.kind, one.digest, one.person, one.remove});
  auto replace = [&](const auto& these, const auto& those) {
    for (const store::Profile& profile : these) people_.remove(profile.person);
    for (const store::Profile& profile : those) people_.put_back(profile);
  };
  replace(change.before, change.after);
  if (auto kept = store_->reassign(row); !kept) {
    index_->undo(moved);
    replace(change.after, change.before);
    return kept;
  }
  identities_.put({change.decision});
  identities_.put(change.ended);
  index_->keep_apart(identities_.all_apart());
  return base::Done{};
}

void Hub::hand_on_open(const std::vector<model::PersonId>& people) {
  for (const model::PersonId& person : people) {
    auto open = store_->open_of(person);
    if (open) {
      hand_on(*open);
    } else {  // durable, and read when the hub starts again
      base::event(base::Level::error,
                  "deliveries.not_handed_on",
                  {{"code", base::Name(open.error().code)}});
    }
  }
}

void Hub::take_up_unsure() {
  auto unsure = store_->records_unsure();
  if (!unsure) {
    base::event(
        base::Level::error, "records.not_taken_up", {{"code", base::Name(unsure.error().code)}});
    return;
  }
  std::map<model::SystemId, std::vector<int64_t>> by_system;
  for (const auto& [id, system] : *unsure) by_system[system].push_back(id);
  for (const auto& [system, some] : by_system) {
    const auto station = stations_.find(system);
    if (!station) continue;
    if (auto taken = station->source().again(some); !taken)
      base::event(
          base::Level::error, "records.not_taken_up", {{"code", base::Name(taken.error().code)}});
  }
}

}  // namespace concord::pipeline
