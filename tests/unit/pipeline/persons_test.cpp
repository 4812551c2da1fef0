// A person becomes two while the hub runs: who has what afterwards, and what each recipient is
// told.
#include "tests/unit/pipeline/persons_world.hpp"

namespace concord::pipeline {
namespace {

using model::Recall;
using testing::HasSubstr;

TEST_F(PersonsTest, a_key_that_is_split_off_takes_its_documents_and_the_wrong_child_loses_them) {
  wrongly_matched();
  const PersonId joined = person(at_court(1));
  const auto seen = world.hub().split(at_welfare(1), {}, {.dry_run = true});
  ASSERT_TRUE(seen) << to_text(seen.error());
  EXPECT_FALSE(seen->done);
  EXPECT_EQ(seen->effects.recalls.size(), 1u);
  EXPECT_EQ(person(at_welfare(1)), joined);

  const auto done = world.hub().split(at_welfare(1), {}, asked());
  ASSERT_TRUE(done) << to_text(done.error());
  const PersonId own = person(at_welfare(1));
  EXPECT_NE(own, joined);
  EXPECT_EQ(person(at_court(1)), joined);
  EXPECT_EQ(done->decision.other, own);
  EXPECT_EQ(done->part.documents.size(), 2u);  // the person's and the placement
  ASSERT_TRUE(delivered(2));
  const auto written = world.court().all_written();
  ASSERT_EQ(written.size(), 2u);
  EXPECT_TRUE(written[1].withdraw);
  EXPECT_EQ(written[1].key, written[0].key);
  EXPECT_EQ(written[1].subject, "SYN-CP-1");  // where it was filed
  ASSERT_EQ(recalls().size(), 1u);
  EXPECT_EQ(recalls()[0].recall, Recall::destroy_and_attest);
  EXPECT_EQ(recalls()[0].person, own);
  world.expect_whole();
}

TEST_F(PersonsTest, what_was_filed_under_a_key_that_is_split_off_is_asked_back_from_there) {
  wrongly_matched();
  ASSERT_TRUE(world.hub().split(at_court(1), {}, asked()));
  ASSERT_TRUE(delivered(2));
  EXPECT_TRUE(world.court().all_written()[1].withdraw);
  EXPECT_EQ(world.court().all_written()[1].subject, "SYN-CP-1");
  EXPECT_EQ(recalls()[0].person, person(at_welfare(1)));
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(nothing_waits());
  EXPECT_EQ(world.notes(), 2u);
  world.expect_whole();
}

TEST_F(PersonsTest, a_recall_that_a_system_cannot_carry_out_is_somebodys_task) {
  wrongly_matched();
  world.court().answer = [](const runtime::WriteItem& item) {
    runtime::WriteOutcome outcome;
    if (item.withdraw)
      outcome.error = base::bad_record("NO_WITHDRAWAL", "notes", "none", "by hand");
    return outcome;
  };
  ASSERT_TRUE(world.hub().split(at_court(1), {}, asked()));
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::parked).size() == 1; }));
  const auto open = world.hub().store().recalls(true, 10).value();
  ASSERT_EQ(open.size(), 1u);
  ASSERT_TRUE(world.hub().attest_recall(open[0].id, "clerk 7"));
  EXPECT_TRUE(world.hub().store().recalls(true, 10).value().empty());
  world.expect_whole();
}

TEST_F(PersonsTest, the_audit_says_that_it_was_sent_in_error_and_of_whom_it_was) {
  wrongly_matched();
  const PersonId joined = person(at_court(1));
  ASSERT_TRUE(world.hub().split(at_welfare(1), {}, asked()));
  const auto struck = entries(audit::Kind::struck);
  const auto taken_over = entries(audit::Kind::taken_over);
  ASSERT_EQ(struck.size(), 1u);
  ASSERT_EQ(taken_over.size(), 1u);
  EXPECT_TRUE(audit::is_of(struck[0], audit_key(joined)));
  EXPECT_TRUE(audit::is_of(taken_over[0], audit_key(person(at_welfare(1)))));
  EXPECT_EQ(struck[0].entry.of, taken_over[0].entry.of);
  EXPECT_EQ(taken_over[0].entry.to, "court");
  EXPECT_THAT(taken_over[0].entry.fields, testing::Contains("placement.start"));
  std::optional<audit::Written> original;
  uint64_t at = 0;
  ASSERT_TRUE(world.hub().store().each_leaf([&](uint64_t, std::string_view leaf) {
    if (at++ == static_cast<uint64_t>(struck[0].entry.of)) original = *audit::read_leaf(leaf);
    return true;
  }));
  ASSERT_TRUE(original);
  EXPECT_EQ(original->entry.kind, audit::Kind::disclosed);
  EXPECT_EQ(original->entry.delivery, struck[0].entry.delivery);
}

TEST_F(PersonsTest, what_waits_is_decided_again_as_of_whom_it_is_about_now) {
  world.know(1);
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down = base::retry_error("HTTP_503", "court", "down", "wait");
  }
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.hub().split(at_court(1), {}, asked()));
  {
    const std::scoped_lock lock(world.court().mutex);
    world.court().down.reset();
  }
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.notes(), 0u);
  EXPECT_EQ(world.deliveries(Outcome::withheld)[0].reason, "SUBJECT_UNKNOWN_THERE");
  world.expect_whole();
}

TEST_F(PersonsTest, what_was_decided_outlives_the_hub_and_is_not_decided_otherwise_by_itself) {
  wrongly_matched();
  ASSERT_TRUE(world.hub().split(at_court(1), {}, asked()));
  ASSERT_TRUE(delivered(2));
  const PersonId welfare = person(at_welfare(1));
  const PersonId court = person(at_court(1));
  world.stop();
  world.start();
  EXPECT_EQ(person(at_welfare(1)), welfare);
  EXPECT_EQ(person(at_court(1)), court);
  world.know(1);  // both say again who they are, which would match
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(nothing_waits());
  EXPECT_EQ(person(at_court(1)), court);
  EXPECT_EQ(world.notes(), 2u);
  const auto refused = world.hub().merge(welfare, court, asked());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().cause, HasSubstr("that they are not the same"));

  PersonAsked anyway{.by = "supervisor 3", .why = "it was right after all", .dry_run = true};
  anyway.anyway = true;
  const auto seen = world.hub().merge(welfare, court, anyway);
  ASSERT_TRUE(seen) << to_text(seen.error());
  anyway.dry_run = false;
  anyway.owed = static_cast<int64_t>(seen->effects.owed.size());
  ASSERT_TRUE(world.hub().merge(welfare, court, anyway));
  ASSERT_TRUE(world.wait([&] { return world.notes() > 2; }));
  EXPECT_EQ(world.court().all_written()[2].subject, "SYN-CP-1");
  EXPECT_FALSE(world.court().all_written()[2].withdraw);
  world.expect_whole();
}

TEST_F(PersonsTest, a_record_in_doubt_is_taken_up_when_staff_say_whom_it_is_not) {
  welfare_knows(1);
  model::Record twin = SmallWorld::party(1);
  twin.body.replace(twin.body.find("2012-04-09"), 10, "2013-04-09");  // the number fits, no more
  auto answers = world.court().intake->deliver({{twin}, {}, "", false});
  ASSERT_FALSE(answers.at(0));
  ASSERT_EQ(world.ledger().by_state[store::RecordState::parked], 1);
  const PersonId ada = person(at_welfare(1));
  EXPECT_EQ(world.hub().split(at_court(5), ada, asked()).error().code, "KEY_UNKNOWN");
  EXPECT_EQ(world.hub().split(at_court(1), {}, asked()).error().code, "KEY_UNKNOWN");
  ASSERT_TRUE(world.hub().split(at_court(1), ada, asked()));
  EXPECT_EQ(world.ledger().by_state[store::RecordState::parked], 0);
  EXPECT_FALSE(person(at_court(1)).empty());
  EXPECT_NE(person(at_court(1)), ada);
  world.expect_whole();
}

TEST_F(PersonsTest, a_person_of_one_key_is_of_its_own_already) {
  welfare_knows(1);
  EXPECT_EQ(world.hub().split(at_welfare(1), {}, asked()).error().code, "PERSON_OF_ITS_OWN");
}

TEST_F(PersonsTest, expunging_one_who_was_split_off_leaves_the_other_whole) {
  wrongly_matched();
  ASSERT_TRUE(world.hub().split(at_court(1), {}, asked()));
  ASSERT_TRUE(delivered(2));
  const PersonId welfare = person(at_welfare(1));
  ASSERT_TRUE(world.hub().expunge(person(at_court(1)), "SYN-ORDER"));
  EXPECT_EQ(world.hub().people(), 1u);
  const auto documents = world.hub().store().documents_of(welfare);
  ASSERT_EQ(documents->size(), 2u);
  for (const auto& document : *documents)
    EXPECT_TRUE(world.hub().store().entity(document.id, document.version));
  world.expect_whole();
}

TEST_F(PersonsTest, what_was_split_off_can_be_read_when_the_joined_persons_key_is_destroyed) {
  wrongly_matched();
  const PersonId joined = person(at_court(1));
  ASSERT_TRUE(world.hub().split(at_welfare(1), {}, asked()));
  ASSERT_TRUE(delivered(2));
  ASSERT_TRUE(world.hub().expunge(joined, "SYN-ORDER"));
  EXPECT_FALSE(*world.hub().store().audit_key(joined));
  const auto documents = world.hub().store().documents_of(person(at_welfare(1)));
  ASSERT_EQ(documents->size(), 2u);
  for (const auto& document : *documents)
    EXPECT_TRUE(world.hub().store().entity(document.id, document.version));
  world.place(1, "2", "Example Home");  // nothing new: it makes no new version
  EXPECT_EQ(world.hub().store().documents_of(person(at_welfare(1)))->size(), 2u);
  world.expect_whole();
}

TEST_F(PersonsTest, that_cannot_be_kept_leaves_everything_as_it_was) {
  wrongly_matched();
  const PersonId joined = person(at_court(1));
  world.sql(
      "CREATE TRIGGER refuse BEFORE INSERT ON evidence BEGIN SELECT RAISE(ABORT, 'refused by the "
      "test'); END");
  EXPECT_FALSE(world.hub().split(at_court(1), {}, asked()));
  EXPECT_EQ(person(at_court(1)), joined);
  world.place(1, "2", "Example Home 2");
  ASSERT_TRUE(delivered(2));
  EXPECT_EQ(world.court().all_written()[1].subject, "SYN-CP-1");
  EXPECT_FALSE(world.court().all_written()[1].withdraw);
  EXPECT_TRUE(recalls().empty());
  world.expect_whole();
}

}  // namespace
}  // namespace concord::pipeline
