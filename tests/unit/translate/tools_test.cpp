#include "hub/translate/tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/translate/world.hpp"

namespace concord::translate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Tested {
  TestCounts counts;
  std::string said;
};
Tested test(const World& world, bool rewrite = false) {
  std::ostringstream out;
  size_t told = 0;
  size_t of_all = 0;
  auto counts =
      map_test({world.path()}, the_schema(), out, "", rewrite, [&](size_t done, size_t of) {
        EXPECT_EQ(done, ++told);
        of_all = of;
      });
  if (!counts) ADD_FAILURE() << to_text(counts.error());
  EXPECT_EQ(told, of_all);
  return {counts ? *counts : TestCounts{}, out.str()};
}

TEST(MapTest, runs_each_example_and_tells_what_came) {
  World world;
  world.task(
      "duty,a,copy,,,skip,skip,,,45 CFR,45 CFR\nduty,a,copy,,,skip,skip,,,45 CFR,46 CFR\n"
      "$key,a,digest,length=4,,skip,skip,,,x,2d71\n");
  const Tested done = test(world);
  EXPECT_EQ(done.counts.tables, 1u);
  EXPECT_EQ(done.counts.examples, 3u);
  EXPECT_EQ(done.counts.failed, 1u);
  EXPECT_THAT(done.said, HasSubstr("s/in/task.csv:6 expect: duty: wanted 46 CFR, came 45 CFR"));
}

TEST(MapTest, an_example_of_several_sources_is_the_record_or_what_the_first_has) {
  World world;
  world.task(
      "duty,a b,copy,,,skip,skip,,,x,x\nduty,a b,copy,,,skip,skip,,,\"{\"\"b\"\":\"\"y\"\"}\",y\n");
  EXPECT_EQ(test(world).counts.failed, 0u) << test(world).said;
}

TEST(MapTest, an_example_may_be_about_what_is_refused) {
  World world;
  world.codes("codes/no.csv", "n/a,absent:not-asked\n")
      .task(
          "due,a,instant,,,skip,reject,,,tomorrow,reject\ndue,a,instant,,,skip,skip,,,tomorrow,"
          "skip\n"
          "duty,a,copy,,no,skip,skip,,,n/a,absent:not-asked\n");
  EXPECT_EQ(test(world).counts.failed, 0u) << test(world).said;
}

TEST(MapTest, runs_whole_cases_and_rewrites_what_they_want) {
  World world;
  world.task("duty,a,copy,,,skip,skip,,,x,x\n")
      .file("s/tests/one/given.json",
            R"({"type":"task","key":"T1","version":"1","body":{"person":"P","a":"x"}})");
  EXPECT_EQ(test(world).counts.failed, 1u) << "there is no want.json";
  EXPECT_EQ(test(world, true).counts.failed, 0u);
  EXPECT_EQ(test(world).counts.failed, 0u);
  world.file("s/tests/one/want.json", R"({"entities":[{"body":{"duty":"y"}}]})");
  const Tested wrong = test(world);
  EXPECT_EQ(wrong.counts.failed, 1u);
  EXPECT_EQ(wrong.counts.cases, 1u);
  EXPECT_THAT(wrong.said,
              AllOf(HasSubstr("s/tests/one/want.json: differs"),
                    HasSubstr("/entities/0/body/duty: wanted \"y\", came \"x\"")));
}

TEST(MapPreview, shows_value_row_and_source_of_each_field) {
  World world;
  world.codes("codes/no.csv", "n/a,absent:not-asked\n")
      .task("duty,a,copy,,no,skip,skip\ndue,b,instant,,,absent:unknown,skip\n");
  std::ostringstream out;
  const auto shown =
      map_preview(world.load(), "s", "task", R"({"person":"P1","a":"n/a"})", {}, out);
  ASSERT_TRUE(shown) << to_text(shown.error());
  EXPECT_THAT(out.str(),
              AllOf(HasSubstr("Task  key preview  about P1"),
                    HasSubstr("s/in/task.csv:5  a"),
                    HasSubstr("(absent: not-asked; sentinel)"),
                    HasSubstr("(absent: unknown; missing)"),
                    HasSubstr("x|call")));
}

TEST(MapPreview, shows_a_refusal_with_its_reason) {
  World world;
  world.task("due,b,instant,,,reject,reject\n");
  std::ostringstream out;
  const auto refused =
      map_preview(world.load(), "s", "task", R"({"person":"P1","b":"soon"})", {}, out);
  ASSERT_TRUE(refused);
  EXPECT_EQ(*refused, 1u);
  EXPECT_THAT(out.str(),
              AllOf(StartsWith("1 entity, 1 refused"),
                    HasSubstr("(REJECTED; expected"),
                    HasSubstr("rejected: s/in/task.csv:5")));
}

TEST(MapPreview, says_which_file_a_code_that_nobody_knows_goes_to) {
  World world;
  world.codes("s/codes/kinds.csv", "A,one\n").task("duty,a,lookup,,kinds,skip,skip\n");
  std::ostringstream out;
  ASSERT_TRUE(map_preview(world.load(), "s", "task", R"({"person":"P1","a":"Z"})", {}, out));
  EXPECT_THAT(out.str(),
              HasSubstr("unknown code \"Z\": s/in/task.csv:5.  Next: add a row to "
                        "s/codes/kinds.csv"));
}

TEST(MapPreview, names_the_file_that_is_no_json) {
  World world;
  world.task("duty,a,copy,,,skip,skip\n");
  std::ostringstream out;
  PreviewOptions options;
  options.place = "mine.json";
  const auto shown = map_preview(world.load(), "s", "task", "{\"a\":1,", options, out);
  ASSERT_FALSE(shown);
  EXPECT_THAT(shown.error().place, StartsWith("mine.json:byte"));
}

TEST(MapPreview, says_which_record_types_there_are) {
  World world;
  world.task("duty,a,copy,,,skip,skip\n");
  std::ostringstream out;
  const auto shown = map_preview(world.load(), "s", "tusk", "{}", {}, out);
  ASSERT_FALSE(shown);
  EXPECT_EQ(shown.error().next, "did you mean \"task\"?");
}

TEST(MapPreview, gives_json) {
  World world;
  world.task("duty,a,copy,,,skip,skip\n");
  std::ostringstream out;
  PreviewOptions options;
  options.json = true;
  ASSERT_TRUE(map_preview(world.load(), "s", "task", R"({"person":"P1","a":"x"})", options, out));
  const auto read = base::read_json(out.str(), "preview");
  ASSERT_TRUE(read);
  EXPECT_EQ(base::text_of((*read)[0], "subject"), "P1");
  EXPECT_EQ(base::text_of((*read)[0]["fields"][1], "row"), "s/in/task.csv:5");
}

std::string lint(const World& world) {
  std::ostringstream out;
  const auto remarks = map_lint({world.path()}, the_schema(), out);
  return remarks ? out.str() : to_text(remarks.error());
}

TEST(MapLint, tells_what_loads_but_looks_wrong) {
  World world;
  world.codes("codes/lost.csv", "01,a\n2,b\n")
      .task(
          "duty,a,copy,,,skip,skip\nduty,b,copy,,,skip,skip,,=1+1,x,x\n"
          "status,c,code,system=x,,skip,skip,kind=1;!kind,,x,x|x\n");
  EXPECT_THAT(
      lint(world),
      AllOf(HasSubstr("s/in/task.csv:5 example: this row has no example"),
            HasSubstr("s/in/task.csv:6 target: duty is given by row 5 too"),
            HasSubstr("s/in/task.csv:6 note: a spreadsheet takes this for a formula"),
            HasSubstr("s/in/task.csv:7 when: can never hold"),
            HasSubstr("codes/lost.csv: no row uses this table"),
            HasSubstr("codes/lost.csv:3 from: one digit where others have a leading zero")));
}

TEST(MapLint, tells_rows_that_never_apply) {
  World world;
  world.task("duty,,constant,always,,-,-\nduty,b,copy,,,skip,skip,,,x,x\n");
  EXPECT_THAT(lint(world), HasSubstr("never applies: row 5 always gives duty"));
}

TEST(MapLint, is_silent_where_all_is_well) {
  World world;
  world.task("duty,a,copy,,,skip,skip,,,x,x\n");
  // The helper's own $subject row has no example.
  const std::string said = lint(world);
  EXPECT_THAT(said, HasSubstr("s/in/task.csv:4 example"));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

TEST(MapLint, remarks_on_what_a_spreadsheet_saved) {
  World world;
  world.task("duty,a,copy,,,skip,skip,,,x,x\n");
  auto bytes = base::read_file(world.path() + "/s/in/task.csv", 1 << 20);
  ASSERT_TRUE(bytes);
  world.file("s/in/task.csv", "\xEF\xBB\xBF" + *bytes);
  EXPECT_THAT(lint(world), HasSubstr("saved with a byte order mark: understood"));
}

}  // namespace
}  // namespace concord::translate
