#include "hub/base/nearest.hpp"

#include <gtest/gtest.h>

namespace concord::base {
namespace {

TEST(Nearest, finds_what_was_meant_and_nothing_where_nothing_is_near) {
  const std::vector<std::string> known = {"agency", "connector", "zone", "listens"};
  EXPECT_EQ(nearest("agencyy", known), "agency");
  EXPECT_EQ(nearest("zoen", known), "zone");  // swapped
  EXPECT_EQ(nearest("listen", known), "listens");
  EXPECT_EQ(nearest("con", known), "connector");  // begun
  EXPECT_EQ(nearest("quokka", known), "");
  EXPECT_EQ(advice("quokka", {"a", "b"}), "use one of: a, b");
  EXPECT_EQ(advice("quokka", {}), "remove it");
}

}  // namespace
}  // namespace concord::base
