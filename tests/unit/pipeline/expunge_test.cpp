// A person leaves the hub: nothing about them is left that anybody can read, and all else is as it
// was.
#include <gmock/gmock.h>

#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;
using testing::HasSubstr;
using testing::Not;

class ExpungeTest : public testing::Test {
 protected:
  void SetUp() override {
    world.assign_to_court(9);
    world.start();
    for (int child : {1, 2}) world.know(child);
    for (int child : {1, 2}) world.place(child, "1", "Example Home");
    ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 2; }));
  }
  static model::ChildRef at_court(int child) {
    return {model::SystemId("court"), "SYN-CP-" + std::to_string(child)};
  }
  model::PersonId person(int child) {
    return world.hub().person_of(at_court(child)).value_or(model::PersonId());
  }
  Hub::Expunged expunge(int child) {
    auto done = world.hub().expunge(person(child), "SYN-ORDER");
    EXPECT_TRUE(done) << to_text(done.error());
    return done ? *done : Hub::Expunged{};
  }
  int64_t count(const std::string& sql) { return world.number("SELECT count(*) FROM " + sql); }
  SmallWorld world;
};

TEST_F(ExpungeTest, destroys_one_person_and_leaves_the_other_whole) {
  const model::PersonId one = person(1);
  const model::PersonId other = person(2);
  const auto deliveries = world.deliveries(Outcome::delivered);
  const Hub::Expunged done = expunge(1);
  EXPECT_EQ(done.was.delivered.at("court"), 1);
  EXPECT_EQ(done.was.documents, 3);  // two of the person, one of the placement
  EXPECT_EQ(done.in_files, 1u);      // the assignment
  EXPECT_FALSE(done.unfinished);
  for (const char* table : {"people", "person_index", "entities", "deliveries", "records"})
    EXPECT_EQ(count(std::string(table) + " WHERE person='" + one.value + "'"), 0) << table;
  EXPECT_FALSE(*world.hub().store().audit_key(one));
  int open = 0;
  int destroyed = 0;
  for (const model::Delivery& before : deliveries) {
    auto entity = world.hub().store().entity(before.entity, before.version);
    entity ? ++open : ++destroyed;
    EXPECT_EQ(entity.ok(), before.person == other);
  }
  EXPECT_EQ(open, 1);
  EXPECT_EQ(destroyed, 1);
  world.expect_whole();
}

TEST_F(ExpungeTest, leaves_the_audit_whole_and_of_nobody) {
  const base::Key key = **world.hub().store().audit_key(person(1));
  const audit::Head witness = [&] {
    EXPECT_TRUE(world.hub().store().sign_head(base::now()));
    return world.hub().store().newest_head()->value();
  }();
  const Hub::Expunged done = expunge(1);
  auto report = world.hub().store().check_audit({witness});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->faults.empty()) << to_text(report->faults);
  std::vector<audit::Written> all;
  ASSERT_TRUE(world.hub().store().each_leaf([&](uint64_t, std::string_view leaf) {
    all.push_back(*audit::read_leaf(leaf));
    return true;
  }));
  // The key that was kept aside here still knows its entries; the store has no such key.
  EXPECT_EQ(
      std::count_if(
          all.begin(), all.end(), [&](const auto& written) { return audit::is_of(written, key); }),
      5);  // decided, started, disclosed; asked back, recalled
  ASSERT_LT(done.was.entry, all.size());
  EXPECT_EQ(all[done.was.entry].person, audit::shredding(done.receipt, "SYN-ORDER"));
}

TEST_F(ExpungeTest, the_same_child_comes_again_as_if_never_there) {
  const model::PersonId before = person(1);
  expunge(1);
  EXPECT_TRUE(person(1).empty());
  world.know(1);
  world.place(1, "1", "Example Home");  // the very same records
  ASSERT_TRUE(world.wait([&] { return world.notes() == 4; }));
  EXPECT_TRUE(world.court().all_written()[2].withdraw);
  EXPECT_FALSE(world.court().all_written()[3].withdraw);
  EXPECT_NE(person(1), before);
  EXPECT_FALSE(person(1).empty());
  world.expect_whole();
}

TEST_F(ExpungeTest, withholds_what_waits_or_is_parked_and_says_so_in_the_audit) {
  world.court().answer = [](const runtime::WriteItem& item) {
    runtime::WriteOutcome outcome;
    if (item.subject == "SYN-CP-1" && !item.withdraw)
      outcome.error = base::bad_record("HTTP_422", "notes", "refused", "mend it");
    return outcome;
  };
  world.place(1, "2", "Example Home 2");
  world.place(1, "3", "Example Home 3");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::parked).size() == 1; }));
  const Hub::Expunged done = expunge(1);
  EXPECT_EQ(done.was.withdrawn, 2);
  const auto withheld = world.deliveries(Outcome::withheld);
  ASSERT_EQ(withheld.size(), 2u);
  for (const model::Delivery& delivery : withheld) EXPECT_EQ(delivery.reason, "EXPUNGED");
  const auto status = world.hub().status();
  for (const SystemStatus& system : status) EXPECT_EQ(system.waiting + system.parked_lanes, 0u);
  world.expect_whole();
}

TEST_F(ExpungeTest, destroys_nothing_while_a_recipient_still_has_what_it_was_given) {
  world.court().answer = [](const runtime::WriteItem& item) {
    runtime::WriteOutcome outcome;
    if (item.withdraw) outcome.error = base::bad_record("HTTP_405", "notes", "cannot", "by hand");
    return outcome;
  };
  auto refused = world.hub().expunge(person(1), "SYN-ORDER");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "RECALLS_PARKED");
  EXPECT_EQ(count("people"), 2);
  EXPECT_FALSE(person(1).empty());
  const auto recalls = world.hub().store().recalls(true, 10);
  ASSERT_EQ(recalls->size(), 1u);
  EXPECT_EQ(recalls->at(0).recall, model::Recall::destroy_and_attest);
  ASSERT_TRUE(world.hub().attest_recall(recalls->at(0).id, "the clerk"));
  expunge(1);
  EXPECT_EQ(count("people"), 1);
  world.expect_whole();
}

TEST_F(ExpungeTest, waits_for_what_is_being_sent) {
  std::mutex gate;
  std::atomic<bool> sending{false};
  gate.lock();
  world.court().before_write = [&] {
    sending = true;
    const std::scoped_lock wait(gate);
  };
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(world.wait([&] { return sending.load(); }));
  std::atomic<bool> ended{false};
  std::thread staff([&] {
    expunge(1);
    ended = true;
  });
  // What it waits for is held up here: it cannot have ended.
  EXPECT_FALSE(ended);
  EXPECT_EQ(count("people"), 2);
  gate.unlock();
  staff.join();
  EXPECT_EQ(count("people"), 1);
  // What was being sent arrived, and was asked back.
  const auto written = world.court().all_written();
  ASSERT_EQ(written.size(), 4u);
  EXPECT_FALSE(written[2].withdraw);
  EXPECT_TRUE(written[3].withdraw);
  world.expect_whole();
}

TEST_F(ExpungeTest, reaches_what_waits_for_the_person_and_what_nobody_could_read) {
  // A version that contradicts one we have, and an older one: neither was ever looked into.
  auto answers = world.welfare().intake->deliver(
      {{SmallWorld::placement(1, "1", "Another Home")}, {}, "", false});
  ASSERT_TRUE(answers.at(0));
  // A record of the child that no mapping takes.
  model::Record broken = SmallWorld::placement(1, "1", "Example Home");
  broken.key = "SYN-PL-99";
  broken.body = R"({"id":"SYN-PL-99","child":"SYN-CW-1","broken":true})";
  answers = world.welfare().intake->deliver({{broken}, {}, "", false});
  ASSERT_TRUE(answers.at(0));
  model::Record of_two = broken;
  of_two.key = "SYN-PL-98";
  of_two.body = R"({"id":"SYN-PL-98","child":"SYN-CW-2","broken":true})";
  answers = world.welfare().intake->deliver({{of_two}, {}, "", false});
  ASSERT_TRUE(answers.at(0));
  ASSERT_EQ(world.ledger().by_state[store::RecordState::rejected], 3);
  expunge(1);
  EXPECT_EQ(world.ledger().by_state[store::RecordState::rejected], 1);
  EXPECT_EQ(count("records WHERE sealed IS NOT NULL AND length(sealed)>0 AND person=''"), 1);
  ASSERT_TRUE(world.hub().take_up_again(""));
  world.expect_whole();
}

TEST_F(ExpungeTest, deletes_the_evidence_about_the_person) {
  for (int child : {1, 2}) {
    model::Consent consent;
    consent.id = model::ConsentId("SYN-CONSENT-" + std::to_string(child));
    consent.child = at_court(child);
    ASSERT_TRUE(world.hub().grant({consent}));
  }
  EXPECT_EQ(expunge(1).was.evidence, 1);
  EXPECT_EQ(count("evidence"), 1);
  const auto view = world.hub().view();
  ASSERT_EQ(view->evidence().consents.size(), 1u);
  EXPECT_EQ(view->evidence().consents[0].id.value, "SYN-CONSENT-2");
}

TEST_F(ExpungeTest, an_unknown_person_or_no_order_changes_nothing) {
  EXPECT_EQ(world.hub().expunge(model::PersonId("SYN-NOBODY"), "SYN-ORDER").error().code,
            "PERSON_UNKNOWN");
  EXPECT_EQ(world.hub().expunge(person(1), "").error().code, "ORDER_MISSING");
  EXPECT_FALSE(person(1).empty());
  EXPECT_EQ(count("people"), 2);
}

TEST_F(ExpungeTest, that_cannot_be_kept_leaves_everything_as_it_was) {
  world.sql(
      "CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN instr(NEW.leaf, 'shredded') BEGIN SELECT "
      "RAISE(ABORT, 'refused by the test'); END");
  EXPECT_FALSE(world.hub().expunge(person(1), "SYN-ORDER"));
  EXPECT_EQ(count("people"), 2);
  EXPECT_FALSE(person(1).empty());
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(world.wait([&] { return world.notes() == 4; }));
  EXPECT_EQ(world.court().all_written()[3].subject, "SYN-CP-1");
  EXPECT_FALSE(world.court().all_written()[3].withdraw);
  world.expect_whole();
}

TEST_F(ExpungeTest, that_a_reader_holds_up_is_ended_when_the_reader_has_gone) {
  {
    const auto reader = world.read_on();  // an older state of the store, held open
    const Hub::Expunged done = expunge(1);
    ASSERT_TRUE(done.unfinished);
    EXPECT_EQ(done.unfinished->code, "WIPE_WAITS");
    EXPECT_GT(std::filesystem::file_size(world.coalition.data_folder + "/concord.db-wal"), 0u);
  }
  ASSERT_TRUE(world.hub().store().wipe());
  EXPECT_EQ(count("meta WHERE name='wipe'"), 0);
  world.expect_whole();
}

}  // namespace
}  // namespace concord::pipeline
