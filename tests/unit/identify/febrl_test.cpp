// The index against generated people with typing and scanning errors (Febrl), where the files are
// there. Truth is in the id: rec-N-org and rec-N-dup-M are one person.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <set>

#include "hub/base/time.hpp"
#include "tests/unit/identify/builders.hpp"

namespace concord::identify {
namespace {

std::vector<std::string> cells_of(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells;
  for (size_t at = 0;;) {
    const size_t end = line.find(", ", at);
    cells.push_back(line.substr(at, end - at));
    if (end == std::string::npos) return cells;
    at = end + 2;
  }
}

struct Row {
  std::string truth;  // "1496"
  Child child;
};

std::vector<Row> read(const std::string& name) {
  std::ifstream file(std::string(CONCORD_SOURCE_DIR) + "/../shared/data/linkage/febrl/" + name);
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto cells = cells_of(line);
    if (cells.size() != 11) continue;
    std::string born = cells[9];
    born =
        born.size() == 8 ? born.substr(0, 4) + "-" + born.substr(4, 2) + "-" + born.substr(6) : "";
    if (!base::is_date(born)) born.clear();
    // The files tell no sex. All alike is the hardest case: it never tells two apart.
    rows.push_back({cells[0].substr(4, cells[0].find('-', 4) - 4),
                    {cells[0], cells[1], cells[2], born, "female"}});
  }
  return rows;
}

struct Count {
  int linked = 0, falsely = 0, parked = 0, created = 0;
};

// rows[i] comes from system i % systems.
Count run(const std::vector<Row>& rows, size_t systems) {
  Kept kept;
  std::map<std::string, std::string> truth_of;
  Count count;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Found found = kept.see("system" + std::to_string(i % systems), rows[i].child);
    if (found.kind == Found::Kind::parked) {
      ++count.parked;
      continue;
    }
    const auto [at, fresh] = truth_of.emplace(found.person.value, rows[i].truth);
    if (found.kind == Found::Kind::created) {
      EXPECT_TRUE(fresh);
      ++count.created;
    } else {
      ++count.linked;
      count.falsely += at->second != rows[i].truth;
    }
  }
  return count;
}

void expect_no_false_link(const char* name, const std::vector<Row>& rows, size_t systems) {
  const Count count = run(rows, systems);
  std::cout << name << ": " << rows.size() << " records, " << count.linked << " linked, "
            << count.falsely << " falsely, " << count.parked << " parked, " << count.created
            << " persons\n";
  EXPECT_EQ(count.falsely, 0);
  EXPECT_GT(count.linked, static_cast<int>(rows.size()) / 20);
}

TEST(Febrl, links_nobody_falsely) {
  const auto one = read("dataset1.csv");
  if (one.empty()) GTEST_SKIP() << "skipped: ../shared/data/linkage/febrl is not here";
  expect_no_false_link("dataset1", one, 7);
  expect_no_false_link("dataset3", read("dataset3.csv"), 11);
  const auto left = read("dataset4a.csv");
  const auto right = read("dataset4b.csv");
  std::vector<Row> both;  // two agencies in turn
  for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    both.push_back(left[i]);
    both.push_back(right[i]);
  }
  expect_no_false_link("dataset4", both, 2);
}

}  // namespace
}  // namespace concord::identify
