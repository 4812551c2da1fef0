#include "hub/pipeline/people.hpp"

#include <algorithm>

#include "hub/pipeline/identities.hpp"

namespace concord::pipeline {

void People::load(std::vector<store::Profile> profiles) {
  const std::scoped_lock lock(mutex_);
  by_person_.clear();
  by_key_.clear();
  for (store::Profile& profile : profiles) {
    for (const model::ChildRef& key : profile.known) by_key_[key] = profile.person;
    by_person_[profile.person] = std::move(profile);
  }
}

store::Profile People::profile(const model::PersonId& person) const {
  const std::scoped_lock lock(mutex_);
  const auto found = by_person_.find(person);
  return found == by_person_.end() ? store::Profile{person, {}, {}, {}} : found->second;
}

std::optional<store::Profile> People::learn(const model::PersonId& person,
                                            const model::ChildRef& key,
                                            const std::string& birth_date,
                                            base::Instant now) {
  const std::scoped_lock lock(mutex_);
  store::Profile& profile = by_person_[person];
  profile.person = person;
  const store::Profile before = profile;
  if (!birth_date.empty()) profile.birth_date = birth_date;
  if (!key.key.empty() &&
      std::find(profile.known.begin(), profile.known.end(), key) == profile.known.end())
    profile.known.push_back(key);
  if (!key.key.empty()) by_key_[key] = person;
  if (profile == before) return std::nullopt;
  profile.learnt_at = std::max(now, before.learnt_at + std::chrono::microseconds(1));
  return profile;
}

void People::forget(const store::Profile& before,
                    const model::ChildRef& key,
                    const std::string& birth_date) {
  const std::scoped_lock lock(mutex_);
  const auto now = by_person_.find(before.person);
  if (now == by_person_.end()) return;
  store::Profile& profile = now->second;
  if (std::find(before.known.begin(), before.known.end(), key) == before.known.end()) {
    by_key_.erase(key);
    std::erase(profile.known, key);
  }
  if (!birth_date.empty() && profile.birth_date == birth_date)
    profile.birth_date = before.birth_date;
  if (profile.known.empty() && profile.birth_date.empty()) by_person_.erase(now);
}

void People::remove(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  by_person_.erase(person);
  std::erase_if(by_key_, [&](const auto& known) { return known.second == person; });
}

void People::put_back(const store::Profile& profile) {
  const std::scoped_lock lock(mutex_);
  for (const model::ChildRef& key : profile.known) by_key_[key] = profile.person;
  by_person_[profile.person] = profile;
}

bool People::learnt_since(const model::PersonId& person, base::Instant moment) const {
  const std::scoped_lock lock(mutex_);
  const auto found = by_person_.find(person);
  return found != by_person_.end() && found->second.learnt_at >= moment;
}

std::string People::key_at(const model::PersonId& person, const model::SystemId& system) const {
  const std::scoped_lock lock(mutex_);
  const auto found = by_person_.find(person);
  return found == by_person_.end() ? std::string() : pipeline::key_at(found->second.known, system);
}

std::optional<model::PersonId> People::find(const model::ChildRef& key) const {
  const std::scoped_lock lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  return found->second;
}

size_t People::size() const {
  const std::scoped_lock lock(mutex_);
  return by_person_.size();
}

}  // namespace concord::pipeline
