// Two persons become one while the hub runs, and are parted again.
#include "tests/unit/pipeline/persons_world.hpp"

namespace concord::pipeline {
namespace {

using testing::HasSubstr;

class MergeTest : public PersonsTest {};

TEST_F(MergeTest, a_merge_owes_what_it_showed_and_each_once) {
  welfare_knows(1);
  court_knows_bea();
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  const PersonId ada = person(at_welfare(1));
  const PersonId bea = person(at_court(8));
  ASSERT_NE(ada, bea);
  const auto seen = world.hub().merge(ada, bea, {.dry_run = true});
  ASSERT_TRUE(seen) << to_text(seen.error());
  EXPECT_EQ(seen->effects.owed.size(), 1u);
  EXPECT_EQ(seen->effects.systems.at(model::SystemId("court")).owed, 1);
  EXPECT_EQ(person(at_court(8)), bea);

  const auto unseen = world.hub().merge(ada, bea, asked({}));
  ASSERT_FALSE(unseen);
  EXPECT_EQ(unseen.error().code, "PREVIEW_NEEDED");
  EXPECT_THAT(unseen.error().cause, HasSubstr("1 deliveries would become owed"));
  EXPECT_EQ(world.hub().merge(ada, bea, asked(0)).error().code, "PREVIEW_CHANGED");
  EXPECT_EQ(person(at_court(8)), bea);

  const auto done = world.hub().merge(ada, bea, asked(1));
  ASSERT_TRUE(done) << to_text(done.error());
  EXPECT_EQ(person(at_court(8)), ada);
  ASSERT_TRUE(delivered(1));
  ASSERT_TRUE(nothing_waits());
  EXPECT_EQ(world.notes(), 1u);
  EXPECT_EQ(world.court().all_written()[0].subject, "SYN-CP-8");
  EXPECT_EQ(world.hub().people(), 1u);
  EXPECT_EQ(world.hub().merge(ada, bea, asked()).error().code, "PERSON_MERGED");
  world.expect_whole();
}

TEST_F(MergeTest, evidence_about_either_counts_for_both) {
  welfare_knows(2);
  court_knows_bea();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(delivered(1));
  // What is sealed of the one is sealed of both from then on, and is told before.
  model::Order order;
  order.id = "O-1";
  order.child = at_court(8);
  order.kind = "seal";
  order.fields = {"*"};
  ASSERT_TRUE(world.hub().grant({order}));
  const PersonId ada = person(at_welfare(1));
  const auto seen = world.hub().merge(ada, person(at_court(8)), {.dry_run = true});
  ASSERT_TRUE(seen) << to_text(seen.error());
  EXPECT_TRUE(seen->effects.sealed);
  EXPECT_EQ(seen->effects.recalls.size(), 1u);
  EXPECT_TRUE(seen->effects.owed.empty());
  EXPECT_FALSE(world.hub()
                   .merge(ada, person(at_welfare(2)), {.dry_run = true, .anyway = true})
                   ->effects.sealed);
  ASSERT_TRUE(world.hub().merge(ada, person(at_court(8)), asked()));
  ASSERT_TRUE(delivered(2));
  EXPECT_TRUE(world.court().all_written()[1].withdraw);
  world.expect_whole();
}

TEST_F(MergeTest, a_merge_that_something_speaks_against_is_refused_unless_anyway) {
  world.know(1);
  world.know(2);
  const PersonId one = person(at_court(1));
  const PersonId two = person(at_court(2));
  const auto refused = world.hub().merge(one, two, asked());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "PERSONS_CONTRADICT");
  EXPECT_THAT(refused.error().cause, HasSubstr("another identifier"));
  EXPECT_THAT(refused.error().next, HasSubstr("--anyway"));
  EXPECT_EQ(world.hub().merge(one, PersonId("nobody"), asked()).error().code, "PERSON_UNKNOWN");
  EXPECT_EQ(world.hub().merge(one, one, asked()).error().code, "PERSON_SAME");
  PersonAsked anyway = asked();
  anyway.anyway = true;
  anyway.why.clear();
  EXPECT_EQ(world.hub().merge(one, two, anyway).error().code, "WHO_AND_WHY");
  anyway.why = "the registry gave two numbers";
  const auto done = world.hub().merge(one, two, anyway);
  ASSERT_TRUE(done) << to_text(done.error());
  EXPECT_TRUE(done->decision.anyway);
  EXPECT_EQ(person(at_welfare(2)), one);
}

TEST_F(MergeTest, a_merge_taken_back_asks_back_what_was_filed_with_the_other_child) {
  world.know(1);
  world.know(2);
  world.place(2, "1", "Example Home");
  ASSERT_TRUE(delivered(1));
  const PersonId one = person(at_court(1));
  const PersonId two = person(at_court(2));
  PersonAsked anyway = asked();
  anyway.anyway = true;
  ASSERT_TRUE(world.hub().merge(one, two, anyway));
  EXPECT_TRUE(recalls().empty());  // it stands under a key of the same person
  model::Record other = SmallWorld::placement(2, "1", "Example Home");
  other.key = "SYN-PL-99";
  other.body.replace(other.body.find("SYN-PL-2"), 8, "SYN-PL-99");
  auto answers = world.welfare().intake->deliver({{other}, {}, "", false});
  ASSERT_FALSE(answers.at(0));
  ASSERT_TRUE(delivered(2));
  EXPECT_EQ(world.court().all_written()[1].subject, "SYN-CP-1");

  const auto seen = world.hub().unmerge(two, {.dry_run = true});
  ASSERT_TRUE(seen) << to_text(seen.error());
  EXPECT_EQ(seen->effects.recalls.size(), 1u);
  ASSERT_EQ(seen->effects.owed.size(), 1u);
  ASSERT_TRUE(world.hub().unmerge(two, asked(1)));
  EXPECT_EQ(person(at_court(2)), two);
  EXPECT_EQ(person(at_welfare(2)), two);
  EXPECT_EQ(person(at_court(1)), one);
  ASSERT_TRUE(delivered(4));
  ASSERT_TRUE(nothing_waits());
  const auto written = world.court().all_written();
  ASSERT_EQ(written.size(), 4u);
  EXPECT_TRUE(written[2].withdraw);
  EXPECT_EQ(written[2].subject, "SYN-CP-1");
  EXPECT_FALSE(written[3].withdraw);
  EXPECT_EQ(written[3].subject, "SYN-CP-2");
  EXPECT_EQ(written[3].key, written[2].key);
  EXPECT_EQ(world.hub().unmerge(two, asked()).error().code, "NOT_MERGED");
  world.expect_whole();
}

TEST_F(MergeTest, expunging_the_one_destroys_the_keys_of_both) {
  welfare_knows(1);
  court_knows_bea();
  const PersonId ada = person(at_welfare(1));
  const PersonId bea = person(at_court(8));
  ASSERT_TRUE(world.hub().merge(ada, bea, asked()));
  EXPECT_TRUE(*world.hub().store().audit_key(bea));
  const auto refused = world.hub().expunge(bea, "SYN-ORDER");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "PERSON_MERGED");
  ASSERT_TRUE(world.hub().expunge(ada, "SYN-ORDER"));
  for (const PersonId& gone : {ada, bea}) {
    EXPECT_FALSE(*world.hub().store().audit_key(gone));
    for (const char* table : {"people", "person_index", "entities", "deliveries", "records"})
      EXPECT_EQ(world.number(std::string("SELECT count(*) FROM ") + table + " WHERE person='" +
                             gone.value + "'"),
                0)
          << table;
  }
  EXPECT_EQ(world.number("SELECT count(*) FROM evidence"), 0);  // not even the decision
  world.expect_whole();
}

}  // namespace
}  // namespace concord::pipeline
