// Commands that ask a running hub: what they print, and how they end.
#include <gmock/gmock.h>

#include "hub/api/server.hpp"
#include "hub/app/commands.hpp"
#include "hub/app/operate.hpp"
#include "tests/unit/app/builders.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::app {
namespace {

using testing::HasSubstr;

// A hub with its admin address, and the head of its coalition's folder. Its stdin is no terminal.
class HubCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    world.start();
    folder.with("concord.yaml",
                "name: Example County\ncoordinator: dcf\ndata: " + world.folder() + "\n");
    auto started = api::Server::start(
        "127.0.0.1:0", world.hub(), [this](const std::string&) { return read(); });
    ASSERT_TRUE(started) << to_text(started.error());
    server = std::move(*started);
    auto head = load_head(folder.path());
    ASSERT_TRUE(head) << to_text(head.error());
    coalition = std::move(*head);
  }
  Ran apply(const Applying& how) {
    return run([&] { return apply_coalition(folder.path(), how); });
  }
  std::string purpose_in_force() { return world.hub().view()->coalition().flows[0].purpose; }

  Folder folder;
  base::Errors faults;
  pipeline::SmallWorld world;
  std::unique_ptr<api::Server> server;
  model::Coalition coalition;

 private:
  base::Result<std::shared_ptr<const pipeline::Setup>, base::Errors> read() {
    if (!faults.empty()) return faults;
    return std::shared_ptr<const pipeline::Setup>(world.setup());
  }
};

TEST_F(HubCommandsTest, apply_shows_the_difference_and_takes_it_over) {
  world.coalition.flows[0].purpose = "another";
  const Ran looked = apply({.dry_run = true});
  EXPECT_EQ(looked.code, 0);
  EXPECT_EQ(looked.out,
            "1 change\n"
            "  changed flow placement_to_court\n"
            "            purpose: case_planning → another\n"
            "next: concord apply\n");
  EXPECT_EQ(purpose_in_force(), "case_planning");

  const Ran applied = apply({.yes = true});
  EXPECT_EQ(applied.code, 0);
  EXPECT_THAT(applied.out, HasSubstr("applied\nnext: concord status\n"));
  EXPECT_EQ(purpose_in_force(), "another");
  EXPECT_EQ(apply({.yes = true}).out, "0 changes\nnext: nothing to apply\n");
}

TEST_F(HubCommandsTest, of_many_changes_of_a_kind_the_first_are_shown) {
  for (int child = 1; child <= 20; ++child)
    world.coalition.assignments.push_back({model::AgencyId("court"),
                                           {model::SystemId("court"), std::to_string(100 + child)},
                                           {},
                                           {}});
  const Ran looked = apply({.dry_run = true});
  EXPECT_THAT(looked.out,
              HasSubstr("added   assignment court to court 112\n"
                        "  added assignment: 8 more; --json has them all\n"));
  EXPECT_THAT(apply({.dry_run = true, .json = true}).out, HasSubstr("court 120"));
}

TEST_F(HubCommandsTest, apply_needs_a_yes_where_it_cannot_ask) {
  world.coalition.flows[0].purpose = "another";
  EXPECT_EQ(apply({.json = true}).code, 64);
  EXPECT_EQ(purpose_in_force(), "case_planning");
}

TEST_F(HubCommandsTest, apply_tells_every_fault_and_changes_nothing) {
  faults = {base::config_error("ONE", "flows/a.yaml:3", "first", "mend it"),
            base::config_error("TWO", "flows/b.yaml:4", "second", "mend it")};
  const Ran refused = apply({.yes = true});
  EXPECT_EQ(refused.code, 78);
  EXPECT_THAT(refused.out, HasSubstr("2 faults in "));
  EXPECT_THAT(refused.out, HasSubstr("  TWO: flows/b.yaml:4: second.  Next: mend it.\n"));
  EXPECT_THAT(apply({.yes = true, .json = true}).out, HasSubstr(R"("good":false)"));
}

TEST_F(HubCommandsTest, they_work_while_other_files_of_the_coalition_are_faulty) {
  folder.with("agencies.yaml", "agencies: [");
  EXPECT_TRUE(load_head(folder.path()));
  EXPECT_FALSE(load_coalition(folder.path()));
}

TEST_F(HubCommandsTest, without_a_hub_they_end_with_69) {
  server.reset();
  EXPECT_EQ(apply({.dry_run = true}).code, 69);
  EXPECT_EQ(run([&] { return run_job(coalition, "people", true, false); }).code, 69);
}

TEST_F(HubCommandsTest, run_waits_for_the_run_and_ends_as_it_did) {
  world.welfare_gives({pipeline::SmallWorld::person(1)}, "cp1");
  const Ran done = run([&] { return run_job(coalition, "people", true, false); });
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "people: done, 1 record read\n");

  {
    const std::scoped_lock lock(world.welfare().mutex);
    world.welfare().down = {base::ErrorClass::auth, "HTTP_401", "cms", "refused", "mend it"};
  }
  const Ran failed = run([&] { return run_job(coalition, "people", true, true); });
  EXPECT_EQ(failed.code, 77);
  EXPECT_THAT(failed.out, HasSubstr(R"("code":"HTTP_401")"));
  EXPECT_EQ(run([&] { return run_job(coalition, "nothing", true, false); }).code, 78);
}

TEST_F(HubCommandsTest, record_again_takes_up_all_however_many) {
  std::vector<model::Record> placements;
  for (int child = 1; child <= 1350; ++child)
    placements.push_back(pipeline::SmallWorld::placement(child, "1", "Example Home"));
  world.welfare().intake->deliver({placements, {}, "", false});
  ASSERT_EQ(world.ledger().by_state[store::RecordState::parked], 1350);  // more than at once
  const Ran done = run([&] { return take_up_again(coalition, "", true); });
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.out, "{\"records\":1350}\n");
}

}  // namespace
}  // namespace concord::app
