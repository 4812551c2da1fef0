// A hub that runs, and a coalition that changes under it.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {

class ApplyTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int child = 1; child <= 9; ++child)
      world.coalition.assignments.push_back(
          {model::AgencyId("court"),
           {model::SystemId("child_welfare"), "SYN-CW-" + std::to_string(child)},
           {},
           {}});
  }
  void apply() {
    auto done = world.apply();
    ASSERT_TRUE(done) << to_text(done.error());
    EXPECT_TRUE(done->to_look_at.empty());
  }
  void court_is(bool down) {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down.reset();
    if (down) world.court().down = base::retry_error("HTTP_503", "court", "down", "wait");
  }
  // One delivery that the court did not take, and that waits.
  void let_one_wait() {
    court_is(true);
    world.know(1);
    world.place(1, "1", "Example Home");
    ASSERT_TRUE(world.wait([&] {
      const auto waiting = world.deliveries(model::Outcome::waiting);
      return waiting.size() == 1 && waiting[0].reason == "HTTP_503";
    }));
  }
  void expect_withheld(const std::string& reason) {
    ASSERT_TRUE(world.wait([&] { return world.deliveries(model::Outcome::withheld).size() == 1; }));
    EXPECT_EQ(world.deliveries(model::Outcome::withheld)[0].reason, reason);
    EXPECT_EQ(world.notes(), 0u);
    EXPECT_TRUE(world.ledger().balanced());
  }
  void add_second_court() {
    model::System second = world.coalition.systems[1];
    second.id = model::SystemId("second_court");
    world.coalition.systems.push_back(second);
    model::Flow flow = world.coalition.flows[0];
    flow.id = model::FlowId("placement_to_second_court");
    flow.to = second.id;
    world.coalition.flows.push_back(flow);
  }
  SmallWorld world;
};

}  // namespace concord::pipeline
