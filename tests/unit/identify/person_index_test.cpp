#include "hub/identify/person_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/identify/builders.hpp"

namespace concord::identify {
namespace {

using Kind = Found::Kind;

const Child kAda{"SYN-1", "Ada", "Testfamily", "2012-03-04", "female", "SYN-000001"};

Child but(Child child, const std::string& key) {
  child.key = key;
  return child;
}

TEST(PersonIndex, a_first_record_makes_a_person_and_its_key_is_known_from_then_on) {
  Kept kept;
  const Found first = kept.see("cw", kAda);
  EXPECT_EQ(first.kind, Kind::created);
  const Found again = kept.see("cw", kAda);
  EXPECT_EQ(again.kind, Kind::linked);
  EXPECT_EQ(again.person, first.person);
  EXPECT_TRUE(again.change.rows.empty());
  const Found other = kept.index.resolve(model::SystemId("cw"), "SYN-1");
  EXPECT_EQ(other.kind, Kind::linked);
  EXPECT_EQ(other.person, first.person);
}

TEST(PersonIndex, what_is_about_nobody_known_waits_for_the_person) {
  Kept kept;
  kept.see("cw", kAda);
  EXPECT_EQ(kept.index.resolve(model::SystemId("cw"), "SYN-2").why.code, "WAITING_FOR_PERSON");
  EXPECT_EQ(kept.index.resolve(model::SystemId("court"), "SYN-1").why.code, "WAITING_FOR_PERSON");
  EXPECT_EQ(kept.index.resolve(model::SystemId("cw"), "").why.code, "IDENTITY_INCOMPLETE");
}

TEST(PersonIndex, whoever_is_forgotten_comes_again_as_somebody_new_and_undo_brings_them_back) {
  Kept kept;
  const model::PersonId ada = kept.see("cw", kAda).person;
  ASSERT_EQ(kept.see("court", but(kAda, "SYN-9")).person, ada);
  const IndexChange change = kept.index.forget(ada);
  EXPECT_EQ(kept.index.people(), 0u);
  EXPECT_EQ(kept.index.resolve(model::SystemId("cw"), "SYN-1").why.code, "WAITING_FOR_PERSON");
  kept.index.undo(change);
  EXPECT_EQ(kept.index.resolve(model::SystemId("court"), "SYN-9").person, ada);
  kept.index.forget(ada);
  const Found again = kept.see("cw", kAda);
  EXPECT_EQ(again.kind, Kind::created);
  EXPECT_NE(again.person, ada);
  EXPECT_TRUE(kept.index.forget(ada).rows.empty());
}

// A second record of another system, and what becomes of it beside Ada.
struct Case {
  const char* name;
  Child second;
  Kind want;
  const char* code;
};
class Second : public ::testing::TestWithParam<Case> {};

TEST_P(Second, beside_ada) {
  Kept kept;
  const Found first = kept.see("cw", kAda);
  const Found second = kept.see("court", GetParam().second);
  EXPECT_EQ(second.kind, GetParam().want);
  EXPECT_EQ(second.why.code, GetParam().code);
  EXPECT_EQ(second.person == first.person, GetParam().want == Kind::linked);
  EXPECT_EQ(second.change.rows.empty(), GetParam().want == Kind::parked);
}

const Case kCases[] = {
    {"the_same",
     {"P1", "Ada", "Testfamily", "2012-03-04", "female", "SYN-000001"},
     Kind::linked,
     ""},
    {"identifier_alone_with_a_given_name",
     {"P1", "Ada", "", "", "", "SYN-000001"},
     Kind::linked,
     ""},
    {"identifier_and_a_new_family_name",
     {"P1", "Ada", "Example-Rivera", "2012-03-04", "female", "SYN-000001"},
     Kind::linked,
     ""},
    {"identifier_with_another_birth_date",
     {"P1", "Ada", "Testfamily", "2012-03-05", "female", "SYN-000001"},
     Kind::parked,
     "IDENTITY_CONTRADICTION"},
    {"identifier_with_another_sex",
     {"P1", "Ada", "Testfamily", "2012-03-04", "male", "SYN-000001"},
     Kind::parked,
     "IDENTITY_CONTRADICTION"},
    {"identifier_of_a_twin",
     {"P1", "Bela", "Testfamily", "2012-03-04", "female", "SYN-000001"},
     Kind::parked,
     "IDENTITY_CONTRADICTION"},
    {"name_birth_date_and_sex",
     {"P1", "ADA", "TESTFAMILY", "2012-03-04", "female"},
     Kind::linked,
     ""},
    {"name_and_birth_date_without_sex",
     {"P1", "Ada", "Testfamily", "2012-03-04", ""},
     Kind::parked,
     "IDENTITY_INCOMPLETE"},
    {"another_sex_alone",
     {"P1", "Ada", "Testfamily", "2012-03-04", "male"},
     Kind::parked,
     "IDENTITY_CONTRADICTION"},
    {"another_identifier_alone",
     {"P1", "Ada", "Testfamily", "2012-03-04", "female", "SYN-000002"},
     Kind::parked,
     "IDENTITY_CONTRADICTION"},
    {"another_sex_and_another_identifier",
     {"P1", "Ada", "Testfamily", "2012-03-04", "male", "SYN-000002"},
     Kind::created,
     ""},
    {"a_second_given_name_on_one_side",
     {"P1", "Ada Lee", "Testfamily", "2012-03-04", "female"},
     Kind::parked,
     "IDENTITY_INCOMPLETE"},
    {"name_without_birth_date",
     {"P1", "Ada", "Testfamily", "", "female"},
     Kind::parked,
     "IDENTITY_INCOMPLETE"},
    {"birth_date_that_forms_are_filled_with",
     {"P1", "Ada", "Testfamily", "1900-01-01", "female"},
     Kind::parked,
     "IDENTITY_INCOMPLETE"},
    {"another_birth_date", {"P1", "Ada", "Testfamily", "1986-03-04", "female"}, Kind::created, ""},
    {"a_twin", {"P1", "Bela", "Testfamily", "2012-03-04", "female"}, Kind::created, ""},
    {"no_name", {"P1", "", "", "2012-03-04", "female"}, Kind::parked, "IDENTITY_INCOMPLETE"},
    {"no_key",
     {"", "Ada", "Testfamily", "2012-03-04", "female"},
     Kind::parked,
     "IDENTITY_INCOMPLETE"},
};
INSTANTIATE_TEST_SUITE_P(PersonIndex, Second, ::testing::ValuesIn(kCases), [](const auto& row) {
  return std::string(row.param.name);
});

TEST(PersonIndex, a_placeholder_identifier_matches_nobody) {
  for (const char* ssn : {"000-00-0000",
                          "123-45-6789",
                          "999-99-9999",
                          "078-05-1120",
                          "666-12-3456",
                          "900-12-3456",
                          "12-34"}) {
    Kept kept;
    model::IdentityHints one = hints_of({"A", "Ada", "Testfamily", "2012-03-04", "female"});
    model::IdentityHints two = hints_of({"B", "Ines", "Example-Sato", "2010-01-01", "female"});
    one.identifiers = two.identifiers = {{"ssn", ssn}};
    kept.see(a_system("cw"), person_of("A"), one);
    EXPECT_EQ(kept.see(a_system("court"), person_of("B"), two).kind, Kind::created) << ssn;
  }
}

TEST(PersonIndex, an_identifier_that_the_agency_is_not_trusted_with_counts_for_nothing) {
  Kept kept;
  kept.see("cw", kAda);
  model::System court = a_system("court");
  court.trusted_identifiers.clear();
  const Child renamed{"P1", "Ada", "Example-Rivera", "2012-03-04", "female", "SYN-000001"};
  EXPECT_EQ(kept.see(court, person_of("P1"), hints_of(renamed)).kind, Kind::created);
}

TEST(PersonIndex, several_persons_of_one_name_and_birth_date_are_told_apart_by_sex_or_not_at_all) {
  Kept kept;
  const Found robin_f =
      kept.see("cw", {"6", "Robin", "Testfamily", "2013-05-06", "female", "SYN-000006"});
  const Found robin_m =
      kept.see("cw", {"7", "Robin", "Testfamily", "2013-05-06", "male", "SYN-000007"});
  EXPECT_EQ(robin_m.kind, Kind::created);
  EXPECT_EQ(kept.see("health", {"M7", "Robin", "Testfamily", "2013-05-06", "male"}).person,
            robin_m.person);
  EXPECT_EQ(
      kept.see("jj", {"J6", "Robin", "Testfamily", "2013-05-06", "female", "SYN-000006"}).person,
      robin_f.person);
  const Found unsure = kept.see("court", {"P6", "Robin", "Testfamily", "2013-05-06", ""});
  EXPECT_EQ(unsure.why.code, "IDENTITY_AMBIGUOUS");
  EXPECT_EQ(unsure.candidates, 2);
  EXPECT_THAT(unsure.people, ::testing::UnorderedElementsAre(robin_f.person, robin_m.person));
}

TEST(PersonIndex, a_second_key_in_the_same_system_is_twins_or_the_same_child_twice) {
  Kept kept;
  kept.see("cw", kAda);
  EXPECT_EQ(kept.see("cw", {"SYN-2", "Ada", "Testfamily", "2012-03-04", "female"}).why.code,
            "IDENTITY_DUPLICATE");
  EXPECT_EQ(kept.see("cw", but(kAda, "SYN-3")).why.code, "IDENTITY_DUPLICATE");
  EXPECT_EQ(
      kept.see("cw", {"SYN-4", "Ada", "Testfamily", "2012-03-04", "female", "SYN-000009"}).kind,
      Kind::created);
}

TEST(PersonIndex, mother_and_child_of_one_name_are_not_linked) {
  Kept kept;
  const Found mother = kept.see("cw", {"M", "Ada", "Testfamily", "1986-01-02", "female"});
  EXPECT_EQ(kept.see("court", kAda).kind, Kind::created);
  EXPECT_EQ(kept.see("health", {"M", "Ada", "Testfamily", "1986-01-02", "female"}).person,
            mother.person);
  EXPECT_EQ(kept.see("jj", {"X", "Ada", "Testfamily", "", "female"}).why.code,
            "IDENTITY_INCOMPLETE");
}

TEST(PersonIndex, a_temporary_name_is_parked_unless_something_else_tells_who_it_is) {
  Kept kept;
  model::IdentityHints hints;
  hints.temporary_name = true;
  hints.birth_date = "2026-01-02";
  EXPECT_EQ(kept.see(a_system("health"), person_of("BB1"), hints).why.code,
            "IDENTITY_TEMPORARY_NAME");
  const Found ada = kept.see("cw", kAda);
  hints.birth_date.clear();
  hints.identifiers = {{"state_id", "SYN-000001"}};
  EXPECT_EQ(kept.see(a_system("health"), person_of("BB1"), hints).person, ada.person);
}

TEST(PersonIndex, victim_services_are_never_matched_and_never_indexed) {
  Kept kept;
  kept.see("cw", kAda);
  model::System shelter = a_system("shelter");
  shelter.person_index = false;
  const Found found = kept.see(shelter, person_of("V1"), hints_of(kAda));
  EXPECT_EQ(found.why.code, "IDENTITY_BY_RELEASE");
  EXPECT_TRUE(found.change.rows.empty());
  EXPECT_EQ(kept.index.resolve(shelter.id, "V1").kind, Kind::parked);
}

TEST(PersonIndex, keeps_no_value_that_it_was_given) {
  Kept kept;
  kept.see("cw", kAda);
  ASSERT_FALSE(kept.rows.empty());
  for (const IndexRow& row : kept.stored()) {
    EXPECT_EQ(row.digest.size(), 32u);
    for (const char* value : {"ada", "Ada", "testfamily", "Testfamily", "2012", "SYN"})
      EXPECT_EQ(row.digest.find(value), std::string::npos);
  }
  EXPECT_NE(Digester(base::Key{}).link(model::SystemId("cw"), "SYN-1"),
            Digester(base::Key{1}).link(model::SystemId("cw"), "SYN-1"));
}

TEST(PersonIndex, is_the_same_after_its_rows_were_stored_and_loaded_in_any_order) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  kept.see("cw", {"6", "Robin", "Testfamily", "2013-05-06", "female", "SYN-000006"});
  for (const bool backwards : {false, true}) {
    auto rows = kept.stored();
    if (backwards) std::reverse(rows.begin(), rows.end());
    Kept loaded;
    loaded.index.load(rows);
    EXPECT_EQ(loaded.index.people(), 2u);
    EXPECT_EQ(loaded.see("cw", kAda).person, ada.person);
    EXPECT_EQ(loaded.see("court", {"P1", "Ada", "Testfamily", "2012-03-04", "female"}).person,
              ada.person);
  }
}

TEST(PersonIndex, an_undone_change_never_was) {
  Kept kept;
  const Found found = kept.index.identify(person_of("SYN-1"), hints_of(kAda), a_system("cw"));
  kept.index.undo(found.change);
  EXPECT_EQ(kept.index.people(), 0u);
  EXPECT_EQ(kept.index.resolve(model::SystemId("cw"), "SYN-1").kind, Kind::parked);
  EXPECT_EQ(kept.see("court", kAda).kind, Kind::created);
}

TEST(PersonIndex, a_corrected_record_takes_back_what_it_said) {
  Kept kept;
  Child wrong = kAda;
  wrong.birth_date = "2012-04-03";
  wrong.state_id.clear();
  const Found first = kept.see("cw", wrong);
  EXPECT_FALSE(kept.see("cw", kAda).change.rows.empty());
  EXPECT_EQ(kept.see("court", {"P1", "Ada", "Testfamily", "2012-04-03", "female"}).kind,
            Kind::created);
  EXPECT_EQ(kept.see("health", {"M1", "Ada", "Testfamily", "2012-03-04", "female"}).person,
            first.person);
}

TEST(PersonIndex, staff_link_and_part_and_the_records_follow) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  const Child unsure{"P1", "Ada", "Testfamily", "2012-03-04", ""};
  ASSERT_EQ(kept.see("court", unsure).kind, Kind::parked);
  auto change = kept.index.link(model::SystemId("court"), "P1", ada.person);
  ASSERT_TRUE(change.ok());
  kept.keep(*change);
  EXPECT_EQ(kept.see("court", unsure).person, ada.person);

  auto parted = kept.index.new_person(model::SystemId("court"), "P1");
  kept.keep(parted.change);
  EXPECT_NE(parted.person, ada.person);
  EXPECT_EQ(kept.see("court", unsure).person, parted.person);
  kept.index.undo(parted.change);
  EXPECT_EQ(kept.index.resolve(model::SystemId("court"), "P1").person, ada.person);

  auto nobody = kept.index.link(model::SystemId("court"), "P1", model::PersonId("nobody"));
  EXPECT_EQ(nobody.error().code, "PERSON_UNKNOWN");
}

TEST(PersonIndex, a_merge_moves_every_key_and_its_undo_takes_them_apart_again) {
  Kept kept;
  const Found ada = kept.see("cw", kAda);
  const Child renamed{"M1", "Adele", "Example-Rivera", "2012-03-04", "female"};
  const Found adele = kept.see("health", renamed);
  ASSERT_NE(ada.person, adele.person);
  auto merged = kept.index.merge(ada.person, adele.person);
  ASSERT_TRUE(merged.ok());
  EXPECT_EQ(kept.index.people(), 1u);
  EXPECT_EQ(kept.index.resolve(model::SystemId("health"), "M1").person, ada.person);
  EXPECT_EQ(kept.see("jj", but(renamed, "J1")).person, ada.person);

  kept.index.undo(kept.index.identify(person_of("J2"), hints_of(renamed), a_system("x")).change);
  kept.index.undo(*merged);
  EXPECT_EQ(kept.index.resolve(model::SystemId("health"), "M1").person, adele.person);
  EXPECT_EQ(kept.index.resolve(model::SystemId("cw"), "SYN-1").person, ada.person);
  EXPECT_EQ(kept.index.merge(ada.person, model::PersonId("nobody")).error().code, "PERSON_UNKNOWN");
}

TEST(PersonIndex, a_key_that_the_source_replaced_brings_its_person_or_a_review) {
  Kept kept;
  const Found ada = kept.see("health", but(kAda, "M1"));
  model::IdentityHints hints = hints_of(kAda);
  hints.replaces = {"M1"};
  EXPECT_EQ(kept.see(a_system("health"), person_of("M2"), hints).person, ada.person);

  kept.see("health", {"M3", "Ines", "Example-Sato", "2010-01-01", "female"});
  hints.replaces = {"M3"};
  EXPECT_EQ(kept.see(a_system("health"), person_of("M2"), hints).why.code, "IDENTITY_MERGE");
  hints.replaces = {"M3", "M9"};
  hints.birth_date = "2012-03-04";
  EXPECT_EQ(kept.see(a_system("health"), person_of("M4"), hints).why.code, "IDENTITY_MERGE");
}

TEST(PersonIndex, two_systems_at_once_make_one_person) {
  for (int round = 0; round < 20; ++round) {
    Kept kept;
    Found a, b;
    std::thread one(
        [&] { a = kept.index.identify(person_of("A"), hints_of(kAda), a_system("cw")); });
    std::thread two(
        [&] { b = kept.index.identify(person_of("B"), hints_of(kAda), a_system("court")); });
    one.join();
    two.join();
    EXPECT_EQ(a.person, b.person);
    EXPECT_EQ(kept.index.people(), 1u);
  }
}

}  // namespace
}  // namespace concord::identify
