#include "hub/pipeline/identities.hpp"

#include <algorithm>
#include <array>
#include <concord/json.hpp>

#include "hub/base/json.hpp"

namespace concord::pipeline {
namespace {

using Kind = IdentityDecision::Kind;

constexpr std::array<std::string_view, 3> kKinds = {"merge", "split", "apart"};

void write(sdk::JsonWriter& out, const char* name, const Keys& keys) {
  out.key(name).array();
  for (const model::ChildRef& key : keys)
    out.object().field("system", key.system.value).field("key", key.key).end();
  out.end_array();
}

Keys keys_in(const base::JsonValue& json, const char* name) {
  Keys keys;
  const base::JsonValue* list = base::member(json, name);
  if (list == nullptr || !list->IsArray()) return keys;
  for (const auto& one : list->GetArray())
    keys.push_back({model::SystemId(std::string(base::text_of(one, "system"))),
                    std::string(base::text_of(one, "key"))});
  return keys;
}

bool any_among(const Keys& some, const Keys& known) {
  return std::any_of(some.begin(), some.end(), [&](const auto& key) { return among(key, known); });
}

bool says_apart(const IdentityDecision& decision) {
  return decision.kind != Kind::merge && !decision.ended_at;
}

}  // namespace

std::string_view name_of(Kind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

std::string key_at(const Keys& known, const model::SystemId& system) {
  for (const model::ChildRef& key : known)
    if (key.system == system) return key.key;
  return {};
}

bool among(const model::ChildRef& key, const Keys& known) {
  return std::find(known.begin(), known.end(), key) != known.end();
}

store::EvidenceRow row_of(const IdentityDecision& d) {
  sdk::JsonWriter out;
  out.object().field("decision", name_of(d.kind)).field("person", d.person.value);
  out.field("other", d.other.value).field("by", d.by).field("why", d.why);
  out.field("anyway", d.anyway).field("at", base::to_text(d.at));
  if (d.ended_at) out.field("ended_at", base::to_text(*d.ended_at));
  write(out, "keys", d.keys);
  write(out, "rest", d.rest);
  write(out, "joined", d.joined);
  out.end();
  return {kIdentityKind, d.id, out.text()};
}

base::Result<IdentityDecision> decision_of(const store::EvidenceRow& row) {
  auto json = base::read_json(row.json, kIdentityKind);
  if (!json) return std::move(json).error();
  auto text = [&](const char* name) { return std::string(base::text_of(*json, name)); };
  const auto kind = std::find(kKinds.begin(), kKinds.end(), text("decision"));
  const auto at = base::parse_instant(text("at"));
  if (kind == kKinds.end() || !at)
    return base::fatal_error("EVIDENCE_KIND",
                             "store",
                             "a decision of who is who that this hub does not know",
                             "start a newer hub");
  IdentityDecision d;
  d.id = row.id;
  d.kind = static_cast<Kind>(kind - kKinds.begin());
  d.person = model::PersonId(text("person"));
  d.other = model::PersonId(text("other"));
  d.keys = keys_in(*json, "keys");
  d.rest = keys_in(*json, "rest");
  d.joined = keys_in(*json, "joined");
  d.by = text("by");
  d.why = text("why");
  const base::JsonValue* anyway = base::member(*json, "anyway");
  d.anyway = anyway != nullptr && anyway->IsTrue();
  d.at = *at;
  d.ended_at = base::parse_instant(text("ended_at"));
  return d;
}

base::Status Identities::load(const std::vector<store::EvidenceRow>& rows) {
  std::vector<IdentityDecision> all;
  for (const store::EvidenceRow& row : rows) {
    if (row.kind != kIdentityKind) continue;
    auto decision = decision_of(row);
    if (!decision) return std::move(decision).error();
    all.push_back(std::move(*decision));
  }
  put(all);
  return base::Done{};
}

void Identities::put(const std::vector<IdentityDecision>& decisions) {
  const std::scoped_lock lock(mutex_);
  for (const IdentityDecision& decision : decisions) {
    const auto same = std::find_if(
        all_.begin(), all_.end(), [&](const auto& one) { return one.id == decision.id; });
    if (same == all_.end()) {
      all_.push_back(decision);
    } else {
      *same = decision;
    }
  }
  std::stable_sort(
      all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

void Identities::take_out(const Keys& known) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(all_, [&](const IdentityDecision& decision) {
    return any_among(decision.keys, known) || any_among(decision.rest, known);
  });
}

std::vector<model::PersonId> Identities::former_of(const model::PersonId& person) const {
  const std::scoped_lock lock(mutex_);
  std::vector<model::PersonId> found{person};
  for (size_t i = 0; i < found.size(); ++i)
    for (const IdentityDecision& d : all_)
      if (d.kind == Kind::merge && !d.ended_at && d.person == found[i] &&
          std::find(found.begin(), found.end(), d.other) == found.end())
        found.push_back(d.other);
  found.erase(found.begin());
  return found;
}

std::optional<IdentityDecision> Identities::merge_of(const model::PersonId& other) const {
  const std::scoped_lock lock(mutex_);
  for (const IdentityDecision& d : all_)
    if (d.kind == Kind::merge && !d.ended_at && d.other == other) return d;
  return std::nullopt;
}

std::optional<IdentityDecision> Identities::merge_that_brought(const Keys& keys) const {
  const std::scoped_lock lock(mutex_);
  for (const IdentityDecision& d : all_)
    if (d.kind == Kind::merge && !d.ended_at && d.keys.size() == keys.size() &&
        std::is_permutation(d.keys.begin(), d.keys.end(), keys.begin()))
      return d;
  return std::nullopt;
}

std::vector<IdentityDecision> Identities::apart(const Keys& one, const Keys& other) const {
  const std::scoped_lock lock(mutex_);
  std::vector<IdentityDecision> found;
  for (const IdentityDecision& d : all_)
    if (says_apart(d) && ((any_among(d.keys, one) && any_among(d.rest, other)) ||
                          (any_among(d.keys, other) && any_among(d.rest, one))))
      found.push_back(d);
  return found;
}

identify::PersonIndex::Apart Identities::all_apart() const {
  const std::scoped_lock lock(mutex_);
  identify::PersonIndex::Apart pairs;
  for (const IdentityDecision& d : all_) {
    if (!says_apart(d)) continue;
    for (const model::ChildRef& key : d.keys)
      for (const model::ChildRef& other : d.rest) pairs.emplace_back(key, other);
  }
  return pairs;
}

std::optional<std::string> Identities::filed_as(const model::ChildRef& subject,
                                                const model::SystemId& system,
                                                base::Instant at) const {
  const std::scoped_lock lock(mutex_);
  for (const IdentityDecision& d : all_) {
    if (d.at <= at || d.kind == Kind::apart) continue;
    const bool others = among(subject, d.keys);
    if (!others && !among(subject, d.rest)) continue;
    if (d.kind == Kind::merge) return key_at(others ? d.keys : d.rest, system);
    return key_at(d.joined, system);
  }
  return std::nullopt;
}

}  // namespace concord::pipeline
