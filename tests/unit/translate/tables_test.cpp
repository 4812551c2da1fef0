// The tables that we ship: every example, every golden folder.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

const std::string kMappings = CONCORD_SOURCE_DIR "/mappings";

std::vector<std::string> sectors() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kMappings))
    if (std::filesystem::is_directory(entry.path() / "in"))
      names.push_back(entry.path().filename());
  return names;
}

class TablesGolden : public testing::TestWithParam<std::string> {};

TEST_P(TablesGolden, every_example_and_every_case_of_the_shipped_tables_holds) {
  const auto schema = model::Schema::load(kMappings + "/schema");
  ASSERT_TRUE(schema) << to_text(schema.error());
  const char* mode = std::getenv("CONCORD_GOLDEN");  // NOLINT(concurrency-mt-unsafe): one thread
  const bool rewrite = mode != nullptr && std::string(mode) == "rewrite";
  std::ostringstream out;
  const auto counts = map_test({kMappings}, *schema, out, GetParam(), rewrite);
  ASSERT_TRUE(counts) << to_text(counts.error());
  EXPECT_EQ(counts->failed, 0u) << out.str();
  EXPECT_GT(counts->tables, 0u);
  EXPECT_GT(counts->examples, 0u);
  EXPECT_GT(counts->cases, 0u);
  std::cout << counts->tables << " tables, " << counts->examples << " examples, " << counts->cases
            << " cases\n";
}

std::string named(const testing::TestParamInfo<std::string>& sector) {
  return sector.param;
}

INSTANTIATE_TEST_SUITE_P(Sector, TablesGolden, testing::ValuesIn(sectors()), named);

}  // namespace
}  // namespace concord::translate
