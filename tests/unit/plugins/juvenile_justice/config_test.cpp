#include "juvenile_justice/config.hpp"

#include <gmock/gmock.h>

#include <concord/json.hpp>
#include <filesystem>

#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Settings, of_a_whole_system_are_read) {
  const auto config = read_config(R"({
    "database":{"kind":"postgresql","host":"db.example","port":5433,"name":"jj","user":"hub",
                "password":"s3cret","sslmode":"verify-full"},
    "read":{"youth":{"select":"SELECT * FROM youth ; ","key_column":"youth_id",
                     "changed_column":"changed_at"},
            "charge":{"select":"SELECT 1","key_column":"k",
                      "outbox":{"table":"outbox","sequence_column":"seq"}}},
    "write":{"*":{"inbox":"inbox"}},
    "listen":{"channel":"concord"}})");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->database.port, 5433);
  EXPECT_EQ(config->reads.at("youth").select, "SELECT * FROM youth");
  EXPECT_TRUE(config->reads.at("charge").is_outbox());
  EXPECT_EQ(config->write_for("anything")->inbox_table, "inbox");
}

struct WrongCase {
  std::string name, settings, place;
};
class WrongSettings : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongSettings, are_told_with_their_place_and_no_secret) {
  const auto config = read_config(GetParam().settings);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().error_class, sdk::ErrorClass::config);
  EXPECT_EQ(config.error().place, GetParam().place);
  EXPECT_THAT(test::text_of(config.error()), Not(HasSubstr("s3 cret")));
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    WrongSettings,
    testing::Values(
        WrongCase{"no_json", "{", "settings"},
        WrongCase{"kind", R"({"database":{"kind":"oracle"}})", "database.kind"},
        WrongCase{"no_file", R"({"database":{"kind":"sqlite"}})", "database.file"},
        WrongCase{
            "password_with_space",
            R"({"database":{"kind":"postgresql","name":"a","user":"b","password":"s3 cret"}})",
            "database.password"},
        WrongCase{"no_database",
                  R"({"read":{"a":{"select":"s","key_column":"k","changed_column":"c"}}})",
                  "database"},
        WrongCase{
            "neither",
            R"({"database":{"kind":"sqlite","file":"x"},"read":{"a":{"select":"s","key_column":"k"}}})",
            "read.a"},
        WrongCase{
            "both",
            R"({"database":{"kind":"sqlite","file":"x"},"read":{"a":{"select":"s","key_column":"k","changed_column":"c","outbox":{"table":"o","sequence_column":"q"}}}})",
            "read.a"},
        WrongCase{
            "sql_in_a_name",
            R"({"database":{"kind":"sqlite","file":"x"},"read":{"a":{"select":"s","key_column":"k;--","changed_column":"c"}}})",
            "read.a.key_column"},
        WrongCase{"statements_alone",
                  R"({"database":{"kind":"sqlite","file":"x"},"write":{"a":{"statements":["s"]}}})",
                  "write.a.applied_table"},
        WrongCase{"inbox_name",
                  R"({"database":{"kind":"sqlite","file":"x"},"write":{"a":{"inbox":"a b"}}})",
                  "write.a.inbox"},
        WrongCase{"no_out_folder", R"({"write":{"a":{"niem":{}}}})", "niem.out_folder"},
        WrongCase{
            "same_folder", R"({"niem":{"in_folder":"a","done_folder":"a"}})", "niem.done_folder"}),
    [](const auto& row) { return row.param.name; });

TEST(Description, names_each_type_with_a_sample_and_what_may_be_done_with_it) {
  const auto connector = test::connector("{}");
  const test::TestCall call;
  const auto text = connector->describe(call.call());
  ASSERT_TRUE(text);
  rapidjson::Document json;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(*text, json, fault)) << fault.cause;
  int reads = 0, writes = 0;
  for (const auto& type : json["record_types"].GetArray()) {
    EXPECT_TRUE(type["sample"].IsObject() && type["sample"].MemberCount() > 0)
        << type["name"].GetString();
    reads += type["reads"].GetBool() ? 1 : 0;
    writes += type["writes"].GetBool() ? 1 : 0;
  }
  EXPECT_EQ(reads, 6);
  EXPECT_EQ(writes, 4);
}

TEST(Connector, says_what_is_not_configured) {
  const auto connector = test::connector("{}");
  const test::TestCall call;
  const auto read = connector->read("youth", {}, {}, call.call());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "READ_NOT_CONFIGURED");
  const auto listened = connector->listen(sdk::Sink(concord_sink{}), call.call());
  ASSERT_FALSE(listened);
  EXPECT_EQ(listened.error().code, "LISTEN_NOT_CONFIGURED");
}

}  // namespace
}  // namespace concord::juvenile_justice
