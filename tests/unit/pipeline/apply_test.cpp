// A changed coalition, taken over by a hub that runs.
#include <gmock/gmock.h>

#include <future>

#include "tests/unit/pipeline/applying.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;

TEST_F(ApplyTest, a_flow_that_is_added_sends_from_then_on) {
  const auto flows = world.coalition.flows;
  world.coalition.flows.clear();
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  EXPECT_EQ(world.ledger().owed, 0);
  world.coalition.flows = flows;
  apply();
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(world.court().all_written()[0].version, 2u);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(ApplyTest, a_flow_that_is_removed_withholds_what_waits) {
  world.start();
  let_one_wait();
  world.coalition.flows.clear();
  apply();
  court_is(false);
  expect_withheld("FLOW_ENDED");
}

TEST_F(ApplyTest, a_flow_that_no_longer_wants_an_entity_withholds_what_waits_of_it) {
  world.start();
  let_one_wait();
  world.coalition.flows[0].entities = {"Hearing"};
  apply();
  court_is(false);
  expect_withheld("FLOW_ENDED");
}

TEST_F(ApplyTest, a_flow_that_comes_back_sends_what_it_withheld_when_it_ended) {
  world.start();
  let_one_wait();
  const auto flows = world.coalition.flows;
  world.coalition.flows.clear();
  apply();
  court_is(false);
  expect_withheld("FLOW_ENDED");
  world.coalition.flows = flows;
  apply();
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
}

TEST_F(ApplyTest, a_system_that_stays_is_not_touched) {
  world.start();
  world.coalition.flows.clear();
  world.coalition.systems[1].write_batch = 7;  // read at the next send; needs no new connector
  apply();
  EXPECT_EQ(world.court().opened, 1);
  EXPECT_EQ(world.court().listens, 1);
  EXPECT_EQ(world.welfare().opened, 1);
}

TEST_F(ApplyTest, a_system_whose_config_or_secret_changed_is_opened_again_and_goes_on) {
  world.start();
  let_one_wait();
  world.settings[model::SystemId("court")] = "another secret";
  court_is(false);
  apply();
  EXPECT_EQ(world.court().opened, 2);
  EXPECT_EQ(world.court().listens, 2);
  EXPECT_EQ(world.welfare().opened, 1);
  // What waited goes through the new connector, once, and without waiting for the old one's pause.
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 2; }));
  EXPECT_EQ(world.notes(), 2u);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(ApplyTest, a_system_that_is_added_reads_and_gets) {
  world.start();
  world.know(1);
  add_second_court();
  apply();
  model::Record party = SmallWorld::party(1);
  party.system = model::SystemId("second_court");
  auto answers = world.side("second_court").intake->deliver({{party}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 2; }));
  EXPECT_EQ(world.side("second_court").all_written().size(), 1u);
  EXPECT_EQ(world.hub().status().size(), 3u);
}

TEST_F(ApplyTest, what_waits_for_a_system_that_is_removed_ends_and_comes_back_with_it) {
  world.start();
  let_one_wait();
  const model::Coalition before = world.coalition;
  world.coalition.systems.pop_back();
  world.coalition.flows.clear();
  world.coalition.jobs.pop_back();
  apply();
  expect_withheld("FLOW_ENDED");
  EXPECT_EQ(world.hub().status().size(), 1u);
  world.coalition = before;
  court_is(false);
  apply();
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(ApplyTest, what_waits_for_a_system_that_was_removed_while_no_hub_ran_ends_at_the_start) {
  world.start();
  let_one_wait();
  world.stop();
  world.coalition.systems.pop_back();
  world.coalition.flows.clear();
  world.coalition.jobs.pop_back();
  world.start();
  expect_withheld("FLOW_ENDED");
}

TEST_F(ApplyTest, changes_nothing_where_a_connector_cannot_be_loaded) {
  world.start();
  const auto before = world.hub().view();
  add_second_court();
  world.settings[model::SystemId("court")] = "another secret";
  world.no_connector = base::config_error("AUTH", "system second_court", "refused", "mend it");
  auto done = world.apply();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().front().code, "AUTH");
  EXPECT_EQ(world.hub().view(), before);
  EXPECT_EQ(world.hub().status().size(), 2u);
  world.know(1);  // and all goes on
  world.place(1, "1", "Example Home");
  EXPECT_TRUE(world.wait([&] { return world.notes() == 1; }));
}

TEST_F(ApplyTest, refuses_another_data_folder) {
  world.start();
  world.coalition.data_folder += "/elsewhere";
  auto done = world.apply();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().front().code, "NEEDS_RESTART");
}

TEST_F(ApplyTest, a_job_that_is_added_runs_and_one_that_is_removed_does_not) {
  world.start();
  model::Job more = world.coalition.jobs[0];
  more.id = model::JobId("more");
  more.schedule =
      model::Schedule{model::Schedule::Kind::every, std::chrono::hours(1), 0, 0, "", ""};
  world.coalition.jobs = {more};
  apply();
  EXPECT_TRUE(world.wait([&] {
    auto runs = world.hub().job_runs(model::JobId("more"));
    return runs && runs->ended == 1;
  }));
  EXPECT_FALSE(world.hub().run_job(model::JobId("people")));
}

TEST_F(ApplyTest, a_run_that_was_stopped_for_a_new_connector_goes_on_after_it) {
  world.start();
  // Endless until it is told to stop: each batch says that there is more.
  std::atomic<int> batches{0};
  std::promise<void> reading;
  {
    const std::scoped_lock lock(world.welfare().mutex);
    world.welfare().next = [&](const std::string&) {
      if (++batches == 3) reading.set_value();
      const std::string checkpoint = "cp" + std::to_string(1000 + batches.load());
      return model::Batch{{SmallWorld::person(1)}, {}, checkpoint, batches < 1000000};
    };
  }
  const auto number = world.hub().run_job(model::JobId("people"));
  ASSERT_TRUE(number);
  reading.get_future().wait();
  world.settings[model::SystemId("child_welfare")] = "another secret";
  apply();
  const int after = batches;
  EXPECT_TRUE(world.wait([&] { return batches > after; }));
  EXPECT_LT(world.hub().job_runs(model::JobId("people"))->ended, *number);
  batches = 1000000;
  EXPECT_TRUE(
      world.wait([&] { return world.hub().job_runs(model::JobId("people"))->ended == *number; }));
}

}  // namespace
}  // namespace concord::pipeline
