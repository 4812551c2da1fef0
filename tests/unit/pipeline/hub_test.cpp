#include <gmock/gmock.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;
using testing::HasSubstr;

class HubTest : public testing::Test {
 protected:
  void SetUp() override { world.assign_to_court(9); }
  SmallWorld world;
};

TEST_F(HubTest, delivers_what_may_be_had_and_balances) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_EQ(world.court().all_written()[0].subject, "SYN-CP-1");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_TRUE(world.ledger().balanced()) << world.ledger().faults.front();
}

TEST_F(HubTest, withholds_from_an_agency_that_is_not_assigned_to_the_child) {
  world.coalition.assignments.clear();
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.deliveries(Outcome::withheld)[0].reason, "NOT_ASSIGNED");
  EXPECT_EQ(world.notes(), 0u);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, tells_the_source_only_after_the_commit) {
  world.welfare_gives({SmallWorld::person(1)}, "cp1");
  world.start();
  world.welfare().before_write = nullptr;
  ASSERT_TRUE(world.hub().run_job(model::JobId("people")));
  ASSERT_TRUE(world.wait([&] {
    const std::scoped_lock lock(world.welfare().mutex);
    return !world.welfare().told.empty() && world.welfare().told.back() == "ack cp1";
  }));
  // At the moment of the ack the checkpoint was durable: a hub that dies now reads on from it.
  EXPECT_EQ(*world.hub().store().checkpoint(model::SystemId("child_welfare"), "person"), "cp1");
  EXPECT_EQ(world.ledger().records, 1);
}

TEST_F(HubTest, a_record_read_twice_has_one_effect) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(world.ledger().duplicates, 1);
  EXPECT_EQ(world.notes(), 1u);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, a_known_version_with_other_content_is_rejected_and_said_so) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  auto answers = world.welfare().intake->deliver(
      {{SmallWorld::placement(1, "1", "Another Home")}, {}, "", false});
  ASSERT_TRUE(answers.at(0));
  EXPECT_EQ(answers.at(0)->code, "VERSION_CONFLICT");
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, a_poison_record_parks_only_its_persons_lane) {
  world.court().answer = [](const runtime::WriteItem& item) {
    runtime::WriteOutcome outcome;
    if (item.subject == "SYN-CP-1")
      outcome.error = base::bad_record("HTTP_422", "notes", "refused", "mend it");
    return outcome;
  };
  world.start();
  world.know(1);
  world.know(2);
  world.place(1, "1", "Example Home");
  world.place(1, "2", "Example Home 2");
  world.place(2, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] {
    return world.deliveries(Outcome::delivered).size() == 1 &&
           world.deliveries(Outcome::parked).size() == 1;
  }));
  EXPECT_EQ(world.court().all_written()[0].subject, "SYN-CP-2");
  EXPECT_EQ(world.deliveries(Outcome::waiting).size(),
            1u);  // the second of child 1, behind the parked one
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().answer = nullptr;
  }
  ASSERT_TRUE(world.hub().retry_delivery(world.deliveries(Outcome::parked)[0].id));
  ASSERT_TRUE(world.wait([&] { return world.notes() == 3; }));
  EXPECT_EQ(world.court().all_written()[1].version, 1u);
  EXPECT_EQ(world.court().all_written()[2].version, 2u);
}

TEST_F(HubTest, a_lane_goes_on_at_once_when_its_parked_delivery_is_given_up) {
  world.court().answer = [](const runtime::WriteItem& item) {
    runtime::WriteOutcome outcome;
    if (item.version == 1) outcome.error = base::bad_record("HTTP_422", "notes", "no", "mend it");
    return outcome;
  };
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::parked).size() == 1; }));
  const int64_t poison = world.deliveries(Outcome::parked)[0].id;
  ASSERT_TRUE(world.hub().drop_delivery(poison, "told by phone"));
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(world.deliveries(Outcome::rejected)[0].id, poison);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, an_answer_about_a_key_that_nobody_asked_about_is_refused) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  const model::PersonId child = world.deliveries(Outcome::delivered)[0].person;
  const auto answered = world.hub().answer_review({model::SystemId("court"), "SYN-CP-77"}, child);
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().code, "REVIEW_UNKNOWN");
  EXPECT_EQ(world.hub().answer_review({model::SystemId("court"), "SYN-CP-1"}, {}).error().code,
            "REVIEW_UNKNOWN");
}

TEST_F(HubTest, records_of_a_system_that_is_not_there_are_not_taken_up_again) {
  world.start();
  const auto taken = world.hub().take_up_again("cuort");
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().cause, HasSubstr("cuort"));
}

TEST_F(HubTest, a_system_that_is_down_gets_everything_once_when_it_is_back) {
  world.start();
  world.know(1);
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down = base::retry_error("HTTP_503", "court", "down", "wait");
  }
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] {
    const auto status = world.hub().status();
    return std::any_of(status.begin(), status.end(), [](const SystemStatus& s) {
      return s.fault && s.fault->code == "HTTP_503";
    });
  }));
  world.stop();  // and the hub ends meanwhile
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down.reset();
  }
  world.start();
  ASSERT_TRUE(world.wait(
      [&] { return world.notes() == 1 && world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, what_comes_before_its_person_waits_and_goes_on) {
  world.start();
  world.place(1, "1", "Example Home");
  EXPECT_EQ(world.ledger().by_state[store::RecordState::parked], 1);
  world.know(1);
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_EQ(world.ledger().by_state[store::RecordState::parked], 0);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, what_a_recipient_cannot_place_goes_once_it_knows_the_child) {
  world.start();
  auto answers = world.welfare().intake->deliver({{SmallWorld::person(1)}, {}, "", false});
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.deliveries(Outcome::withheld)[0].reason, "SUBJECT_UNKNOWN_THERE");
  world.court_knows(1);
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, evidence_under_a_recipients_key_counts_once_that_key_is_known) {
  world.coalition.assignments = {
      {model::AgencyId("court"), {model::SystemId("court"), "SYN-CP-1"}, {}, {}}};
  world.start();
  auto answers = world.welfare().intake->deliver({{SmallWorld::person(1)}, {}, "", false});
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.deliveries(Outcome::withheld)[0].reason, "NOT_ASSIGNED");
  world.court_knows(1);
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, a_hub_that_starts_owes_what_new_evidence_permits_and_nothing_else) {
  const auto assigned = world.coalition.assignments;
  world.coalition.assignments.clear();
  world.start();
  for (const int child : {1, 2}) {
    world.know(child);
    world.place(child, "1", "Example Home");
  }
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 2; }));
  world.stop();
  world.coalition.assignments = {assigned[1]};
  world.start();
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(world.court().all_written()[0].subject, "SYN-CP-2");
  EXPECT_EQ(world.ledger().owed, 3);  // the other child's document is not owed once more
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, a_deletion_at_the_source_withdraws_what_was_sent) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  model::Record gone = SmallWorld::placement(1, "2", "");
  gone.deleted = true;
  gone.body.clear();
  auto answers = world.welfare().intake->deliver({{gone}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  ASSERT_TRUE(world.wait([&] { return world.notes() == 2; }));
  EXPECT_TRUE(world.court().all_written()[1].withdraw);
  EXPECT_EQ(world.court().all_written()[1].key, world.court().all_written()[0].key);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubTest, what_cannot_be_mapped_is_rejected_with_its_row_and_kept) {
  world.start();
  world.know(1);
  model::Record bad = SmallWorld::placement(1, "1", "Example Home");
  bad.body.replace(bad.body.find("2026-02-27"), 10, "27.02.2026");
  auto answers = world.welfare().intake->deliver({{bad}, {}, "", false});
  ASSERT_TRUE(answers.at(0));
  EXPECT_THAT(answers.at(0)->cause, HasSubstr("placement.csv"));
  EXPECT_THAT(answers.at(0)->cause, testing::Not(HasSubstr("27.02.2026")));
  EXPECT_EQ(world.ledger().by_state[store::RecordState::rejected], 1);
  EXPECT_TRUE(world.ledger().balanced());
}

}  // namespace
}  // namespace concord::pipeline
