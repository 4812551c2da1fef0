#include "hub/runtime/versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace concord::runtime {
namespace {

using ::testing::HasSubstr;

Manifest manifest(const std::string& id, const std::string& version, bool current = false) {
  Manifest m;
  m.id = id;
  m.version = version;
  m.current = current;
  m.root = "/own";
  return m;
}

TEST(Versions, are_ordered_by_the_numbers_between_the_dots) {
  EXPECT_TRUE(is_older("1.9.2", "1.10.0"));
  EXPECT_FALSE(is_older("1.10.0", "1.9.2"));
  EXPECT_TRUE(is_older("1.2", "1.2.1"));
  EXPECT_FALSE(is_older("1.2.0", "1.2.0"));
  EXPECT_TRUE(is_older("2.0.0-rc1", "2.0.0"));
  EXPECT_FALSE(is_older("2.0.0", "2.0.0-rc1"));
  EXPECT_TRUE(is_older("2.0.0-rc1", "2.0.0-rc2"));
}

TEST(Versions, name_a_folder_and_nothing_else) {
  EXPECT_TRUE(is_folder_name("1.2.0-rc1+5"));
  for (const char* bad : {"", ".", "..", "../1", "1/2", ".hidden", "1 2"})
    EXPECT_FALSE(is_folder_name(bad)) << bad;
  EXPECT_FALSE(is_folder_name(std::string(65, '1')));
}

TEST(Versions, one_is_chosen_by_its_number_or_as_the_current_one) {
  const std::vector<Manifest> all = {
      manifest("court", "1.0.0", true), manifest("court", "1.1.0"), manifest("health", "2.0.0")};
  EXPECT_EQ((*choose(all, "court"))->version, "1.0.0");
  EXPECT_EQ((*choose(all, "court@1.1.0"))->version, "1.1.0");
  EXPECT_EQ((*choose(all, "health"))->version, "2.0.0");  // the only one
}

TEST(Versions, what_is_not_there_or_not_clear_is_refused) {
  const std::vector<Manifest> all = {manifest("court", "1.0.0"), manifest("court", "1.1.0")};
  EXPECT_EQ(choose(all, "court").error().code, "VERSION_UNSAID");
  EXPECT_THAT(choose(all, "court").error().cause, HasSubstr("1.0.0, 1.1.0"));
  EXPECT_EQ(choose(all, "court@3.0.0").error().code, "VERSION_UNKNOWN");
  EXPECT_EQ(choose(all, "curt").error().code, "CONNECTOR_UNKNOWN");
  EXPECT_THAT(choose(all, "curt").error().next, HasSubstr("court"));
}

TEST(Versions, the_first_folder_that_has_an_id_wins) {
  std::vector<Manifest> all = {manifest("court", "1.0.0"), manifest("court", "9.0.0", true)};
  all[1].root = "/other";
  EXPECT_EQ((*choose(all, "court"))->version, "1.0.0");
  EXPECT_EQ((*choose(all, "court@9.0.0"))->version, "9.0.0");
}

}  // namespace
}  // namespace concord::runtime
