// The example coalition, as far as texts go; connectors and mappings are looked at by concord
// check.
#include <gtest/gtest.h>

#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

const std::string kExample = std::string(CONCORD_SOURCE_DIR) + "/examples/coalition";

TEST(ExampleCoalition, has_no_fault) {
  auto coalition = load_coalition(kExample, {}, environment());
  ASSERT_TRUE(coalition.ok()) << base::to_text(coalition.error());
  EXPECT_EQ(coalition->systems.size(), 4u);
  EXPECT_EQ(coalition->agency(model::AgencyId(coalition->coordinator))->id.value, "example_dcf");
  auto evidence = load_evidence(*coalition, environment());
  ASSERT_TRUE(evidence.ok()) << base::to_text(evidence.error());
  EXPECT_EQ(evidence->facts.size(), 200u);
  EXPECT_EQ(evidence->consents.size(), 202u);
}

TEST(ExampleCoalition, goes_where_the_environment_says) {
  auto coalition = load_coalition(
      kExample,
      {},
      environment({{"CONCORD_DATA", "/tmp/example-data"}, {"CONCORD_COURT_WEBHOOK_PORT", "4712"}}));
  ASSERT_TRUE(coalition.ok());
  EXPECT_EQ(coalition->data_folder, "/tmp/example-data");
  EXPECT_NE(coalition->system(model::SystemId("court"))->config.find("\"port\":4712"),
            std::string::npos);
}

TEST(ExampleCoalition, holds_no_secret) {
  auto coalition = load_coalition(kExample, {}, environment());
  ASSERT_TRUE(coalition.ok());
  int secrets = 0;
  for (const model::System& system : coalition->systems) {
    for (const std::string key :
         {"\"client_secret\":\"", "\"secret\":\"", "\"token\":\"", "\"password\":\""}) {
      const size_t at = system.config.find(key);
      if (at == std::string::npos) continue;
      ++secrets;
      EXPECT_EQ(system.config.compare(at + key.size(), 7, "${file:"), 0) << system.id.value << key;
    }
  }
  EXPECT_GE(secrets, 4);
}

}  // namespace
}  // namespace concord::app
