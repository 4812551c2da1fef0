#include <gtest/gtest.h>

#include "hub/app/policy.hpp"
#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

TEST(Capacities, one_that_no_rule_knows_is_told_with_its_line_and_the_nearest) {
  auto policy = load_policy({std::string(CONCORD_SOURCE_DIR) + "/mappings/policy"});
  ASSERT_TRUE(policy.ok()) << base::to_text(policy.error());
  Folder folder;
  a_coalition(folder);
  folder.with("agencies.yaml", R"(agencies:
  - id: advocacy
    name: Example Advocacy
    capacities: [coalition, mdt_membr]
  - {id: dcf, name: Example DCF, capacities: [cwa, legislature, tribal_cwa]}
)");
  auto coalition = load_coalition(folder.path(), {}, environment());
  ASSERT_TRUE(coalition.ok()) << faults(coalition.error(), folder);
  EXPECT_EQ(faults(check_capacities(*coalition, policy->packs), folder),
            "CAPACITY_UNKNOWN agencies.yaml:4: agency advocacy: no rule knows the capacity "
            "\"mdt_membr\".  "
            "Next: did you mean \"mdt_member\"?\n");
}

}  // namespace
}  // namespace concord::app
