// The tables that we ship: every example, every golden folder.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

TEST(TablesGolden, every_example_and_every_case_of_the_shipped_tables_holds) {
  const auto schema = model::Schema::load(CONCORD_SOURCE_DIR "/mappings/schema");
  ASSERT_TRUE(schema) << to_text(schema.error());
  const char* mode = std::getenv("CONCORD_GOLDEN");  // NOLINT(concurrency-mt-unsafe): one thread
  const bool rewrite = mode != nullptr && std::string(mode) == "rewrite";
  std::ostringstream out;
  const auto counts = map_test({CONCORD_SOURCE_DIR "/mappings"}, *schema, out, rewrite);
  ASSERT_TRUE(counts) << to_text(counts.error());
  EXPECT_EQ(counts->failed, 0u) << out.str();
  EXPECT_GT(counts->tables, 0u);
  EXPECT_GT(counts->examples, 0u);
  EXPECT_GT(counts->cases, 0u);
  std::cout << counts->tables << " tables, " << counts->examples << " examples, " << counts->cases
            << " cases\n";
}

}  // namespace
}  // namespace concord::translate
