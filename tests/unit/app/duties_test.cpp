// What concord check says of flows whose recipient's connector does not write along what must go
// with a record.
#include "hub/app/duties.hpp"

#include <gmock/gmock.h>

#include "hub/model/obligation.hpp"
#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Duties : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string source(CONCORD_SOURCE_DIR);
    auto coalition = load_coalition(source + "/examples/coalition", {}, environment());
    ASSERT_TRUE(coalition.ok()) << base::to_text(coalition.error());
    whole.coalition = std::make_shared<const model::Coalition>(std::move(*coalition));
    auto schema = model::Schema::load(source + "/mappings/schema");
    ASSERT_TRUE(schema.ok()) << base::to_text(schema.error());
    whole.schema = std::make_unique<model::Schema>(std::move(*schema));
    auto policy = load_policy({source + "/mappings/policy"});
    ASSERT_TRUE(policy.ok()) << base::to_text(policy.error());
    whole.packs = std::move(policy->packs);
    whole.engine = std::move(policy->engine);
    for (const model::System& system : whole.coalition->systems) {
      runtime::Manifest manifest;
      manifest.id = system.connector;
      manifest.honours = {model::kCarried.begin(), model::kCarried.end()};
      whole.parts.manifests[system.connector] = manifest;
    }
  }
  std::vector<std::string> unmet() {
    return duties_unmet(whole, *base::parse_instant("2026-06-01T12:00:00Z"));
  }
  std::vector<std::string>& honours(const char* connector) {
    return whole.parts.manifests.at(connector).honours;
  }
  Whole whole;
};

TEST_F(Duties, of_connectors_that_write_all_along_are_met) {
  EXPECT_THAT(unmet(), IsEmpty());
}

TEST_F(Duties, of_a_connector_that_writes_no_notice_along_are_told_by_flow) {
  std::erase(honours("child_welfare"), "notice_part2");
  EXPECT_THAT(
      unmet(),
      ElementsAre("flow stays_to_coordinator: the connector \"child_welfare\" does not write along "
                  "notice_part2; what the law gives only with that is withheld. Next: install a "
                  "version whose manifest honours it, or send it to another system"));
}

TEST_F(Duties, are_those_of_the_fields_that_the_flow_asks_for) {
  honours("child_welfare").clear();
  auto changed = std::make_shared<model::Coalition>(*whole.coalition);
  std::erase_if(changed->flows,
                [](const model::Flow& f) { return f.id.value != "stays_to_coordinator"; });
  changed->flows.at(0).fields = {"no_such.field"};
  whole.coalition = changed;
  EXPECT_THAT(unmet(), IsEmpty());
  changed = std::make_shared<model::Coalition>(*changed);
  changed->flows.at(0).fields = {"condition.code"};
  whole.coalition = changed;
  EXPECT_THAT(unmet(), ElementsAre(HasSubstr("copy_of_consent, label_sticky, notice_part2;")));
}

TEST_F(Duties, of_a_purpose_that_no_rule_knows_are_none_of_that_rule) {
  std::erase(honours("child_welfare"), "no_proceedings");
  EXPECT_THAT(unmet(), IsEmpty()) << "only for treatment, payment and operations";
  auto changed = std::make_shared<model::Coalition>(*whole.coalition);
  for (model::Flow& flow : changed->flows) flow.purpose = "treatment";
  for (model::Agency& agency : changed->agencies) agency.capacities.emplace_back("covered_entity");
  whole.coalition = changed;
  EXPECT_THAT(unmet(), ::testing::Contains(HasSubstr("does not write along no_proceedings;")));
}

}  // namespace
}  // namespace concord::app
