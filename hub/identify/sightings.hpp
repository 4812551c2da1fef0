// The rows of the index in memory: which key is whom, and what its record said of the person.
//
// A row is (kind, digest, person). A link's digest is that of (system, key) and that of the system,
// 16 bytes each; any other's is the feature's own and the link's that it comes from, so that a
// corrected record takes back what it said, and a person can be taken apart again.
// Threads: none of its own; PersonIndex locks.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "hub/identify/features.hpp"

namespace concord::identify {

// As the store keeps it.
struct IndexRow {
  int kind = 0;
  std::string digest;
  model::PersonId person;
  bool remove = false;
  bool operator==(const IndexRow&) const = default;
};

// In this order; undone in the opposite one.
struct IndexChange {
  std::vector<IndexRow> rows;
};

// All that is known of one person.
struct PersonView {
  std::unordered_set<Feature, FeatureHash> features;
  std::unordered_set<Digest, FeatureHash> systems;  // that have a key for the person
  [[nodiscard]] bool has(const Feature& feature) const { return features.contains(feature); }
  [[nodiscard]] bool has(Kind kind) const;
  // Does any of these, of that kind, stand here too?
  [[nodiscard]] bool shares(Kind kind, const Features& others) const;
};

class Sightings {
 public:
  struct Sighting {
    model::PersonId person;
    Digest system{};
    Features features;
  };

  void apply(const IndexRow& row);  // a row of no known kind or size is left out
  void apply(const IndexChange& change);
  void undo(const IndexChange& change);

  [[nodiscard]] const Sighting* find(const Digest& link) const;
  [[nodiscard]] std::vector<model::PersonId> with(const Feature& feature) const;  // each once
  [[nodiscard]] const std::vector<Digest>* links_of(const model::PersonId& person) const;
  [[nodiscard]] PersonView view(const model::PersonId& person) const;
  [[nodiscard]] size_t people() const { return people_.size(); }

  // Rows that would bring it about.
  static IndexRow link_row(const Digest& link, const Digest& system, const model::PersonId& person);
  // This key now says these features.
  [[nodiscard]] IndexChange restate(const Digest& link, const Features& now) const;
  // This key and its features are nobody's.
  [[nodiscard]] IndexChange forget(const Digest& link) const;
  // This key, with its features, is that person.
  [[nodiscard]] IndexChange move(const Digest& link, const model::PersonId& person) const;

 private:
  void add(const IndexRow& row, const Feature& feature, const Digest& link);
  void remove(const IndexRow& row, const Feature& feature, const Digest& link);

  std::unordered_map<Digest, Sighting, FeatureHash> sightings_;
  std::unordered_map<Feature, std::vector<Digest>, FeatureHash> by_feature_;
  std::unordered_map<model::PersonId, std::vector<Digest>> people_;
};

}  // namespace concord::identify
