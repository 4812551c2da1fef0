// The traps of the shared schema that rules answer for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/translate/world.hpp"

namespace concord::translate {
namespace {

using testing::HasSubstr;

// What one row makes of one value; "absent:<reason>", or the fault.
struct Case {
  std::string name, row, given, field, want;
};
class RuleTrap : public testing::TestWithParam<Case> {};

TEST_P(RuleTrap, gives_what_is_right) {
  const Case& c = GetParam();
  World world;
  world.codes("codes/no_dates.csv", "1900-01-01,absent:unknown\n9999-12-31,absent:not-applicable\n")
      .codes("codes/no_names.csv", "baby boy,absent:temp-unknown\njohn doe,absent:temp-unknown\n")
      .codes("codes/clear.csv", "\"\"\"\"\"\",absent:removed\n")
      .codes("codes/sexes.csv", "F,female\nM,male\nU,absent:unknown\n")
      .codes("codes/kinds.csv", "*|MR,mrn\nSTATE|SB,state_id\n")
      .person((c.field == "names" ? std::string() : "names[],,constant,absent:unknown,,-,-\n") +
              c.row + "\n");
  const Translation done =
      world.load().to_entities(a_record("person", R"({"id":"P1","v":)" + c.given + "}"), kSystem);
  std::string came = field_of(done, c.field);
  if (const std::string reason = absent_of(done, "/" + c.field); came.empty() && !reason.empty())
    came = "absent:" + reason;
  EXPECT_THAT(came, HasSubstr(c.want));
}

const std::string kBirth = "birth_date,v,date,,no_dates,skip,reject";
const std::string kOther = "death_date,v,date,MM/DD/YYYY,,skip,reject";
const std::string kPart = "birth_date,v,partial_date,YYYY[-MM[-DD]],no_dates,skip,reject";
const std::string kIds = "identifiers[],v,ident,system='n',,skip,reject";
const std::string kNine = "identifiers[],v,ident,system='n' digits=9,,skip,reject";
const std::string kHl7Ids = "identifiers[],v[],ident,hl7,kinds,skip,reject";
const std::string kSex = "sex,v,lookup,,sexes clear,absent:unknown,absent:unsupported";
const std::string kName = "names[],v,person_name,hl7,no_names,reject,reject";
const std::string kPhone = "contacts[],v,phone,use='home',,skip,reject";
const std::string kPlace =
    "addresses[],v,address,lines=line city=city confidential=secret,,skip,reject";
const std::string kFlag = "interpreter,v,boolean,\"true=Y,1 false=N,0\",,skip,reject";
const std::string kOrder = "birth_order,v,number,,,skip,reject";

INSTANTIATE_TEST_SUITE_P(
    Traps,
    RuleTrap,
    testing::Values(
        Case{"a_whole_date",
             kBirth,
             R"("2012-04-09")",
             "birth_date",
             R"({"year":2012,"month":4,"day":9})"},
        Case{"a_day_that_does_not_exist",
             kBirth,
             R"("2011-02-29")",
             "birth_date",
             "expected YYYY-MM-DD"},
        Case{"a_leap_day", kBirth, R"("2012-02-29")", "birth_date", R"("day":29)"},
        Case{"undeclared_order_is_refused",
             kBirth,
             R"("03/04/2011")",
             "birth_date",
             "saw 99/99/9999"},
        Case{"declared_order_is_read",
             kOther,
             R"("03/04/2011")",
             "death_date",
             R"("month":3,"day":4)"},
        Case{"a_spreadsheet_date_is_refused",
             kBirth,
             R"("MAR-5")",
             "birth_date",
             "saw text of 5 characters"},
        Case{"1900_is_a_sentinel", kBirth, R"("1900-01-01")", "birth_date", "absent:unknown"},
        Case{
            "9999_is_a_sentinel", kBirth, R"("9999-12-31")", "birth_date", "absent:not-applicable"},
        Case{"a_sentinel_elsewhere_is_a_value",
             kOther,
             R"("01/01/1900")",
             "death_date",
             R"("year":1900)"},
        Case{"a_year_alone_stays_a_year", kPart, R"("2012")", "birth_date", R"({"year":2012})"},
        Case{"a_month_is_not_padded",
             kPart,
             R"("2012-04")",
             "birth_date",
             R"({"year":2012,"month":4})"},
        Case{"a_year_where_a_day_is_needed", kBirth, R"("2012")", "birth_date", "saw 4 digits"},
        Case{"an_exponent_is_refused",
             kIds,
             R"("1.2E+11")",
             "identifiers",
             "a spreadsheet has changed"},
        Case{"a_month_for_a_code_is_refused",
             kIds,
             R"("5-Mar")",
             "identifiers",
             "a spreadsheet has changed"},
        Case{"zeros_are_kept", kIds, R"("000123")", "identifiers", R"("value":"000123")"},
        Case{"a_hyphen_is_kept", kIds, R"("26-JV-0001")", "identifiers", R"("value":"26-JV-0001")"},
        Case{"a_fraction_is_no_identifier",
             kIds,
             "1.5",
             "identifiers",
             "saw a number with a fraction"},
        Case{"a_whole_number_is_its_digits", kIds, "42", "identifiers", R"("value":"42")"},
        Case{"lost_zeros_are_refused",
             kNine,
             R"("12345678")",
             "identifiers",
             "saw 8 digits; zeros may be lost"},
        Case{"nine_digits_are_nine",
             kNine,
             R"("012345678")",
             "identifiers",
             R"("value":"012345678")"},
        Case{
            "kinds_by_type",
            kHl7Ids,
            R"([{"value":"7","assigner":"H","type":"MR"},{"value":"8","assigner":"STATE","type":"SB"}])",
            "identifiers",
            R"([{"system":"mrn","value":"7","assigner":"H"},{"system":"state_id","value":"8","assigner":"STATE"}])"},
        Case{"an_identifier_of_no_kind",
             kHl7Ids,
             R"([{"value":"7"}])",
             "identifiers",
             "kind is not known"},
        Case{"a_known_code", kSex, R"("F")", "sex", R"({"system":"ccr:sex","code":"female"})"},
        Case{"a_sentinel_code", kSex, R"("U")", "sex", "absent:unknown"},
        Case{"an_unknown_code_is_not_guessed", kSex, R"("W")", "sex", "absent:unsupported"},
        Case{"an_order_to_clear", kSex, R"("\"\"")", "sex", "absent:removed"},
        Case{"empty_is_no_order_to_clear", kSex, R"("")", "sex", "absent:unknown"},
        Case{"a_stand_in_name_is_temporary",
             kName,
             R"({"family":"Boy","given":["Baby"]})",
             "names",
             R"("use":"temp")"},
        Case{"in_capitals_too",
             kName,
             R"({"family":"DOE","given":["JOHN"]})",
             "names",
             R"("use":"temp")"},
        Case{"a_single_name_has_no_family",
             kName,
             R"({"given":["Cher"]})",
             "names",
             R"([{"given":["Cher"]}])"},
        Case{"a_name_is_not_split",
             kName,
             R"("Ada Testfamily")",
             "names",
             "expected the parts of a name"},
        Case{"a_phone",
             kPhone,
             R"("555-0100")",
             "contacts",
             R"([{"system":"phone","value":"555-0100","use":"home"}])"},
        Case{"an_open_place",
             kPlace,
             R"({"line":"1 Test St","secret":false})",
             "addresses",
             R"([{"lines":["1 Test St"]}])"},
        Case{"a_secret_place",
             kPlace,
             R"({"city":"X","secret":"Y"})",
             "addresses",
             R"("confidential":true)"},
        Case{"unsure_is_secret",
             kPlace,
             R"({"city":"X","secret":"maybe"})",
             "addresses",
             R"("confidential":true)"},
        Case{"a_flag_by_its_words", kFlag, R"("1")", "interpreter", "true"},
        Case{"a_flag_by_other_words", kFlag, R"("X")", "interpreter", "expected Y,1 or N,0"},
        Case{"a_number", kOrder, R"("2")", "birth_order", "2"},
        Case{"a_number_with_exponent",
             kOrder,
             R"("2e0")",
             "birth_order",
             "saw text of 3 characters"},
        Case{"a_number_with_fraction", kOrder, "2.5", "birth_order", "expected a whole number"}),
    [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

// Wall times.
class WallTime : public testing::Test {
 protected:
  std::string since(const std::string& members) {
    World world;
    world.table("s/in/event.csv",
                "$record,,constant,event,,-,-\n$entity,,constant,MissingEvent,,-,-\n"
                "$subject,person,copy,,,reject,reject\n"
                "since,at,wall_time,zone=zone fold=fold,,reject,reject\n"
                "reports[],,constant,absent:unknown,,-,-\n");
    const Translation done =
        world.load().to_entities(a_record("event", R"({"person":"P1",)" + members + "}"), kSystem);
    return field_of(done, "since");
  }
};

TEST_F(WallTime, keeps_the_wall_clock_of_its_zone_and_computes_the_instant) {
  EXPECT_EQ(
      since(R"("at":"2026-03-20T09:00","zone":"America/New_York")"),
      R"({"local":"2026-03-20T09:00:00","zone":"America/New_York","at":"2026-03-20T13:00:00Z"})");
  EXPECT_EQ(
      since(R"("at":"2026-03-20T09:00:00","zone":"America/Chicago")"),
      R"({"local":"2026-03-20T09:00:00","zone":"America/Chicago","at":"2026-03-20T14:00:00Z"})");
}

TEST_F(WallTime, takes_the_systems_zone_where_none_is_said) {
  EXPECT_THAT(since(R"("at":"2026-03-20T09:00:00")"), HasSubstr("13:00:00Z"));
}

TEST_F(WallTime, needs_fold_in_a_repeated_hour) {
  EXPECT_THAT(since(R"("at":"2026-11-01T01:30:00")"), HasSubstr("fold is missing"));
  EXPECT_THAT(since(R"("at":"2026-11-01T01:30:00","fold":0)"),
              HasSubstr(R"("fold":0,"at":"2026-11-01T05:30:00Z")"));
  EXPECT_THAT(since(R"("at":"2026-11-01T01:30:00","fold":1)"),
              HasSubstr(R"("fold":1,"at":"2026-11-01T06:30:00Z")"));
}

TEST_F(WallTime, tells_the_fold_of_an_instant_in_a_repeated_hour) {
  EXPECT_THAT(since(R"("at":"2026-11-01T06:30:00Z")"),
              HasSubstr(R"("local":"2026-11-01T01:30:00","zone":"America/New_York","fold":1)"));
}

TEST_F(WallTime, refuses_an_hour_that_is_skipped) {
  EXPECT_THAT(since(R"("at":"2026-03-08T02:30:00")"), HasSubstr("skips this hour"));
}

TEST_F(WallTime, takes_24_00_as_the_next_day) {
  EXPECT_THAT(since(R"("at":"2026-03-01T24:00")"), HasSubstr(R"("local":"2026-03-02T00:00:00")"));
}

TEST_F(WallTime, refuses_a_day_without_a_time_and_a_zone_that_is_none) {
  EXPECT_THAT(since(R"("at":"2026-03-01")"), HasSubstr("saw 9999-99-99"));
  EXPECT_THAT(since(R"("at":"2026-03-01T09:00","zone":"New York")"),
              HasSubstr("zone is not known"));
}

}  // namespace
}  // namespace concord::translate
