#include "hub/deliver/lanes.hpp"

#include <gtest/gtest.h>

#include "hub/deliver/next_step.hpp"

namespace concord::deliver {
namespace {

using model::Delivery;
using model::Outcome;

const base::Instant kNow = base::from_us(1'000'000);

Delivery delivery(int64_t id, const char* person) {
  Delivery d;
  d.id = id;
  d.person = model::PersonId(person);
  return d;
}

std::vector<int64_t> ids(const std::vector<Delivery>& taken) {
  std::vector<int64_t> out;
  for (const Delivery& d : taken) out.push_back(d.id);
  return out;
}

TEST(Lanes, keep_the_order_of_one_person_and_mix_many) {
  Lanes lanes;
  lanes.add(delivery(1, "a"));
  lanes.add(delivery(2, "a"));
  lanes.add(delivery(3, "b"));
  auto first = lanes.take(10, kNow);
  EXPECT_EQ(ids(first), (std::vector<int64_t>{1, 3}));
  EXPECT_TRUE(lanes.take(10, kNow).empty());  // 2 waits for 1
  lanes.finish(first[0]);
  EXPECT_EQ(ids(lanes.take(10, kNow)), (std::vector<int64_t>{2}));
}

TEST(Lanes, a_parked_head_holds_back_its_person_only) {
  Lanes lanes;
  lanes.add(delivery(1, "a"));
  lanes.add(delivery(2, "a"));
  lanes.add(delivery(3, "b"));
  auto taken = lanes.take(10, kNow);
  lanes.park(taken[0]);
  lanes.finish(taken[1]);
  EXPECT_TRUE(lanes.take(10, kNow).empty());
  EXPECT_EQ(lanes.parked_lanes(), 1u);
  EXPECT_FALSE(lanes.unpark(2, kNow));
  EXPECT_TRUE(lanes.unpark(1, kNow));
  taken = lanes.take(10, kNow);
  EXPECT_EQ(ids(taken), (std::vector<int64_t>{1}));
  lanes.park(taken[0]);
  EXPECT_TRUE(lanes.drop(1));
  EXPECT_EQ(ids(lanes.take(10, kNow)), (std::vector<int64_t>{2}));
}

// A lane in each state a lane can be in.
TEST(Lanes, a_person_is_withdrawn_from_every_state_and_nobody_else_is) {
  Lanes lanes;
  for (const char* person : {"ready", "timed", "parked", "other"})
    for (int64_t i = 0; i < 2; ++i) lanes.add(delivery(lanes.highest_id() + 1, person));
  for (Delivery& head : lanes.take(10, kNow)) {
    if (head.person.value == "timed") {
      head.due_at = kNow + std::chrono::seconds(5);
      lanes.again(head);
    } else if (head.person.value == "parked") {
      lanes.park(head);
    } else {
      head.due_at.reset();
      lanes.again(head);
    }
  }
  std::vector<Delivery> out;
  for (const char* person : {"ready", "timed", "parked", "nobody"})
    EXPECT_TRUE(lanes.withdraw(model::PersonId(person), out)) << person;
  EXPECT_EQ(ids(out), (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(lanes.waiting(), 2u);
  EXPECT_EQ(lanes.parked_lanes(), 0u);
  EXPECT_FALSE(lanes.next_due());
  EXPECT_FALSE(lanes.unpark(5, kNow));
  EXPECT_EQ(ids(lanes.take(10, kNow)), (std::vector<int64_t>{7}));
}

TEST(Lanes, what_is_on_its_way_is_withdrawn_once_it_is_settled) {
  Lanes lanes;
  lanes.add(delivery(1, "a"));
  lanes.add(delivery(2, "a"));
  const auto taken = lanes.take(10, kNow);
  std::vector<Delivery> out;
  EXPECT_FALSE(lanes.withdraw(model::PersonId("a"), out));
  EXPECT_EQ(ids(out), (std::vector<int64_t>{2}));
  lanes.again(taken[0]);
  EXPECT_TRUE(lanes.withdraw(model::PersonId("a"), out));
  EXPECT_EQ(ids(out), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(lanes.waiting(), 0u);
}

TEST(Lanes, a_parked_head_that_is_loaded_again_stays_parked) {
  Lanes lanes;
  Delivery parked = delivery(1, "a");
  parked.outcome = Outcome::parked;
  lanes.add(parked);
  lanes.add(delivery(2, "a"));
  EXPECT_TRUE(lanes.take(10, kNow).empty());
  EXPECT_EQ(lanes.waiting(), 2u);
}

TEST(Lanes, a_retry_waits_for_its_time) {
  Lanes lanes;
  lanes.add(delivery(1, "a"));
  auto taken = lanes.take(1, kNow);
  taken[0].due_at = kNow + std::chrono::seconds{2};
  lanes.again(taken[0]);
  EXPECT_FALSE(lanes.ready(kNow));
  EXPECT_EQ(lanes.next_due(), kNow + std::chrono::seconds{2});
  EXPECT_EQ(ids(lanes.take(1, kNow + std::chrono::seconds{2})), (std::vector<int64_t>{1}));
  lanes.finish(taken[0]);
  EXPECT_EQ(lanes.waiting(), 0u);
}

struct Step {
  const char* name;
  base::ErrorClass error_class;
  int attempts;
  Outcome want;
};

class AfterFailure : public testing::TestWithParam<Step> {};

TEST_P(AfterFailure, the_class_alone_decides) {
  Delivery d = delivery(1, "a");
  d.attempts = GetParam().attempts;
  after_failure(d, {GetParam().error_class, "CODE", "place", "cause", "next"}, {}, kNow, 0);
  EXPECT_EQ(d.outcome, GetParam().want);
  EXPECT_EQ(d.due_at.has_value(), d.outcome == Outcome::waiting);
  EXPECT_NE(d.owner, model::Owner::nobody);
}

INSTANTIATE_TEST_SUITE_P(
    Classes,
    AfterFailure,
    testing::Values(Step{"retry", base::ErrorClass::retry, 0, Outcome::waiting},
                    Step{"retry_at_last", base::ErrorClass::retry, 59, Outcome::parked},
                    Step{"rate_limited", base::ErrorClass::rate_limited, 3, Outcome::waiting},
                    Step{"bad_record", base::ErrorClass::bad_record, 0, Outcome::parked},
                    Step{"config", base::ErrorClass::config, 0, Outcome::waiting},
                    Step{"auth", base::ErrorClass::auth, 99, Outcome::waiting}),
    [](const auto& row) { return row.param.name; });

TEST(AfterFailure, keeps_the_pause_that_the_recipient_asks_for) {
  Delivery d = delivery(1, "a");
  after_failure(d,
                {base::ErrorClass::rate_limited, "HTTP_429", "", "", ""},
                std::chrono::seconds{30},
                kNow,
                0);
  EXPECT_EQ(d.due_at, kNow + std::chrono::seconds{30});
}

}  // namespace
}  // namespace concord::deliver
