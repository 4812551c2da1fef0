// Who may get what about a child like this: by recipient capacity, label and purpose.
//
// The engine is asked for each cell, first with nothing on file, then with ever more: so a cell
// says what it takes. Capacities and purposes are those that the packs name, and one of each that
// none does: a rule that speaks of a new one appears by itself. Threads: values only. Time: `at` is
// handed in.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "hub/decide/engine.hpp"

namespace concord::decide {

struct Child {
  int age = 15;
  std::string jurisdiction = "US";
  std::vector<std::string> facts;  // on file, whatever the cell
  base::Instant at;
};

// What it takes, the least first. never: none of these, at least.
enum class Takes : uint8_t { nothing, team, facts, consent, order, never };
inline constexpr std::array<Takes, 6> kTakes = {
    Takes::nothing, Takes::team, Takes::facts, Takes::consent, Takes::order, Takes::never};
char letter_of(Takes takes);
std::string_view words_of(Takes takes);

struct Cell {
  Takes takes = Takes::never;
  std::string because;  // the rules it rests on; never: the reason
  bool generalised = false;
  bool operator==(const Cell&) const = default;
};

struct Matrix {
  Child child;
  std::string law, rules;  // as decisions say them
  std::vector<std::string> labels, capacities, purposes;
  std::vector<Cell> cells;  // label by label, in it capacity by capacity, in it purpose by purpose
  [[nodiscard]] const Cell& at(size_t label, size_t capacity, size_t purpose) const {
    return cells[(label * capacities.size() + capacity) * purposes.size() + purpose];
  }
};

Matrix make_matrix(const Engine& engine, const Child& child);

// A line a capacity, purposes that have the same answer together: fit to be compared in review.
std::string matrix_text(const Matrix& matrix);
// A page of its own: no script, nothing fetched.
std::string matrix_page(const Matrix& matrix);
std::string matrix_json(const Matrix& matrix);

}  // namespace concord::decide
