// What differs between two sets of tables, row by row, as the people say it who edit them: a row is
// known by its target, or by the code that it is from.
// Threads: any; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/translate/mappings.hpp"
#include "hub/translate/sheet.hpp"

namespace concord::translate {

struct SheetChange {
  std::string name;    // "child_welfare/in/placement.csv"
  bool codes = false;  // a code table
  enum class How { added, removed, changed } how = How::changed;
  std::vector<std::string> rows;  // of a changed one: "row 6 facility: source \"a\" → \"b\""
};

// In the order of their names.
std::vector<SheetChange> difference_of(const Mappings& before, const Mappings& after);
// The same of two sheets.
std::vector<std::string> difference_of(const Sheet& before, const Sheet& after);

}  // namespace concord::translate
