// Decision cases: those of tests/data/decisions, and each pack's own.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "hub/base/files.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

TEST(DecisionCases, all_come_out_as_expected) {
  const std::string folder = source_folder() + "/tests/data/decisions";
  const auto files = base::files_below(folder, ".jsonl");
  ASSERT_FALSE(files.empty());
  size_t count = 0;
  for (const std::string& file : files) {
    for (const std::string& line : lines_of(folder + "/" + file)) {
      auto json = base::read_json(line, file);
      ASSERT_TRUE(json) << base::to_text(json.error());
      const model::DecisionInput input = request_of(line);
      const base::JsonValue* expected = base::member(*json, "expect");
      ASSERT_NE(expected, nullptr) << file << " " << input.id;
      const model::Decision decision = shipped_engine().decide(input);
      EXPECT_EQ(difference(*expected, decision, input.at), "") << file << " " << input.id << "\n"
                                                               << write_decision(decision);
      ++count;
    }
  }
  EXPECT_GE(count, 36u + 150u);
}

TEST(PackCases, prove_each_rule_on_both_sides) {
  const base::Errors errors = check_cases(shipped_engine(), shipped_packs());
  EXPECT_TRUE(errors.empty()) << base::to_text(errors);
}

// The lines as concord decide reads and writes them.
TEST(DecideLines, answers_each_line_in_order_and_tells_what_it_cannot_read) {
  std::istringstream in(
      R"({"id":"A","now":"2026-06-01T12:00:00Z","request":{"fields":{"x":[]},"subject":{"candidates":1},)"
      R"("source":{"agency":"s","capacities":["cwa"]},"recipient":{"agency":"r","capacities":["court"]}}})"
      "\n\n{\"id\":\"B\"}\nnot json\n");
  std::ostringstream out;
  const LineCounts counts = decide_lines(in, out, shipped_engine());
  EXPECT_EQ(counts.decided, 1u);
  ASSERT_EQ(counts.errors.size(), 2u);
  EXPECT_EQ(counts.errors[0].place, "line 3, request B");
  EXPECT_EQ(counts.errors[1].code, "JSON_SYNTAX");
  std::istringstream lines(out.str());
  std::string first, second, third;
  std::getline(lines, first);
  std::getline(lines, second);
  std::getline(lines, third);
  EXPECT_TRUE(first.starts_with(R"({"id":"A","decision":"deny")")) << first;
  EXPECT_TRUE(second.starts_with(R"({"id":"B","error":"REQUEST_SHAPE")")) << second;
  EXPECT_TRUE(third.starts_with(R"({"id":"","error":"JSON_SYNTAX")")) << third;
}

}  // namespace
}  // namespace concord::decide
