// What was given and may not be kept is asked back: once, from whoever has it, and from nobody
// else.
#include <gmock/gmock.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;
using model::Recall;

model::ChildRef at_welfare(int child) {
  return {model::SystemId("child_welfare"), "SYN-CW-" + std::to_string(child)};
}

model::Consent consent(int child) {
  model::Consent given;
  given.id = model::ConsentId("C-" + std::to_string(child));
  given.child = at_welfare(child);
  given.signers = {"minor", "parent"};
  given.recipients = {"court"};
  given.purposes = {"case_planning"};
  given.signed_at = given.start = base::parse_instant("2026-01-02T00:00:00Z");
  given.end = base::parse_instant("2036-01-02T00:00:00Z");
  return given;
}

class RecallTest : public testing::Test {
 protected:
  void SetUp() override {
    // Placements go out with an authorization; hearings to who takes part in the matter.
    world.coalition.agencies[0].capacities = {"covered_entity"};
    for (const int child : {1, 2}) {
      world.coalition.assignments.push_back({model::AgencyId("court"), at_welfare(child), {}, {}});
      world.evidence.consents.push_back(consent(child));
    }
    world.start();
  }
  void placed(int child) {
    world.know(child);
    world.place(child, "1", "Example Home");
    ASSERT_TRUE(delivered(++delivered_));
  }
  bool delivered(size_t count) {
    return world.wait([&] { return world.deliveries(Outcome::delivered).size() == count; });
  }
  std::vector<model::Delivery> recalls() { return world.hub().store().recalls(false, 100).value(); }

  SmallWorld world;
  size_t delivered_ = 0;
};

TEST_F(RecallTest, what_was_given_under_a_revoked_consent_is_asked_back_from_who_has_it) {
  placed(1);
  placed(2);
  ASSERT_TRUE(world.hub().revoke(consent(1).id));
  ASSERT_TRUE(delivered(3));
  const auto written = world.court().all_written();
  ASSERT_EQ(written.size(), 3u);
  EXPECT_TRUE(written[2].withdraw);
  EXPECT_EQ(written[2].key, written[0].key);
  EXPECT_EQ(written[2].body, "{}");
  ASSERT_EQ(recalls().size(), 1u);
  EXPECT_EQ(recalls()[0].recall, Recall::stop_use);
  EXPECT_TRUE(world.ledger().balanced()) << world.ledger().faults.front();
}

TEST_F(RecallTest, is_asked_once_however_often_the_consent_is_revoked) {
  placed(1);
  ASSERT_TRUE(world.hub().revoke(consent(1).id));
  ASSERT_TRUE(delivered(2));
  ASSERT_TRUE(world.hub().revoke(consent(1).id));
  world.stop();
  world.evidence.consents[0].revoked_at = base::parse_instant("2026-02-02T00:00:00Z");
  world.start();
  placed(2);  // whatever the start set going for the first child was before this
  EXPECT_EQ(recalls().size(), 1u);
}

TEST_F(RecallTest, that_a_killed_hub_still_owes_is_asked_at_the_next_start) {
  placed(1);
  world.stop();
  world.evidence.consents[0].revoked_at = base::parse_instant("2026-02-02T00:00:00Z");
  world.start();
  ASSERT_TRUE(delivered(2));
  EXPECT_TRUE(world.court().all_written()[1].withdraw);
}

TEST_F(RecallTest, is_not_sent_for_what_never_went_out) {
  world.know(1);
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down = base::retry_error("HTTP_503", "court", "down", "wait");
  }
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.hub().revoke(consent(1).id));
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down.reset();
  }
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.notes(), 0u);
  EXPECT_TRUE(recalls().empty());
}

TEST_F(RecallTest, is_made_good_when_a_new_consent_comes) {
  placed(1);
  ASSERT_TRUE(world.hub().revoke(consent(1).id));
  ASSERT_TRUE(delivered(2));
  model::Consent anew = consent(1);
  anew.id = model::ConsentId("C-anew");
  ASSERT_TRUE(world.hub().grant({anew}));
  ASSERT_TRUE(delivered(3));
  EXPECT_FALSE(world.court().all_written()[2].withdraw);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(RecallTest, leaves_with_the_recipient_what_only_ran_out) {
  placed(1);
  world.stop();
  world.evidence.consents[0].end = base::now() - std::chrono::seconds(1);
  model::Consent other = consent(1);
  other.id = model::ConsentId("C-other");
  other.recipients = {"hospital"};
  world.evidence.consents.push_back(other);
  world.start();
  ASSERT_TRUE(world.hub().revoke(other.id));
  EXPECT_TRUE(recalls().empty());
}

// A hearing that the court told child welfare of, and then seals.
TEST(RecallOfSealed, is_asked_for_at_once_and_open_until_somebody_attests_it) {
  SmallWorld world;
  const model::ChildRef at_court{model::SystemId("court"), "SYN-CP-1"};
  world.coalition.flows[0].id = model::FlowId("hearing_to_welfare");
  world.coalition.flows[0].entities = {"Hearing"};
  world.coalition.flows[0].to = model::SystemId("child_welfare");
  world.coalition.roster = {{model::AgencyId("dcf"), "coordinator", "active", {}, {}}};
  world.coalition.assignments = {{model::AgencyId("dcf"), at_court, {}, {}}};
  world.evidence.facts = {{at_court, "", "actively_participating", "true", {}, {}}};
  world.start();
  world.know(1);
  auto tell = [&](const std::string& version, const char* sealed) {
    model::Record hearing = SmallWorld::party(1);
    hearing.type = "hearing";
    hearing.key = "SYN-H-1";
    hearing.version = version;
    hearing.body =
        std::string(R"({"id":"SYN-H-1","party_id":"SYN-CP-1","docket":"26-JV-0001",)") +
        R"("kind":"review","status":"scheduled","start":{"local":"2026-03-09T09:30:00",)" +
        R"("zone":"America/New_York"},"all_day":false,"sealed":)" + sealed + "}";
    auto answers = world.court().intake->deliver({{hearing}, {}, "", false});
    ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  };
  tell("1", "false");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }))
      << world.deliveries(Outcome::withheld).at(0).reason;
  tell("2", "true");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 2; }));
  const auto written = world.welfare().all_written();
  EXPECT_TRUE(written.at(1).withdraw);
  EXPECT_EQ(written[1].body, "{}");  // nothing says why
  auto open = world.hub().store().recalls(true, 10).value();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].recall, Recall::destroy_and_attest);
  ASSERT_TRUE(world.hub().attest_recall(open[0].id, "clerk 7"));
  EXPECT_TRUE(world.hub().store().recalls(true, 10).value().empty());
  EXPECT_TRUE(world.ledger().balanced()) << world.ledger().faults.front();
}

// A system that cannot take back: somebody does it by hand and says so.
TEST_F(RecallTest, that_a_system_refuses_is_somebodys_task_until_it_is_attested) {
  placed(1);
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().answer = [](const runtime::WriteItem& item) {
      runtime::WriteOutcome outcome;
      if (item.withdraw)
        outcome.error = base::bad_record("NO_WITHDRAWAL", "notes", "there is none", "by hand");
      return outcome;
    };
  }
  ASSERT_TRUE(world.hub().revoke(consent(1).id));
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::parked).size() == 1; }));
  const auto open = world.hub().store().recalls(true, 10).value();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_NE(open[0].owner, model::Owner::nobody);
  ASSERT_TRUE(world.hub().attest_recall(open[0].id, "clerk 7"));
  EXPECT_TRUE(world.hub().store().recalls(true, 10).value().empty());
  EXPECT_TRUE(world.deliveries(Outcome::parked).empty());
  world.place(1, "2", "Example Home 2");  // the lane goes on
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_TRUE(world.ledger().balanced()) << world.ledger().faults.front();
}

}  // namespace
}  // namespace concord::pipeline
