// What a property looks at, the search for one that breaks it, and its shrinking.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hub/model/decision.hpp"
#include "hub/model/entity.hpp"

namespace concord::decide {

// A request; for what becomes of a document also the document, whose fields the request then has.
struct Sample {
  model::DecisionInput request;
  model::Entity entity;
  size_t size() const;  // how much there is to read in it
};

// A sentence on how the sample breaks the property, or nothing. The salt chooses where there is a
// choice: which label is added, which consent is taken away.
using Property = std::optional<std::string> (*)(const Sample&, uint64_t salt);

Sample sample_of(uint64_t seed);

struct Counterexample {
  uint64_t seed = 0;
  Sample sample;         // as small as it could be made
  std::string sentence;  // how it breaks the property
  std::string text() const;
};

// Looks at `count` samples from `seed` on; the first that breaks the property, shrunk.
std::optional<Counterexample> search(Property property, uint64_t seed, uint64_t count);

// Takes away what can go while the property still breaks.
Counterexample shrink(Property property, Counterexample found);

// The sample as a line that `concord decide` reads.
std::string line_of(const Sample& sample);

}  // namespace concord::decide
