// The form in which decide() uses the packs. Internal to this room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/decide/rules.hpp"

namespace concord::decide {

// The rules of one jurisdiction, by what they do. Indexes into Compiled::rules.
struct Book {
  std::vector<size_t> forbids, needs, limits, transforms, obligations;
  // For each label, mandates first, then bases, in the packs' order.
  std::vector<std::vector<size_t>> bases = std::vector<std::vector<size_t>>(model::kLabelCount);
  // For each obligation the words that a pack gives; nullopt: the hub's own.
  std::vector<std::optional<Notice>> notices = std::vector<std::optional<Notice>>(kObligationCount);
};

struct Compiled {
  std::vector<Rule> rules;
  std::vector<bool> by_field;  // does a rule look at the field, so that it is asked for each?
  std::vector<Form> forms;
  std::map<std::string, Book, std::less<>> books;  // jurisdiction → its book; "US" always there
  std::string hash;

  [[nodiscard]] const Book& book(const std::string& jurisdiction) const;
  [[nodiscard]] const Form* form(std::string_view id) const;
};

}  // namespace concord::decide
