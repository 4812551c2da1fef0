// People of the tests, in the words of the records that speak of them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hub/identify/person_index.hpp"

namespace concord::identify {

inline model::System a_system(std::string id) {
  model::System system;
  system.id = model::SystemId(std::move(id));
  system.trusted_identifiers = {"state_id", "ssn"};
  return system;
}

struct Child {
  std::string key, given, family, birth_date, sex, state_id = {};
};

inline model::IdentityHints hints_of(const Child& child) {
  model::IdentityHints hints;
  if (!child.family.empty() || !child.given.empty())
    hints.names.push_back({child.family, child.given});
  hints.birth_date = child.birth_date;
  hints.sex = child.sex;
  if (!child.state_id.empty()) hints.identifiers.push_back({"state_id", child.state_id});
  return hints;
}

inline model::Entity person_of(const std::string& key) {
  model::Entity entity;
  entity.type = "Person";
  entity.record_type = "person";
  entity.subject_record = key;
  return entity;
}

// An index together with the rows that a caller would have persisted.
class Kept {
 public:
  Kept() : index(base::Key{}) {}

  Found see(const std::string& system, const Child& child) {
    return see(a_system(system), person_of(child.key), hints_of(child));
  }
  Found see(const model::System& system,
            const model::Entity& person,
            const model::IdentityHints& hints) {
    Found found = index.identify(person, hints, system);
    keep(found.change);
    return found;
  }
  void keep(const IndexChange& change) {
    for (const IndexRow& row : change.rows) {
      const auto key = std::make_pair(std::make_pair(row.kind, row.digest), row.person.value);
      if (row.remove) {
        rows.erase(key);
      } else {
        rows[key] = row;
      }
    }
  }
  [[nodiscard]] std::vector<IndexRow> stored() const {
    std::vector<IndexRow> all;
    for (const auto& [key, row] : rows) all.push_back(row);
    return all;
  }

  PersonIndex index;
  std::map<std::pair<std::pair<int, std::string>, std::string>, IndexRow> rows;
};

}  // namespace concord::identify
