// Everyone the hub knows: which keys of which systems are the same person, and what decisions need
// to know of them. The person index finds; this keeps what was found, in memory, as the store has
// it. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/store/changes.hpp"

namespace concord::pipeline {

class People {
 public:
  void load(std::vector<store::Profile> profiles);
  // An empty profile where the person is not known.
  [[nodiscard]] store::Profile profile(const model::PersonId& person) const;
  // Adds a key and, where given, a birth date. The profile to keep, if anything changed; its
  // learnt_at rises with every change.
  std::optional<store::Profile> learn(const model::PersonId& person,
                                      const model::ChildRef& key,
                                      const std::string& birth_date,
                                      base::Instant now);
  // The commit that should have kept what was learnt failed: takes the key away again, and the
  // birth date if nobody has told another since. What others told meanwhile stays.
  void forget(const store::Profile& before,
              const model::ChildRef& key,
              const std::string& birth_date);
  // As if the person had never been known.
  void remove(const model::PersonId& person);
  void put_back(const store::Profile& profile);
  // Has something been learnt of the person at this moment or after?
  [[nodiscard]] bool learnt_since(const model::PersonId& person, base::Instant moment) const;
  // The key that this system has for the person, or "".
  [[nodiscard]] std::string key_at(const model::PersonId& person,
                                   const model::SystemId& system) const;
  [[nodiscard]] std::optional<model::PersonId> find(const model::ChildRef& key) const;
  [[nodiscard]] size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<model::PersonId, store::Profile> by_person_;
  std::map<model::ChildRef, model::PersonId> by_key_;
};

}  // namespace concord::pipeline
