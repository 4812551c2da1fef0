// The matrix of who may have what: a golden file, so that each change of a rule is seen in review.
#include "hub/decide/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "hub/base/json.hpp"
#include "tests/golden.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Matrix& of_a_child() {
  static const Matrix matrix = [] {
    Child child;
    child.at = *base::parse_instant("2026-06-01T12:00:00Z");
    return make_matrix(shipped_engine(), child);
  }();
  return matrix;
}

Takes takes(const std::string& label, const std::string& capacity, const std::string& purpose) {
  const Matrix& matrix = of_a_child();
  auto index = [](const std::vector<std::string>& list, const std::string& word) {
    const auto found = std::find(list.begin(), list.end(), word);
    EXPECT_NE(found, list.end()) << word;
    return static_cast<size_t>(found - list.begin());
  };
  return matrix
      .at(index(matrix.labels, label),
          index(matrix.capacities, capacity),
          index(matrix.purposes, purpose))
      .takes;
}

TEST(MatrixGolden, who_may_get_what_about_a_child_of_fifteen) {
  concord::testing::expect_golden("tests/decisions/golden/matrix/want.txt",
                                  matrix_text(of_a_child()));
}

TEST(Matrix, says_what_it_takes) {
  EXPECT_EQ(takes("PHI", "treating_provider", "treatment"), Takes::nothing);
  EXPECT_EQ(takes("CPS", "mdt_member", "(none stated)"), Takes::team);
  EXPECT_EQ(takes("EDU", "cwa_legally_responsible", "case_planning"), Takes::facts);
  EXPECT_EQ(takes("PART2", "cwa", "case_planning"), Takes::consent);
  EXPECT_EQ(takes("JUV, SEALED", "juvenile_court", "case_planning"), Takes::order);
  EXPECT_EQ(takes("CPS, PART2", "cwa", "case_planning"), Takes::consent);
  EXPECT_EQ(takes("VSP", "hub_matcher", "record_linkage"), Takes::never);
  EXPECT_EQ(takes("IVE", "legislative_committee", "audit"), Takes::never);
}

TEST(Matrix, page_needs_nothing_but_itself) {
  const std::string page = matrix_page(of_a_child());
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  for (const char* alien : {"<script", "http", "src=", "href=", "@import", "url("})
    EXPECT_THAT(page, Not(HasSubstr(alien)));
  EXPECT_THAT(page, HasSubstr("(anybody else)"));
  EXPECT_THAT(page, HasSubstr("title=\"yes, as it stands: hipaa.tpo\">Y</td>"));
  EXPECT_LT(page.size(), 1'500'000u);
}

TEST(Matrix, json_has_every_cell_once) {
  auto json = base::read_json(matrix_json(of_a_child()), "matrix", {.bytes_max = 64u << 20});
  ASSERT_TRUE(json) << base::to_text(json.error());
  const auto& cells = (*json)["cells"];
  const Matrix& matrix = of_a_child();
  EXPECT_EQ(cells.Size(), matrix.labels.size() * matrix.capacities.size() * matrix.purposes.size());
  std::set<std::string> seen;
  for (const auto& cell : cells.GetArray())
    seen.insert(std::string(base::text_of(cell, "label")) + "|" +
                std::string(base::text_of(cell, "capacity")) + "|" +
                std::string(base::text_of(cell, "purpose")));
  EXPECT_EQ(seen.size(), cells.Size());
}

}  // namespace
}  // namespace concord::decide
