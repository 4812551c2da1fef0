// A report of a missing child starts its clock, once; due, late, escalated, and what proves that it
// was made. The time is the test's own.
#include "hub/pipeline/mandates.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using model::MandateClock;
using model::MandateState;
using std::chrono::hours;

model::Contact contact(const char* role) {
  return {model::AgencyId("dcf"), role, ""};
}

model::Record missing(const std::string& version, const std::string& more = "") {
  model::Record record;
  record.system = model::SystemId("child_welfare");
  record.type = "missing_event";
  record.key = "SYN-ME-1";
  record.version = version;
  record.read_at = base::now();
  record.body = R"({"id":"SYN-ME-1","person_id":"SYN-CW-1","last_seen_at":"2026-03-01T02:10:00",)"
                R"("time_zone":"America/New_York","kind":"runaway","reported":[{"to":"police"}])" +
                more + "}";
  return record;
}

class MandatesTest : public testing::Test {
 protected:
  void SetUp() override {
    world.clock = [this] { return base::from_us(now_us); };
    model::Mandate mandate;
    mandate.id = "missing_child";
    mandate.event = "missing_child";
    mandate.entities = {"MissingEvent"};
    mandate.when = {{"found", {"absent"}}};
    mandate.owner = contact("duty supervisor");
    mandate.escalate = {{hours{18}, contact("area director")},
                        {hours{24}, contact("commissioner")}};
    world.coalition.mandates = {mandate};
  }
  // The court plays the police here, which has a system.
  void with_police() {
    world.coalition.agencies[1].capacities = {"law_enforcement"};
    model::Flow flow;
    flow.id = model::FlowId("missing_to_police");
    flow.entities = {"MissingEvent"};
    flow.to = model::SystemId("court");
    flow.trigger = "mandate";
    world.coalition.flows = {flow};
    world.coalition.mandates[0].flow = flow.id;
  }
  void begin() {
    world.start();
    world.know(1);
  }
  void report(const std::string& version, const std::string& more = "") {
    auto answers = world.welfare().intake->deliver({{missing(version, more)}, {}, "", false});
    ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  }
  void pass(std::chrono::microseconds time) {
    now_us += time.count();
    ASSERT_TRUE(world.hub().mandates().look());
  }
  std::vector<MandateClock> all() { return mandates_in(world.hub().store()).value(); }
  MandateClock only() {
    const auto clocks = all();
    EXPECT_EQ(clocks.size(), 1u);
    return clocks.at(0);
  }
  bool late() { return model::is_late(only(), base::from_us(now_us)); }

  std::atomic<int64_t> now_us = base::to_us(*base::parse_instant("2026-06-01T12:00:00Z"));
  SmallWorld world;
};

TEST_F(MandatesTest, a_report_starts_one_clock_whatever_is_told_of_it_later) {
  begin();
  report("1");
  const MandateClock clock = only();
  EXPECT_EQ(base::to_text(clock.received_at), "2026-06-01T12:00:00Z");
  EXPECT_EQ(base::to_text(clock.due_at), "2026-06-02T12:00:00Z");
  EXPECT_EQ(model::to_text(model::whose_move(clock)), "duty supervisor, dcf");
  pass(hours{1});
  report("2", R"(,"last_seen_place":{"city":"Exampleton"})");
  EXPECT_EQ(only(), clock);
}

TEST_F(MandatesTest, what_the_condition_excludes_starts_none) {
  begin();
  report("1", R"(,"found_at":"2026-03-02T02:10:00")");
  EXPECT_TRUE(all().empty());
}

TEST_F(MandatesTest, it_is_escalated_step_by_step_and_late_only_after_its_time) {
  begin();
  report("1");
  pass(hours{17});
  EXPECT_FALSE(only().escalations[0].told_at);
  pass(hours{1});
  EXPECT_EQ(model::to_text(model::whose_move(only())), "area director, dcf");
  EXPECT_FALSE(only().escalations[1].told_at);
  EXPECT_FALSE(late());
  pass(hours{6});
  EXPECT_FALSE(late());  // "no later than 24 hours"
  EXPECT_EQ(model::to_text(model::whose_move(only())), "commissioner, dcf");
  pass(std::chrono::microseconds{1});
  EXPECT_TRUE(late());
}

TEST_F(MandatesTest, it_survives_a_restart_and_an_escalation_is_told_once) {
  begin();
  report("1");
  pass(hours{19});
  const MandateClock before = only();
  ASSERT_TRUE(before.escalations[0].told_at);
  world.stop();
  now_us += 1000;
  world.start();
  pass(hours{0});
  EXPECT_EQ(only(), before);
}

TEST_F(MandatesTest, a_delivery_that_the_recipient_acknowledged_is_the_proof) {
  with_police();
  begin();
  report("1");
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  ASSERT_TRUE(world.wait([&] {
    EXPECT_TRUE(world.hub().mandates().look());
    return only().state == MandateState::delivered;
  }));
  const auto delivered = world.deliveries(model::Outcome::delivered);
  ASSERT_EQ(delivered.size(), 1u);
  EXPECT_EQ(only().delivery, delivered[0].id);
  EXPECT_EQ(only().ended_at, delivered[0].ended_at);
  EXPECT_FALSE(late());
  pass(hours{48});
  EXPECT_FALSE(late());
  EXPECT_FALSE(only().escalations[0].told_at);
}

TEST_F(MandatesTest, what_does_not_arrive_is_late_and_delivered_late_when_it_does) {
  with_police();
  begin();
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down = {base::ErrorClass::retry, "HTTP_503", "court", "down", "wait"};
  }
  report("1");
  pass(hours{25});
  EXPECT_TRUE(late());
  EXPECT_EQ(only().state, MandateState::running);
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down.reset();
  }
  ASSERT_TRUE(world.wait([&] {
    now_us += 1'000'000;
    EXPECT_TRUE(world.hub().mandates().look());
    return only().state == MandateState::delivered;
  }));
  EXPECT_TRUE(late());
}

TEST_F(MandatesTest, the_decision_knows_the_event_and_permits_the_report_alone) {
  with_police();
  begin();
  report("1", R"(,"circumstances":"Synthetic text.")");
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  const std::string body = world.court().all_written()[0].body;
  EXPECT_THAT(body, testing::HasSubstr("reported_to"));
  EXPECT_THAT(body, testing::HasSubstr("runaway"));
  EXPECT_THAT(body, testing::Not(testing::HasSubstr("Synthetic text")));
}

TEST_F(MandatesTest, what_was_done_by_phone_is_attested_once) {
  begin();
  report("1");
  pass(hours{2});
  Mandates& mandates = world.hub().mandates();
  EXPECT_EQ(mandates.attest("missing_child", "", "by phone").error().code, "ATTEST_EMPTY");
  EXPECT_EQ(mandates.attest("another", "supervisor", "by phone").error().code, "UNKNOWN");
  ASSERT_TRUE(mandates.attest("missing_child", "duty supervisor", "phone, police desk"));
  EXPECT_EQ(only().state, MandateState::attested);
  EXPECT_EQ(base::to_text(*only().ended_at), "2026-06-01T14:00:00Z");
  EXPECT_EQ(only().how, "phone, police desk");
  EXPECT_FALSE(mandates.attest("missing_child", "another", "again"));
  pass(hours{48});
  EXPECT_FALSE(late());
}

TEST_F(MandatesTest, what_its_source_takes_back_is_withdrawn) {
  begin();
  report("1");
  model::Record gone = missing("2");
  gone.deleted = true;
  auto answers = world.welfare().intake->deliver({{gone}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  pass(hours{48});
  EXPECT_EQ(only().state, MandateState::withdrawn);
  EXPECT_FALSE(late());
}

TEST_F(MandatesTest, that_runs_for_an_expunged_person_is_gone_and_nobody_elses) {
  begin();
  world.know(2);
  report("1");
  model::Record other = missing("1");
  other.key = "SYN-ME-2";
  for (const auto& [one, two] :
       {std::pair{"SYN-ME-1", "SYN-ME-2"}, std::pair{"SYN-CW-1", "SYN-CW-2"}})
    other.body.replace(other.body.find(one), 8, two);
  auto answers = world.welfare().intake->deliver({{other}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  ASSERT_EQ(all().size(), 2u);
  const auto person = world.hub().person_of({model::SystemId("child_welfare"), "SYN-CW-1"});
  ASSERT_TRUE(person);
  auto done = world.hub().expunge(*person, "SYN-ORDER");
  ASSERT_TRUE(done) << to_text(done.error());
  EXPECT_EQ(done->was.evidence, 1);
  EXPECT_EQ(world.number("SELECT count(*) FROM evidence WHERE kind='mandate'"), 1);
  ASSERT_TRUE(world.hub().mandates().look());
  auto kept = world.hub().store().entity(only().entity, 1);
  ASSERT_TRUE(kept) << to_text(kept.error());
  EXPECT_EQ(kept->subject_record, "SYN-CW-2");
}

}  // namespace
}  // namespace concord::pipeline
