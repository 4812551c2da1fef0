// The kit on the four connectors that are shipped, against the simulated agencies: what applies
// must pass. What a simulator cannot be made to do is left out, and the numbers say how much that
// is.
#include "tests/kit/support.hpp"

namespace concord::kit::test {
namespace {

struct Shipped {
  const char* id;
  size_t least_passed;  // so that nobody leaves checks out without a look here
};
class ShippedConnector : public testing::TestWithParam<Shipped> {};
TEST_P(ShippedConnector, passes_all_that_applies) {
  const std::string id = GetParam().id;
  const Findings findings = run_kit(kBuild + "/lib/concord/connectors/" + id,
                                    kSource + "/tests/kit/shipped/" + id + ".yaml",
                                    "CONCORD_BIN=" + kBuild + "/bin");
  EXPECT_EQ(failures(findings), "");
  EXPECT_GE(names(findings, "passed").size(), GetParam().least_passed);
}
INSTANTIATE_TEST_SUITE_P(Each,
                         ShippedConnector,
                         testing::Values(Shipped{"child_welfare", 111},
                                         Shipped{"juvenile_justice", 96},
                                         Shipped{"court", 111},
                                         Shipped{"health", 112}),
                         [](const auto& one) { return std::string(one.param.id); });

}  // namespace
}  // namespace concord::kit::test
