// What differs between two coalitions, in words.
#include "hub/pipeline/difference.hpp"

#include <gmock/gmock.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DifferenceTest : public testing::Test {
 protected:
  void SetUp() override { before = world.setup(); }
  static std::shared_ptr<const View> view_of(const std::shared_ptr<const pipeline::Setup>& setup) {
    return std::make_shared<View>(setup, Given().over(*setup));
  }
  Difference difference() { return difference_of(*view_of(before), *view_of(world.setup())); }
  // "changed flow placement_to_court", its details behind it.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const Change& change : difference().changes) {
      lines.push_back(std::string(name_of(change.how)) + " " + change.kind + " " + change.name);
      for (const std::string& detail : change.details) lines.push_back("  " + detail);
    }
    return lines;
  }
  model::System& court() { return world.coalition.systems[1]; }

  SmallWorld world;
  std::shared_ptr<const pipeline::Setup> before;
};

TEST_F(DifferenceTest, nothing_differs_from_itself) {
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(DifferenceTest, a_flow_tells_what_of_it_changed) {
  world.coalition.flows[0].entities.push_back("Hearing");
  world.coalition.flows[0].purpose.clear();
  EXPECT_THAT(told(),
              ElementsAre("changed flow placement_to_court",
                          "  entities: Placement → Placement, Hearing",
                          "  purpose: case_planning → nothing"));
}

TEST_F(DifferenceTest, what_came_and_what_went_is_told_by_kind) {
  world.coalition.flows.clear();
  world.coalition.roster.push_back({model::AgencyId("dcf"), "coordinator", "active", {}, {}});
  world.coalition.assignments.push_back(
      {model::AgencyId("court"), {model::SystemId("child_welfare"), "SYN-CW-1"}, {}, {}});
  model::Fact fact;
  fact.child = {model::SystemId("court"), "SYN-CP-1"};
  fact.name = "custody_current";
  world.evidence.facts = {fact};
  EXPECT_THAT(told(),
              ElementsAre("removed flow placement_to_court",
                          "added seat dcf, coordinator",
                          "added assignment court to child_welfare SYN-CW-1",
                          "added fact custody_current of court SYN-CP-1"));
}

TEST_F(DifferenceTest, a_job_tells_its_times) {
  world.coalition.jobs[0].schedule =
      model::Schedule{model::Schedule::Kind::daily, {}, 2, 5, "", "America/New_York"};
  EXPECT_THAT(told(),
              ElementsAre("changed job people",
                          "  runs: by event or by hand → daily 02:05 America/New_York"));
}

TEST_F(DifferenceTest, a_config_tells_its_keys_and_no_value) {
  court().config = R"({"rest":{"url":"http://a","page":1}})";
  before = world.setup();
  court().config = R"({"rest":{"url":"http://b","page":1},"folder":"/drop"})";
  EXPECT_THAT(told(),
              ElementsAre("changed system court",
                          "  config: rest.url, folder",
                          "  it is stopped, and opened again"));
}

TEST_F(DifferenceTest, a_secret_that_changed_is_told_as_such) {
  world.settings[court().id] = "another";
  EXPECT_THAT(told(),
              ElementsAre("changed system court",
                          "  config: a secret that it refers to",
                          "  it is stopped, and opened again"));
}

TEST_F(DifferenceTest, a_system_that_need_not_be_opened_again_is_not) {
  court().zone = "America/Chicago";
  EXPECT_THAT(told(),
              ElementsAre("changed system court", "  zone: America/New_York → America/Chicago"));
}

TEST_F(DifferenceTest, one_of_two_of_the_same_name_is_seen) {
  const model::Assignment twice{
      model::AgencyId("court"), {model::SystemId("court"), "SYN-CP-1"}, {}, {}};
  world.coalition.assignments = {twice, twice};
  before = world.setup();
  world.coalition.assignments[1].end = base::parse_instant("2026-03-01T00:00:00Z");
  EXPECT_THAT(told(), ElementsAre("changed assignment court to court SYN-CP-1"));
}

TEST_F(DifferenceTest, rule_packs_are_told_with_the_rules_that_came_and_went) {
  auto next = world.setup();
  next->packs["us.core"] = "another digest";
  next->packs.erase("us.ferpa");
  const Difference found = difference_of(*view_of(before), *view_of(next));
  std::vector<std::string> lines;
  for (const Change& change : found.changes)
    lines.push_back(std::string(name_of(change.how)) + " " + change.kind + " " + change.name);
  EXPECT_THAT(lines, ElementsAre("changed rule pack us.core", "removed rule pack us.ferpa"));
}

TEST_F(DifferenceTest, an_address_is_noted_and_a_data_folder_refused) {
  world.coalition.admin_address = "127.0.0.1:8421";
  world.coalition.data_folder = "/elsewhere";
  const Difference found = difference();
  EXPECT_THAT(found.notes, Contains(HasSubstr("127.0.0.1:8421 takes effect when")));
  ASSERT_EQ(found.faults.size(), 1u);
  EXPECT_EQ(found.faults[0].code, "NEEDS_RESTART");
}

TEST_F(DifferenceTest, a_file_that_a_command_overrules_is_noted) {
  model::Consent consent;
  consent.id = model::ConsentId("C-1");
  world.evidence.consents = {consent};
  before = world.setup();
  model::Evidence in_force = world.evidence;
  in_force.consents[0].revoked_at = base::from_us(1);
  world.evidence.consents[0].purposes = {"case_planning"};
  const View now(before, in_force);
  const Difference found = difference_of(now, View(world.setup(), in_force));
  EXPECT_THAT(found.changes, IsEmpty());
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("consent C-1: the file has no effect")));
}

}  // namespace
}  // namespace concord::pipeline
