// Requests made at random, from a seed, of all the words that rules know.
#pragma once

#include <random>

#include "hub/model/decision.hpp"
#include "hub/model/entity.hpp"

namespace concord::decide {

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  model::DecisionInput request();
  model::Consent consent(int number, const char* form = nullptr);
  model::Entity entity();

  size_t below(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random_);
  }
  bool chance(int percent) { return below(100) < static_cast<size_t>(percent); }
  template <class List>
  auto one_of(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
  }
  std::mt19937_64& random() { return random_; }
  base::Instant some_day();

 private:
  void parties(model::DecisionInput& input);
  void evidence(model::DecisionInput& input);
  std::mt19937_64 random_;
};

}  // namespace concord::decide
