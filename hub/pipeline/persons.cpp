// Two persons are one, or one is two: what staff may ask, and what it would change.
#include <algorithm>

#include "hub/base/crypto.hpp"
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/hub.hpp"

namespace concord::pipeline {
namespace {

using Kind = IdentityDecision::Kind;

base::Error refusal(const char* code, std::string cause, std::string next) {
  return base::config_error(code, "person index", std::move(cause), std::move(next));
}

base::Error unknown_person() {
  return refusal("PERSON_UNKNOWN",
                 "there is no such person",
                 "take an id from concord person review, or name a key: SYSTEM:KEY");
}

std::optional<base::Error> unsigned_by(const PersonAsked& how) {
  if (how.dry_run || (!how.by.empty() && !how.why.empty())) return std::nullopt;
  return refusal("WHO_AND_WHY",
                 "who decides this, and why, is kept with it",
                 "give both: --by WHO --why TEXT");
}

IdentityDecision decision_of(Kind kind, const PersonAsked& how, base::Instant at) {
  IdentityDecision decision;
  decision.id = std::string(name_of(kind)) + "-" + base::uuid();
  decision.kind = kind;
  decision.by = how.by;
  decision.why = how.why;
  decision.anyway = how.anyway;
  decision.at = at;
  return decision;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

base::Result<PersonChange> with_effects(PersonChange change, base::Result<Effects> effects) {
  if (!effects) return std::move(effects).error();
  change.effects = std::move(*effects);
  return change;
}

base::Instant later(base::Instant now, const store::Profile& one) {
  return std::max(now, one.learnt_at + std::chrono::microseconds(1));
}

}  // namespace

// What speaks against the two being one. Empty: nothing.
base::Result<std::string> Hub::against(const store::Profile& one,
                                       const store::Profile& other) const {
  auto differences = index_->differences(one.person, other.person);
  if (!differences) return std::move(differences).error();
  for (std::string& word : *differences) word.insert(0, "another ");
  if (!one.birth_date.empty() && !other.birth_date.empty() && one.birth_date != other.birth_date &&
      std::find(differences->begin(), differences->end(), "another birth date") ==
          differences->end())
    differences->emplace_back("another birth date");
  for (const IdentityDecision& apart : identities_.apart(one.known, other.known))
    differences->push_back("a decision of " + base::to_text(apart.at).substr(0, 10) +
                           " that they are not the same");
  return joined(*differences);
}

base::Result<PersonChange> Hub::plan_merge(const model::PersonId& survivor,
                                           const model::PersonId& other,
                                           const PersonAsked& how) const {
  for (const model::PersonId& person : {survivor, other})
    if (const auto merged = identities_.merge_of(person))
      return refusal("PERSON_MERGED",
                     person.value + " became " + merged->person.value + " on " +
                         base::to_text(merged->at).substr(0, 10),
                     "name " + merged->person.value + ", or part them: concord person unmerge " +
                         person.value);
  const store::Profile one = people_.profile(survivor);
  const store::Profile two = people_.profile(other);
  if (one.known.empty() || two.known.empty()) return unknown_person();
  if (survivor == other) return refusal("PERSON_SAME", "they are one person already", "nothing");
  auto speaks_against = against(one, two);
  if (!speaks_against) return std::move(speaks_against).error();
  if (!speaks_against->empty() && !how.anyway)
    return refusal("PERSONS_CONTRADICT",
                   "something speaks against it: " + *speaks_against,
                   "look both up in their systems; if they are one all the same: --anyway --by WHO "
                   "--why TEXT");
  PersonChange change;
  const base::Instant at = clock_();
  change.decision = decision_of(Kind::merge, how, at);
  change.decision.person = survivor;
  change.decision.other = other;
  change.decision.keys = two.known;
  change.decision.rest = one.known;
  change.ended = identities_.apart(one.known, two.known);
  for (IdentityDecision& ended : change.ended) ended.ended_at = at;
  change.from = other;
  change.to = survivor;
  change.whole = true;
  store::Profile both = one;
  for (const model::ChildRef& key : two.known)
    if (!among(key, both.known)) both.known.push_back(key);
  if (both.birth_date.empty()) both.birth_date = two.birth_date;
  both.learnt_at = std::max(later(at, one), later(at, two));
  change.before = {one, two};
  change.after = {both};
  auto part = whole_of(*store_, other);
  if (!part) return std::move(part).error();
  change.part = std::move(*part);
  Shift shift;
  shift.people = {survivor, other};
  shift.after[survivor] = both;
  shift.whose = [&](const model::EntityId&, int) { return survivor; };
  return with_effects(std::move(change), effects_of(works(), *view(), shift));
}

// keys: of `from`, and not all of them. to: whose they are from now on.
base::Result<PersonChange> Hub::plan_split(const model::PersonId& from,
                                           const model::PersonId& to,
                                           const Keys& keys,
                                           const PersonAsked& how) const {
  const store::Profile joined = people_.profile(from);
  store::Profile rest = joined;
  store::Profile own{to, {}, {}, {}};
  rest.known.clear();
  for (const model::ChildRef& key : joined.known)
    (among(key, keys) ? own.known : rest.known).push_back(key);
  if (own.known.empty()) return unknown_person();
  if (rest.known.empty())
    return refusal("PERSON_OF_ITS_OWN",
                   "no other key is known of this person: it is one of its own already",
                   "nothing; to keep it apart from another person: --from PERSON");
  PersonChange change;
  const base::Instant at = clock_();
  change.decision = decision_of(Kind::split, how, at);
  change.decision.person = from;
  change.decision.other = to;
  change.decision.keys = own.known;
  change.decision.rest = rest.known;
  change.decision.joined = joined.known;
  if (auto merged = identities_.merge_of(to)) {
    merged->ended_at = at;
    change.ended = {*merged};
  }
  change.from = from;
  change.to = to;
  auto part = part_of(*store_, from, own.known);
  if (!part) return std::move(part).error();
  change.part = std::move(*part);
  own.birth_date = change.part.birth_date;
  rest.birth_date = change.part.birth_date_of_rest;
  own.learnt_at = rest.learnt_at = later(at, joined);
  change.before = {joined};
  change.after = {rest, own};
  std::set<std::pair<std::string, int>> moved;
  for (const auto& document : change.part.documents)
    moved.emplace(document.id.value, document.version);
  Shift shift;
  shift.people = {from};
  shift.after = {{from, rest}, {to, own}};
  shift.whose = [&](const model::EntityId& id, int version) {
    return moved.contains({id.value, version}) ? to : from;
  };
  shift.parts = true;
  return with_effects(std::move(change), effects_of(works(), *view(), shift));
}

base::Result<PersonChange> Hub::merge(const model::PersonId& survivor,
                                      const model::PersonId& other,
                                      const PersonAsked& how) {
  if (auto missing = unsigned_by(how)) return std::move(*missing);
  const std::scoped_lock one(staff_mutex_, apply_mutex_);
  return carry_out(
      survivor, other, [&] { return plan_merge(survivor, other, how); }, how);
}

base::Result<PersonChange> Hub::split(const model::ChildRef& key,
                                      const model::PersonId& from,
                                      const PersonAsked& how) {
  if (auto missing = unsigned_by(how)) return std::move(*missing);
  const std::scoped_lock one(staff_mutex_, apply_mutex_);
  const auto person = people_.find(key);
  if (!from.empty() && person != from) return keep_apart(key, from, how);
  if (!person)
    return refusal("KEY_UNKNOWN",
                   key.system.value + " " + key.key + ": no person is known by this key",
                   "take system and key from its records, as concord person review names them");
  // What a merge brought goes back to who it was: what was said of them before counts for them.
  const auto merged = identities_.merge_that_brought({key});
  const model::PersonId to = merged ? merged->other : model::PersonId(base::uuid());
  return carry_out(
      *person, to, [&] { return plan_split(*person, to, {key}, how); }, how);
}

base::Result<PersonChange> Hub::unmerge(const model::PersonId& person, const PersonAsked& how) {
  if (auto missing = unsigned_by(how)) return std::move(*missing);
  const std::scoped_lock one(staff_mutex_, apply_mutex_);
  const auto merged = identities_.merge_of(person);
  if (!merged)
    return refusal(
        "NOT_MERGED",
        "no merge is in force by which " + person.value + " became another person",
        "take the id that concord person merge named; for one key: concord person split");
  // The survivor may have become another since, and single keys may have been split off.
  std::optional<model::PersonId> now_is;
  for (const model::ChildRef& key : merged->keys)
    if (const auto has = people_.find(key); has && !now_is) now_is = has;
  if (!now_is) return unknown_person();
  return carry_out(
      *now_is, person, [&] { return plan_split(*now_is, person, merged->keys, how); }, how);
}

// They never were one: the decision is kept, and what was parked for want of it is taken up.
base::Result<PersonChange> Hub::keep_apart(const model::ChildRef& key,
                                           const model::PersonId& from,
                                           const PersonAsked& how) {
  const store::Profile other = people_.profile(from);
  if (other.known.empty()) return unknown_person();
  const auto person = people_.find(key);
  if (!person) {
    // A key that was misspelt here would be kept from this person for ever.
    auto waiting = store_->records_waiting_for(key.system, key.key);
    if (!waiting) return std::move(waiting).error();
    if (waiting->empty())
      return refusal("KEY_UNKNOWN",
                     key.system.value + " " + key.key +
                         ": no person is known by this key, and no "
                         "record of it waits",
                     "take system and key from: concord person review");
  }
  PersonChange change;
  change.decision = decision_of(Kind::apart, how, clock_());
  change.decision.person = from;
  change.decision.other = person.value_or(model::PersonId());
  change.decision.keys = person ? people_.profile(*person).known : Keys{key};
  change.decision.rest = other.known;
  change.from = from;
  if (how.dry_run) return change;
  std::vector<audit::Entry> entries{reviewed(from, change.decision.at)};
  if (person) entries.push_back(reviewed(*person, change.decision.at));
  if (auto kept = store_->put_evidence({row_of(change.decision)}, entries); !kept)
    return std::move(kept).error();
  identities_.put({change.decision});
  index_->keep_apart(identities_.all_apart());
  take_up_unsure();
  change.done = true;
  return change;
}

}  // namespace concord::pipeline
