// What staff decided of who is who: that two persons are one, that a key is a person of its own,
// that two are not the same. With who said so, when and why. Kept as evidence of kind "identity",
// so that nothing of it outlives a person who is expunged.
// Threads: any.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hub/identify/person_index.hpp"
#include "hub/store/changes.hpp"

namespace concord::pipeline {

using Keys = std::vector<model::ChildRef>;

struct IdentityDecision {
  // merge  other became person. split: keys of person's became other. apart: they never were one.
  enum class Kind { merge, split, apart };
  std::string id;
  Kind kind = Kind::merge;
  model::PersonId person, other;  // apart: other may not be known yet, and is then empty
  Keys keys, rest;                // other's; person's without them
  Keys joined;                    // of a split: the person's keys before it, in their order
  std::string by, why;
  bool anyway = false;  // against what contradicts it
  base::Instant at;
  std::optional<base::Instant> ended_at;  // undone, or decided otherwise since
  bool operator==(const IdentityDecision&) const = default;
};
std::string_view name_of(IdentityDecision::Kind kind);

inline constexpr const char* kIdentityKind = "identity";
store::EvidenceRow row_of(const IdentityDecision& decision);
base::Result<IdentityDecision> decision_of(const store::EvidenceRow& row);

class Identities {
 public:
  // Rows of other kinds are left out.
  base::Status load(const std::vector<store::EvidenceRow>& rows);
  void put(const std::vector<IdentityDecision>& decisions);
  // Those that name any of these keys.
  void take_out(const Keys& known);

  // Who became this person, and who became them.
  [[nodiscard]] std::vector<model::PersonId> former_of(const model::PersonId& person) const;
  // The merge by which this person became another, while it stands.
  [[nodiscard]] std::optional<IdentityDecision> merge_of(const model::PersonId& other) const;
  // The standing merge that brought exactly these keys.
  [[nodiscard]] std::optional<IdentityDecision> merge_that_brought(const Keys& keys) const;
  // Decisions in force that say that whoever has some of these keys is not who has some of those.
  [[nodiscard]] std::vector<IdentityDecision> apart(const Keys& one, const Keys& other) const;
  [[nodiscard]] identify::PersonIndex::Apart all_apart() const;
  // The key under which a document about this subject was filed at a system at that moment, where a
  // decision since tells; nothing where none does.
  [[nodiscard]] std::optional<std::string> filed_as(const model::ChildRef& subject,
                                                    const model::SystemId& system,
                                                    base::Instant at) const;

 private:
  mutable std::mutex mutex_;
  std::vector<IdentityDecision> all_;  // in the order of their times
};

// The first of these keys that is the system's, or "".
std::string key_at(const Keys& known, const model::SystemId& system);
bool among(const model::ChildRef& key, const Keys& known);

}  // namespace concord::pipeline
