// What a record says about a person, as digests under the hub's key: equal where the normalised
// values are equal, and telling nothing else.
// Threads: any; pure.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/crypto.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/entity.hpp"

namespace concord::identify {

using Digest = std::array<uint8_t, 16>;

// The kinds of rows that the index keeps. The numbers stand in stores: never reused.
enum class Kind : uint8_t {
  link = 1,               // (system, key) of a source: this is the person
  identifier = 2,         // (system, value)
  identifier_system = 3,  // that there is one of this system
  birth_date = 4,
  sex = 5,
  name_and_birth = 6,  // family, first given name, birth date
  name = 7,            // family, first given name
  full_name = 8,       // family, all given names
  given = 9,           // the first given name, and all of them together
  bare = 10,           // as name, of one that has no second given name
};

struct Feature {
  Kind kind = Kind::link;
  Digest digest{};
  auto operator<=>(const Feature&) const = default;
};

struct FeatureHash {
  size_t operator()(const Feature& feature) const noexcept {
    size_t start = 0;
    std::memcpy(&start, feature.digest.data(), sizeof start);
    return start ^ (static_cast<size_t>(feature.kind) << 56);
  }
  size_t operator()(const Digest& digest) const noexcept {
    return (*this)(Feature{Kind::link, digest});
  }
};

// Sorted, each once.
using Features = std::vector<Feature>;

// One record's.
struct Seen {
  Features features;
  struct Identifier {
    Digest system, value;
  };
  std::vector<Identifier> identifiers;  // those among the features, with their systems
  [[nodiscard]] bool has(Kind kind) const;
};

class Digester {
 public:
  explicit Digester(const base::Key& key) : key_(key) {}
  [[nodiscard]] Digest link(const model::SystemId& system, std::string_view key) const;
  [[nodiscard]] Digest system(const model::SystemId& system) const;
  // Identifiers count only where trusted names their system.
  [[nodiscard]] Seen look_at(const model::IdentityHints& hints,
                             const std::vector<std::string>& trusted) const;

 private:
  [[nodiscard]] Digest digest(std::string_view space,
                              std::initializer_list<std::string_view> parts) const;
  void add_name(const model::IdentityHints::Name& name,
                std::string_view birth_date,
                Features& out) const;
  base::Key key_;
};

}  // namespace concord::identify
