// Works out whose record it is. What is certain is linked, what is unsure is parked for a person to
// decide; it never guesses.
//
// Known key, then trusted identifiers, then name, birth date and sex (match.hpp). Keeps digests
// under the hub's key, never a name or a number.
// Threads: any.
// Owns:    its rows in memory. A change is in force at once; the caller persists its rows, or calls
//          undo() when the commit fails, in the opposite order of the calls.
// Errors:  Found has none: what cannot be told is parked, with a reason.
#pragma once

#include <string>
#include <vector>

#include "hub/base/guarded.hpp"
#include "hub/base/result.hpp"
#include "hub/identify/sightings.hpp"

namespace concord::identify {

struct Found {
  enum class Kind { linked, created, parked };
  Kind kind = Kind::parked;
  model::PersonId person;
  double confidence = 0;
  int candidates = 0;                   // persons who it may be
  std::vector<model::PersonId> people;  // they
  base::Error why;                      // of parked: code, and words without content
  IndexChange change;
};

class PersonIndex {
 public:
  explicit PersonIndex(const base::Key& key);

  void load(const std::vector<IndexRow>& rows);  // at start; in any order

  // The subject of a Person document. system: where it comes from; one with person_index false is
  // never matched and never indexed.
  Found identify(const model::Entity& person,
                 const model::IdentityHints& hints,
                 const model::System& system);
  // The subject of any other document: linked, or parked WAITING_FOR_PERSON.
  [[nodiscard]] Found resolve(const model::SystemId& system, const std::string& key) const;
  void undo(const IndexChange& change);

  // --- what staff decide. The key need not be known yet: a parked record is taken up again after.
  base::Result<IndexChange> link(const model::SystemId& system,
                                 const std::string& key,
                                 const model::PersonId& person);
  struct Made {
    model::PersonId person;
    IndexChange change;
  };
  // This key is a person of its own; one that is known is split off.
  Made new_person(const model::SystemId& system, const std::string& key);
  // All that is other's becomes survivor's. undo() of the change takes them apart again.
  base::Result<IndexChange> merge(const model::PersonId& survivor, const model::PersonId& other);

  // What speaks against the two being one, in words: "birth date", "sex", "identifier". An error
  // where there is no such person.
  [[nodiscard]] base::Result<std::vector<std::string>> differences(
      const model::PersonId& one, const model::PersonId& other) const;
  // These keys, with what their records said, are that person, who may be new. A key that is not
  // known yet is from now on.
  IndexChange assign(const std::vector<model::ChildRef>& keys, const model::PersonId& person);
  // Keys that staff said are of different persons: whoever has the one is never matched with
  // whoever has the other. Replaces what was said before.
  using Apart = std::vector<std::pair<model::ChildRef, model::ChildRef>>;
  void keep_apart(const Apart& pairs);

  // The person is nobody any more: a record of theirs that comes again is of a new person.
  IndexChange forget(const model::PersonId& person);

  [[nodiscard]] size_t people() const;

 private:
  struct Held : Sightings {
    std::unordered_multimap<Digest, Digest, FeatureHash> apart;  // links, both ways
  };
  // Whom this link, and any of the links of the person who has it, is kept apart from; sorted.
  static std::vector<model::PersonId> apart_from(const Held& index, const Digest& link);

  Digester digester_;
  mutable base::Guarded<Held> index_;
};

}  // namespace concord::identify
