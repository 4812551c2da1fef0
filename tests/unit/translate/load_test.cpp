// What a table may look like, and how a wrong one is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/translate/world.hpp"

namespace concord::translate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kHead =
    "$record,,constant,task,,-,-\n$entity,,constant,Task,,-,-\n$subject,person,copy,,,reject,"
    "reject\n";
const std::string kRest =
    "what,,constant,x|call,,-,-\nowner,,constant,Worker|1,,-,-\n"
    "due,,constant,absent:unknown,,-,-\nstatus,,constant,x|open,,-,-\n";

TEST(Load, tells_every_fault_with_sheet_row_column_and_next_step) {
  World world;
  world.table("s/in/task.csv",
              kHead +                                           // rows 2 to 4
                  "wat,a,copy,,,skip,skip\n"                    // 5
                  "duty,a,copi,,,skip,skip\n"                   // 6
                  "duty,a..b,copy,,,skip,skip\n"                // 7
                  "duty,a,copy,,,,\n"                           // 8
                  "what,a,lookup,system=x,no_such,skip,skip\n"  // 9
                  "due,a,date,,,skip,skip\n"                    // 10
                  "duty,a,copy,,,absent:dunno,skip\n"           // 11
                  "duty,a,copy,,,skip,skip,a[0\n"               // 12
                  "$nothing,a,copy,,,skip,skip\n"               // 13
                  "duty,a[],copy,,,skip,skip\n"                 // 14
                  "duty,.a,copy,,,skip,skip\n" +                // 15
                  kRest);
  const std::string all = world.faults();
  EXPECT_THAT(all,
              HasSubstr("s/in/task.csv:5 target: Task has no wat.  Next: did you mean \"what\"?"));
  EXPECT_THAT(
      all,
      HasSubstr("s/in/task.csv:6 rule: there is no rule \"copi\".  Next: did you mean \"copy\"?"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:7 source: a name is missing"));
  EXPECT_THAT(all,
              HasSubstr("s/in/task.csv:8 if_missing: this cell is empty.  Next: use reject, skip"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:8 if_invalid: this cell is empty"));
  EXPECT_THAT(all,
              HasSubstr("s/in/task.csv:9 codes: there is no code table \"no_such\".  Next: add "
                        "s/codes/no_such.csv"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:10 rule: date cannot make what due is: instant"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:11 if_missing: \"absent:dunno\" cannot stand here"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:12 when: \"[\" is never closed"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:13 target: there is no $nothing"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:14 source: this may give several values"));
  EXPECT_THAT(all, HasSubstr("s/in/task.csv:15 source: there is no item without a row $each"));
}

TEST(Load, wants_a_row_for_each_required_field_and_for_the_subject) {
  World world;
  world.table("s/in/task.csv", "$record,,constant,task,,-,-\n$entity,,constant,Task,,-,-\n");
  EXPECT_THAT(world.faults(),
              AllOf(HasSubstr("gives Task.what, which is required"),
                    HasSubstr("gives Task.status, which is required"),
                    HasSubstr("no row $subject")));
}

TEST(Load, tells_of_a_wrong_row_once) {
  World world;
  world.table("s/in/task.csv", kHead + "what,a,lookup,,kindz,skip,skip\n" + kRest)
      .codes("s/codes/kinds.csv", "A,x|call\n");
  EXPECT_THAT(world.faults(),
              AllOf(HasSubstr("s/in/task.csv:5 codes: there is no code table \"kindz\".  Next: did "
                              "you mean \"kinds\"?"),
                    Not(HasSubstr("no row gives Task.what"))));
}

TEST(Load, tells_of_a_wrong_folder_once) {
  World world;
  world.file("work/mappings/s/in/a.csv", kColumns).file("work/mappings/s/in/b.csv", kColumns);
  EXPECT_THAT(world.faults(), HasSubstr("tables lie here, but none in <sector>/in"));
  EXPECT_THAT(world.faults(), Not(HasSubstr("a.csv")));
}

TEST(Load, wants_no_subject_for_an_entity_of_no_person) {
  World world;
  world.table(
      "s/in/worker.csv",
      "$record,,constant,w,,-,-\n$entity,,constant,Worker,,-,-\n"
      "names[],$record,person_name,family=f,,reject,reject\nagency,a,copy,,,reject,reject\n");
  EXPECT_EQ(world.faults(), "");
  const auto done =
      world.load().to_entities(a_record("w", R"({"f":"Testfamily","a":"x"})"), kSystem);
  EXPECT_EQ(field_of(done, "agency"), "\"x\"");
}

TEST(Load, checks_what_a_code_table_gives_against_the_set) {
  World world;
  world.codes("s/codes/kinds.csv", "F,foster_home\nG,treehouse\n")
      .table("s/in/p.csv",
             "$record,,constant,p,,-,-\n$entity,,constant,Placement,,-,-\n"
             "$subject,id,copy,,,reject,reject\nstart,s,date,,,reject,reject\n"
             "kind,k,lookup,,kinds,reject,reject\n");
  EXPECT_THAT(world.faults(), HasSubstr("s/in/p.csv:6 codes: kinds row 3 gives \"treehouse\""));
}

TEST(Load, tells_faults_of_code_tables) {
  World world;
  world.task("duty,a,copy,,,skip,skip\n")
      .file("codes/c.csv", "from,to,valid_from\nA,x,\nA,y,\nB,,\nC,absent:dunno,\nD,z,1.1.2024\n");
  EXPECT_THAT(world.faults(),
              AllOf(HasSubstr("codes/c.csv:3 from: row 2 says what \"A\" becomes"),
                    HasSubstr("codes/c.csv:4 to: this cell is empty"),
                    HasSubstr("codes/c.csv:5 to: there is no reason \"dunno\""),
                    HasSubstr("codes/c.csv:6 valid_from: \"1.1.2024\" is no day")));
}

TEST(Load, takes_what_spreadsheets_save) {
  const std::string plain = kColumns + kHead + "duty,a,copy,,,skip,skip\n" + kRest;
  const auto with = [&](std::string text, char from, const std::string& to) {
    std::string out;
    for (const char c : text) out += c == from ? to : std::string(1, c);
    return out;
  };
  for (const std::string& saved : {"\xEF\xBB\xBF" + plain,
                                   with(plain, ',', ";"),
                                   with(plain, ',', "\t"),
                                   with(plain, '\n', "\r\n"),
                                   with(plain, '\n', ",,,\n"),
                                   plain + ",,,,,,,,,,\n\n"}) {
    World world;
    world.file("s/in/task.csv", saved);
    EXPECT_EQ(world.faults(), "");
    const auto done =
        world.load().to_entities(a_record("task", R"({"person":"P","a":"x"})"), kSystem);
    EXPECT_EQ(field_of(done, "duty"), "\"x\"");
  }
}

TEST(Load, says_clearly_what_it_cannot_take) {
  const auto told = [](const std::string& bytes) {
    World world;
    world.file("s/in/task.csv", bytes);
    return world.faults();
  };
  EXPECT_THAT(told("PK\x03\x04"), HasSubstr("own format.  Next: save as CSV UTF-8"));
  EXPECT_THAT(told("\xFF\xFEt"), HasSubstr("UTF-16"));
  EXPECT_THAT(told("target,source\n"), HasSubstr("s/in/task.csv:1 rule: this column is missing"));
  EXPECT_THAT(told(std::string(kColumns) + "a,b,c,d,e,f,g,h,i,j,k,l\n"),
              HasSubstr("12 cells under 11"));
  EXPECT_THAT(told("Target," + std::string(kColumns)), HasSubstr("column 1 is not known"));
  EXPECT_THAT(told(std::string(kColumns) + "\"a,b\n"), HasSubstr("s/in/task.csv:2"));
  EXPECT_THAT(told(std::string(kColumns) + "caf\xE9,b\n"), HasSubstr("s/in/task.csv:2"));
}

TEST(Load, a_later_folder_replaces_a_table_and_a_code_table) {
  World base_world, own;
  base_world.codes("codes/c.csv", "A,x|one\n").task("duty,a,copy,,,skip,skip\n");
  own.codes("codes/c.csv", "A,x|two\n")
      .table("s/in/task.csv",
             kHead + "what,a,lookup,,c,reject,reject\nduty,b,copy,,,skip,skip\n" +
                 "owner,,constant,Worker|1,,-,-\ndue,,constant,absent:unknown,,-,-\nstatus,,"
                 "constant,x|open,,-,-\n");
  auto both = Mappings::load({base_world.path(), own.path()}, the_schema());
  ASSERT_TRUE(both) << to_text(both.error());
  const auto done =
      both->to_entities(a_record("task", R"({"person":"P","a":"A","b":"late"})"), kSystem);
  EXPECT_EQ(field_of(done, "duty"), "\"late\"");
  EXPECT_EQ(field_of(done, "what"), R"({"system":"x","code":"two"})");
}

TEST(Load, prefers_the_sectors_code_table_to_the_common_one) {
  World world;
  world.codes("codes/sexes.csv", "F,male\n")
      .codes("s/codes/sexes.csv", "F,female\n")
      .person("names[],,constant,absent:unknown,,-,-\nsex,v,lookup,,sexes,skip,reject\n");
  EXPECT_EQ(field_of(world.load().to_entities(a_record("person", R"({"id":"1","v":"F"})"), kSystem),
                     "sex"),
            R"({"system":"ccr:sex","code":"female"})");
}

TEST(Load, tells_a_table_that_lies_where_none_is_looked_for_and_a_folder_that_is_none) {
  World world;
  world.task("duty,a,copy,,,skip,skip\n").file("s/incoming/x.csv", "a\n");
  EXPECT_THAT(world.faults(), HasSubstr("lies where none is looked for"));
  auto none = Mappings::load({world.path() + "/nowhere"}, the_schema());
  ASSERT_FALSE(none);
  EXPECT_THAT(to_text(none.error()), HasSubstr("no such folder"));
}

TEST(Load, does_not_let_a_sentinel_table_give_values) {
  World world;
  world.codes("codes/c.csv", "A,absent:unknown\nB,b\n").task("duty,a,copy,,c,skip,skip\n");
  EXPECT_THAT(world.faults(), HasSubstr("copy takes tables of sentinels alone"));
}

}  // namespace
}  // namespace concord::translate
