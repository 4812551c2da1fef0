#include "hub/identify/sightings.hpp"

#include <algorithm>

namespace concord::identify {
namespace {

constexpr size_t kRowBytes = 32;

std::string joined(const Digest& first, const Digest& second) {
  std::string bytes(kRowBytes, '\0');
  std::memcpy(bytes.data(), first.data(), first.size());
  std::memcpy(bytes.data() + first.size(), second.data(), second.size());
  return bytes;
}

Digest part(const std::string& bytes, size_t at) {
  Digest digest;
  std::memcpy(digest.data(), bytes.data() + at, digest.size());
  return digest;
}

IndexRow feature_row(const Feature& feature,
                     const Digest& link,
                     const model::PersonId& person,
                     bool remove) {
  return {static_cast<int>(feature.kind), joined(feature.digest, link), person, remove};
}

template <class Map, class Key>
void take_out(Map& map, const Key& key, const Digest& link) {
  const auto found = map.find(key);
  if (found == map.end()) return;
  std::erase(found->second, link);
  if (found->second.empty()) map.erase(found);
}

}  // namespace

bool PersonView::has(Kind kind) const {
  return std::any_of(
      features.begin(), features.end(), [&](const Feature& f) { return f.kind == kind; });
}

bool PersonView::shares(Kind kind, const Features& others) const {
  return std::any_of(
      others.begin(), others.end(), [&](const Feature& f) { return f.kind == kind && has(f); });
}

void Sightings::apply(const IndexRow& row) {
  if (row.digest.size() != kRowBytes || row.kind < static_cast<int>(Kind::link) ||
      row.kind > static_cast<int>(Kind::bare))
    return;
  const Feature feature{static_cast<Kind>(row.kind), part(row.digest, 0)};
  const Digest second = part(row.digest, kRowBytes / 2);
  return row.remove ? remove(row, feature, second) : add(row, feature, second);
}

void Sightings::add(const IndexRow& row, const Feature& feature, const Digest& second) {
  if (feature.kind == Kind::link) {
    Sighting& sighting = sightings_[feature.digest];
    if (!sighting.person.empty()) take_out(people_, sighting.person, feature.digest);
    sighting.person = row.person;
    sighting.system = second;
    people_[row.person].push_back(feature.digest);
    return;
  }
  // A store gives its rows in any order: features may come before their link.
  Features& features = sightings_[second].features;
  const auto at = std::lower_bound(features.begin(), features.end(), feature);
  if (at != features.end() && *at == feature) return;
  features.insert(at, feature);
  by_feature_[feature].push_back(second);
}

void Sightings::remove(const IndexRow& row, const Feature& feature, const Digest& second) {
  if (feature.kind != Kind::link) {
    const auto found = sightings_.find(second);
    if (found == sightings_.end()) return;
    std::erase(found->second.features, feature);
    take_out(by_feature_, feature, second);
    return;
  }
  const auto found = sightings_.find(feature.digest);
  if (found == sightings_.end() || found->second.person != row.person) return;
  for (const Feature& said : found->second.features) take_out(by_feature_, said, feature.digest);
  take_out(people_, row.person, feature.digest);
  sightings_.erase(found);
}

void Sightings::apply(const IndexChange& change) {
  for (const IndexRow& row : change.rows) apply(row);
}

void Sightings::undo(const IndexChange& change) {
  for (auto row = change.rows.rbegin(); row != change.rows.rend(); ++row) {
    IndexRow opposite = *row;
    opposite.remove = !opposite.remove;
    apply(opposite);
  }
}

const Sightings::Sighting* Sightings::find(const Digest& link) const {
  const auto found = sightings_.find(link);
  return found == sightings_.end() || found->second.person.empty() ? nullptr : &found->second;
}

std::vector<model::PersonId> Sightings::with(const Feature& feature) const {
  std::vector<model::PersonId> people;
  const auto found = by_feature_.find(feature);
  if (found == by_feature_.end()) return people;
  for (const Digest& link : found->second)
    if (const Sighting* sighting = find(link)) people.push_back(sighting->person);
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

const std::vector<Digest>* Sightings::links_of(const model::PersonId& person) const {
  const auto found = people_.find(person);
  return found == people_.end() ? nullptr : &found->second;
}

PersonView Sightings::view(const model::PersonId& person) const {
  PersonView view;
  const auto* links = links_of(person);
  if (links == nullptr) return view;
  for (const Digest& link : *links) {
    const Sighting& sighting = sightings_.at(link);
    view.features.insert(sighting.features.begin(), sighting.features.end());
    view.systems.insert(sighting.system);
  }
  return view;
}

IndexRow Sightings::link_row(const Digest& link,
                             const Digest& system,
                             const model::PersonId& person) {
  return {static_cast<int>(Kind::link), joined(link, system), person, false};
}

IndexChange Sightings::restate(const Digest& link, const Features& now) const {
  IndexChange change;
  const Sighting* sighting = find(link);
  if (sighting == nullptr) return change;
  for (const Feature& before : sighting->features)
    if (!std::binary_search(now.begin(), now.end(), before))
      change.rows.push_back(feature_row(before, link, sighting->person, true));
  for (const Feature& feature : now)
    if (!std::binary_search(sighting->features.begin(), sighting->features.end(), feature))
      change.rows.push_back(feature_row(feature, link, sighting->person, false));
  return change;
}

IndexChange Sightings::forget(const Digest& link) const {
  IndexChange change;
  const Sighting* sighting = find(link);
  if (sighting == nullptr) return change;
  for (const Feature& feature : sighting->features)
    change.rows.push_back(feature_row(feature, link, sighting->person, true));
  IndexRow out = link_row(link, sighting->system, sighting->person);
  out.remove = true;
  change.rows.push_back(std::move(out));
  return change;
}

IndexChange Sightings::move(const Digest& link, const model::PersonId& person) const {
  const Sighting* sighting = find(link);
  if (sighting == nullptr || sighting->person == person) return {};
  // Out with the features first, in with them last: an undo then finds each where it was.
  IndexChange change = forget(link);
  change.rows.push_back(link_row(link, sighting->system, person));
  for (const Feature& feature : sighting->features)
    change.rows.push_back(feature_row(feature, link, person, false));
  return change;
}

}  // namespace concord::identify
