// What staff said of who is not who binds the matching.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/identify/builders.hpp"

namespace concord::identify {
namespace {

using Kind = Found::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

const Child kAda{"SYN-1", "Ada", "Testfamily", "2012-03-04", "female", "SYN-000001"};

Child but(Child child, const std::string& key) {
  child.key = key;
  return child;
}

model::ChildRef key(const char* system, const char* of) {
  return {model::SystemId(system), of};
}

TEST(PersonIndexApart, a_key_that_is_not_a_person_is_never_matched_with_them) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  kept.index.keep_apart({{key("court", "P1"), key("cw", "SYN-1")}});
  const Found other = kept.see("court", but(kAda, "P1"));
  EXPECT_EQ(other.kind, Kind::created);
  EXPECT_NE(other.person, ada.person);
  kept.index.keep_apart({});
  EXPECT_EQ(kept.see("jj", but(kAda, "J1")).why.code, "IDENTITY_AMBIGUOUS");
}

TEST(PersonIndexApart, what_a_source_says_of_two_keys_gives_way) {
  Kept kept;
  const Found ada = kept.see("health", but(kAda, "M1"));
  const Found ines = kept.see("health", {"M2", "Ines", "Example-Sato", "2010-01-01", "female"});
  model::IdentityHints hints = hints_of({"M2", "Ines", "Example-Sato", "2010-01-01", "female"});
  hints.replaces = {"M1"};
  EXPECT_EQ(kept.see(a_system("health"), person_of("M2"), hints).why.code, "IDENTITY_MERGE");
  kept.index.keep_apart({{key("health", "M1"), key("health", "M2")}});
  EXPECT_EQ(kept.see(a_system("health"), person_of("M2"), hints).person, ines.person);
  EXPECT_NE(ines.person, ada.person);
}

TEST(PersonIndexApart, a_decision_about_one_key_holds_for_all_of_its_person) {
  Kept kept;
  const Found ada = kept.see("health", but(kAda, "M1"));
  ASSERT_EQ(kept.see("cw", kAda).person, ada.person);
  kept.see("health", {"M2", "Ines", "Example-Sato", "2010-01-01", "female"});
  kept.index.keep_apart({{key("cw", "SYN-1"), key("health", "M2")}});
  model::IdentityHints hints = hints_of(but(kAda, "M1"));
  hints.replaces = {"M2"};
  EXPECT_EQ(kept.see(a_system("health"), person_of("M1"), hints).person, ada.person);
}

TEST(PersonIndexApart, keys_are_assigned_and_the_undo_puts_them_back) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  ASSERT_EQ(kept.see("court", but(kAda, "P1")).person, ada.person);
  const model::PersonId own("SYN-OWN");
  const IndexChange change = kept.index.assign({key("court", "P1"), key("jj", "J1")}, own);
  kept.keep(change);
  EXPECT_EQ(kept.index.resolve(model::SystemId("court"), "P1").person, own);
  EXPECT_EQ(kept.index.resolve(model::SystemId("jj"), "J1").person, own);
  EXPECT_EQ(kept.index.resolve(model::SystemId("cw"), "SYN-1").person, ada.person);
  PersonIndex loaded{base::Key{}};
  loaded.load(kept.stored());
  EXPECT_EQ(loaded.resolve(model::SystemId("court"), "P1").person, own);
  kept.index.undo(change);
  EXPECT_EQ(kept.index.resolve(model::SystemId("court"), "P1").person, ada.person);
  EXPECT_EQ(kept.index.resolve(model::SystemId("jj"), "J1").why.code, "WAITING_FOR_PERSON");
}

// What speaks against two persons being one.
struct Case {
  const char* name;
  Child other;
  std::vector<std::string> want;
};
class Differences : public ::testing::TestWithParam<Case> {};

TEST_P(Differences, beside_ada) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  const Found other = kept.see("court", GetParam().other);
  ASSERT_EQ(other.kind, Kind::created) << other.why.code;
  auto found = kept.index.differences(ada.person, other.person);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, GetParam().want);
  EXPECT_EQ(*kept.index.differences(other.person, ada.person), GetParam().want);
}

const Case kCases[] = {
    {"another_name_alone", {"P1", "Ines", "Example-Sato", "2012-03-04", "female"}, {}},
    {"another_birth_date", {"P1", "Ines", "Example-Sato", "2012-03-05", "female"}, {"birth date"}},
    {"another_sex", {"P1", "Ines", "Example-Sato", "2012-03-04", "male"}, {"sex"}},
    {"another_identifier",
     {"P1", "Ines", "Example-Sato", "2012-03-04", "female", "SYN-000002"},
     {"identifier"}},
    {"all",
     {"P1", "Ines", "Example-Sato", "2010-03-04", "male", "SYN-000002"},
     {"birth date", "sex", "identifier"}},
    {"nothing_said_of_it", {"P1", "Ines", "Example-Sato", "", ""}, {}},
};
INSTANTIATE_TEST_SUITE_P(PersonIndexApart,
                         Differences,
                         ::testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(PersonIndexApart, nobody_differs_from_somebody_who_is_not_there) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  EXPECT_EQ(kept.index.differences(ada.person, model::PersonId("nobody")).error().code,
            "PERSON_UNKNOWN");
}

}  // namespace
}  // namespace concord::identify
