#include "examples/simulators/children.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/golden.hpp"

namespace concord::sim {
namespace {

TEST(Random, gives_the_numbers_of_splitmix64_on_every_machine) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ull);
  EXPECT_EQ(random.next(), 3203168211198807973ull);
}

TEST(Children, the_same_seed_gives_the_same_children_and_another_seed_others) {
  EXPECT_EQ(children_json(make_children(7, 300)), children_json(make_children(7, 300)));
  EXPECT_NE(children_json(make_children(7, 300)), children_json(make_children(8, 300)));
}

// One child a line, so that a difference shows whose it is.
TEST(ChildrenGolden, seed_1_gives_these_children_on_every_machine) {
  std::string lines;
  for (const Child& child : make_children(1, 24)) lines += children_json({child}) + '\n';
  concord::testing::expect_golden("tests/unit/simulators/golden/children/want.jsonl", lines);
}

TEST(Children, a_longer_list_starts_with_the_shorter_one) {
  const auto shorter = make_children(7, 50), longer = make_children(7, 60);
  for (size_t i = 0; i < shorter.size(); ++i) {
    EXPECT_EQ(seen_by(shorter[i], Agency::health).given, seen_by(longer[i], Agency::health).given);
    EXPECT_EQ(shorter[i].birth_date, longer[i].birth_date);
    EXPECT_EQ(shorter[i].juvenile_id, longer[i].juvenile_id);
  }
}

TEST(Children, the_first_twelve_are_the_cases_that_stories_name) {
  const auto c = make_children(1, 200);
  auto at = [&](int number) -> const Child& { return c[static_cast<size_t>(number - 1)]; };
  for (const Agency agency : kAgencies) EXPECT_TRUE(at(1).known_to(agency)) << name_of(agency);
  EXPECT_TRUE(at(2).substance_use);
  EXPECT_TRUE(at(3).sealed_juvenile);
  EXPECT_EQ(at(4).twin, 5);
  EXPECT_EQ(at(4).birth_date, at(5).birth_date);
  EXPECT_EQ(at(4).family, at(5).family);
  EXPECT_NE(at(4).given, at(5).given);
  EXPECT_EQ(at(6).given + at(6).family + at(6).birth_date,
            at(7).given + at(7).family + at(7).birth_date);
  EXPECT_NE(at(6).sex, at(7).sex);
  EXPECT_EQ(at(8).birth_date, "");
  EXPECT_EQ(at(11).state_id, "");
  EXPECT_TRUE(at(12).known_to(Agency::health));
  EXPECT_FALSE(at(12).known_to(Agency::court));
}

TEST(Children, court_cannot_tell_namesakes_apart) {
  const auto c = make_children(1, 7);
  const Sighting a = seen_by(c[5], Agency::court), b = seen_by(c[6], Agency::court);
  EXPECT_EQ(a.given + a.family + a.birth_date + a.sex + a.state_id,
            b.given + b.family + b.birth_date + b.sex + b.state_id);
  EXPECT_NE(a.key, b.key);
}

TEST(Children, court_spells_without_accents) {
  const Child child = make_children(1, 9)[8];
  const std::string at_court = seen_by(child, Agency::court).given;
  EXPECT_NE(at_court, seen_by(child, Agency::child_welfare).given);
  for (const char letter : at_court) EXPECT_GT(letter, 0) << "a byte beyond ASCII";
}

TEST(Children, only_namesakes_are_alike_and_everyone_is_known_to_somebody) {
  std::set<std::string> identities;
  for (const Child& child : make_children(3, 5000)) {
    EXPECT_TRUE(
        identities
            .insert(child.given + '|' + child.family + '|' + child.birth_date + '|' + child.sex)
            .second)
        << "number " << child.number;
    int agencies = 0;
    for (const Agency agency : kAgencies) agencies += child.known_to(agency) ? 1 : 0;
    EXPECT_GE(agencies, child.number % 100 == 12 ? 1 : 2) << "number " << child.number;
  }
}

TEST(Children, a_list_that_ends_between_twins_has_no_half_pair) {
  EXPECT_EQ(make_children(1, 4).back().twin, 0);
  EXPECT_EQ(make_children(1, 6).back().namesake, 0);
  EXPECT_TRUE(make_children(1, 0).empty());
}

TEST(Children, everyone_is_plainly_synthetic) {
  for (const Child& child : make_children(2, 500)) {
    EXPECT_TRUE(child.family.starts_with("Example-") || child.family.starts_with("Testfamily"));
    EXPECT_TRUE(child.state_id.empty() || child.state_id.starts_with("SYN-"));
    EXPECT_TRUE(child.phone.starts_with("555-01"));
    EXPECT_EQ(child.state, "ZZ");
  }
}

}  // namespace
}  // namespace concord::sim
