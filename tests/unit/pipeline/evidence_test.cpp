// Orders, seats and assignments that are given and ended by command while a hub runs.
#include <gmock/gmock.h>

#include <future>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;

model::Assignment assignment() {
  return {model::AgencyId("court"), {model::SystemId("child_welfare"), "SYN-CW-1"}, {}, {}};
}

class EvidenceTest : public testing::Test {
 protected:
  // A placement goes to a court that has a seat and is assigned to the child (us.child_welfare).
  void begin(bool assigned) {
    if (assigned) world.coalition.assignments = {assignment()};
    world.start();
    world.know(1);
    world.place(1, "1", "Example Home");
  }
  bool withheld() {
    return world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; });
  }
  size_t recalls() { return world.hub().store().recalls(false, 100).value().size(); }
  std::string id_of_only_assignment() {
    return world.hub().view()->evidence().assignments.at(0).id;
  }
  SmallWorld world;
};

TEST_F(EvidenceTest, an_assignment_that_is_added_sends_what_was_withheld_for_want_of_it) {
  begin(false);
  ASSERT_TRUE(withheld());
  ASSERT_TRUE(world.hub().grant({assignment()}));
  EXPECT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(EvidenceTest, an_assignment_that_has_ended_ends_for_good_and_what_was_given_is_asked_back) {
  begin(true);
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  ASSERT_TRUE(world.hub().end("assignment", id_of_only_assignment()));
  EXPECT_EQ(recalls(), 1u);
  ASSERT_TRUE(world.wait([&] { return world.notes() == 2; }));
  EXPECT_TRUE(world.court().all_written()[1].withdraw);
  // Whatever the file says, and over a restart.
  ASSERT_TRUE(world.apply());
  world.stop();
  world.start();
  world.place(1, "2", "Another Home");
  ASSERT_TRUE(withheld());
  EXPECT_EQ(world.notes(), 2u);
  ASSERT_TRUE(world.hub().grant({assignment()}));
  EXPECT_TRUE(world.wait([&] { return world.notes() >= 3; }));
}

TEST_F(EvidenceTest, a_seat_that_has_ended_is_asked_back_from_everyone_it_was_told_of) {
  begin(true);
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  ASSERT_TRUE(world.hub().end("seat", "court.clerk"));
  EXPECT_TRUE(world.wait([&] { return recalls() == 1; }));
  world.place(1, "2", "Another Home");
  EXPECT_TRUE(withheld());
}

TEST_F(EvidenceTest, an_end_is_not_acknowledged_while_a_send_that_began_before_is_under_way) {
  std::promise<void> writing, go;
  std::shared_future<void> may_go = go.get_future().share();
  world.court().before_write = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    writing.set_value();
    may_go.wait();
  };
  begin(true);
  writing.get_future().wait();
  const std::string id = id_of_only_assignment();
  auto ended = std::async(std::launch::async, [&] { return world.hub().end("assignment", id); });
  EXPECT_EQ(ended.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  go.set_value();
  EXPECT_TRUE(ended.get());
}

TEST_F(EvidenceTest, an_order_to_seal_takes_back_what_was_given_and_cannot_be_ended) {
  begin(true);
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  model::Order order;
  order.id = "O-1";
  order.child = assignment().child;
  order.kind = "seal";
  order.fields = {"*"};
  order.end = base::from_us(1);  // time alone opens nothing
  ASSERT_TRUE(world.hub().grant({order}));
  ASSERT_EQ(recalls(), 1u);
  EXPECT_EQ(world.hub().store().recalls(false, 1).value()[0].recall,
            model::Recall::destroy_and_attest);
  const auto refused = world.hub().end("order", "O-1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ORDER_BINDS");
}

TEST_F(EvidenceTest, what_nobody_knows_cannot_be_ended) {
  world.start();
  for (const char* kind : {"consent", "order", "seat", "assignment"}) {
    const auto refused = world.hub().end(kind, "nothing");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "UNKNOWN");
  }
}

TEST(Given, the_same_said_twice_has_one_id_and_survives_the_store) {
  const Piece piece = assignment();
  EXPECT_EQ(id_of(piece), id_of(Piece(assignment())));
  Given given;
  const auto row = Given::row_of({piece, true});
  ASSERT_TRUE(given.load({row}));
  ASSERT_EQ(given.taken_away().size(), 1u);
  EXPECT_EQ(id_of(given.taken_away()[0]), row.id);
  auto cut = row;
  cut.json = R"({"agency":"court","system":"x","key":"1","end":"tomorrow"})";
  EXPECT_FALSE(given.load({cut}));  // an end that cannot be read is not no end
}

}  // namespace
}  // namespace concord::pipeline
