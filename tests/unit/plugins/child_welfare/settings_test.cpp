#include <concord/json.hpp>
#include <concord/time.hpp>

#include "child_welfare/fields.hpp"
#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::ElementsAre;

constexpr const char* kRest =
    R"({"url":"https://x.example/","token_url":"https://x.example/t","client_id":"c","client_secret":"hush-hush"})";

std::string fault_of(const std::string& json) {
  auto settings = read_settings(json);
  if (settings) return "ok";
  EXPECT_EQ(settings.error().error_class, sdk::ErrorClass::config);
  EXPECT_EQ((settings.error().cause + settings.error().next).find("hush"), std::string::npos);
  return settings.error().place;
}

TEST(ChildWelfareSettings, read_five_record_types_over_rest_where_nothing_else_is_said) {
  auto s = read_settings("{\"rest\":" + std::string(kRest) + "}");
  ASSERT_TRUE(s);
  EXPECT_EQ(s->rest->url, "https://x.example");
  ASSERT_EQ(s->records.size(), 5u);
  EXPECT_EQ(s->find("missing_event")->path, "/missing_events");
  EXPECT_THAT(s->find("placement")->version, ElementsAre("modified", "#hash"));
  EXPECT_TRUE(s->write);
}

TEST(ChildWelfareSettings, read_a_delimiter_that_is_one_byte_only_in_the_files_encoding) {
  auto s = read_settings(R"({"folder":{"path":"/drop"},"records":{"p":{"from":"folder",
      "files":"*.csv","encoding":"windows-1252","delimiter":"†","row_end":"‡","quote":""}}})");
  ASSERT_TRUE(s) << s.error().cause;
  EXPECT_EQ(s->records[0].csv.delimiter, '\x86');
  EXPECT_EQ(s->records[0].csv.row_end, '\x87');
  EXPECT_EQ(s->records[0].csv.quote, '\0');
}

TEST(ChildWelfareSettings, name_what_is_wrong) {
  const std::string rest = kRest;
  EXPECT_EQ(fault_of("[]"), "");
  EXPECT_EQ(fault_of("{\"rest\":{\"url\":\"x\"}}"), "rest.token_url");
  EXPECT_EQ(fault_of("{\"rest\":" + rest + ",\"records\":{\"p\":{\"from\":\"folder\"}}}"),
            "records.p.files");
  EXPECT_EQ(
      fault_of("{\"rest\":" + rest + ",\"records\":{\"p\":{\"from\":\"folder\",\"files\":\"*\"}}}"),
      "records.p.from");
  EXPECT_EQ(fault_of("{\"folder\":{\"path\":\"/x\",\"complete\":\"soon\"}}"), "folder.complete");
  EXPECT_EQ(fault_of("{\"folder\":{\"path\":\"/x\"},\"write\":{\"to\":\"sftp\"}}"), "write.to");
  EXPECT_EQ(fault_of(R"({"folder":{"path":"/x"},"records":{"p":{"from":"folder","files":"*",
                        "delimiter":"†"}}})"),
            "records.p.delimiter");
  EXPECT_EQ(fault_of(R"({"folder":{"path":"/x"},"records":{"case":{"profile":"afcars"}}})"),
            "records.case.profile");
  EXPECT_EQ(fault_of(R"({"sftp":{"host":"h","user":"u","key_file":"k","known_hosts":"n",
                        "path":"drop"}})"),
            "sftp.path");
}

struct TimeCase {
  const char* name;
  const char* given;
  int64_t us;
  bool zone;
};
class Instants : public ::testing::TestWithParam<TimeCase> {};
TEST_P(Instants, are_read) {
  const auto at = sdk::read_instant(GetParam().given);
  if (GetParam().us < 0) {
    EXPECT_FALSE(at);
    return;
  }
  ASSERT_TRUE(at);
  EXPECT_EQ(at->us, GetParam().us);
  EXPECT_EQ(at->zone_known, GetParam().zone);
}
const TimeCase kTimes[] = {{"utc", "1970-01-02T00:00:01Z", 86401000000, true},
                           {"fraction", "1970-01-01T00:00:00.25Z", 250000, true},
                           {"east", "1970-01-01T02:00:00+01:30", 1800000000, true},
                           {"west", "1970-01-01T00:00:00-0500", 18000000000, true},
                           {"no_zone", "1970-01-01 00:00:02", 2000000, false},
                           {"day", "1970-01-02", 86400000000, false},
                           {"no_such_day", "2026-02-30T00:00:00Z", -1, false},
                           {"words", "yesterday", -1, false},
                           {"rest_behind", "1970-01-01T00:00:00Z!", -1, false},
                           {"us_style", "03/04/2011", -1, false}};
INSTANTIATE_TEST_SUITE_P(ChildWelfare, Instants, ::testing::ValuesIn(kTimes), [](const auto& test) {
  return std::string(test.param.name);
});

TEST(ChildWelfareNames, match_stars_and_question_marks) {
  EXPECT_TRUE(name_matches("*.csv", "a.csv"));
  EXPECT_TRUE(name_matches("placements-????.csv", "placements-0301.csv"));
  EXPECT_TRUE(name_matches("*a*b*", "xxaxxbxx"));
  EXPECT_FALSE(name_matches("*.csv", "a.csv.done"));
  EXPECT_FALSE(name_matches("placements-*.csv", "removals-1.csv"));
  EXPECT_FALSE(name_matches("", "x"));
}

TEST(ChildWelfareDescribe, shows_every_type_with_a_synthetic_sample_that_is_json) {
  auto connector = connector_of("{\"rest\":" + std::string(kRest) + "}");
  auto text = connector->describe(TestCall());
  ASSERT_TRUE(text);
  rapidjson::Document d;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(*text, d, fault)) << fault.cause << " at " << fault.offset;
  EXPECT_EQ(d["record_types"].Size(), 11u);
  for (const auto& type : d["record_types"].GetArray())
    EXPECT_NE(sdk::write_json(type["sample"]).find("SYN"), std::string::npos)
        << type["name"].GetString();
}

TEST(ChildWelfareDescribe, shows_afcars_as_afcars) {
  auto connector =
      connector_of(R"({"folder":{"path":"/x"},"records":{"placement":{"profile":"afcars"}}})");
  auto text = connector->describe(TestCall());
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("E112_date_living_arrangement"), std::string::npos);
}

}  // namespace
}  // namespace concord::child_welfare
