#include <gmock/gmock.h>

#include "court/checkpoint.hpp"
#include "court/docket_api.hpp"
#include "court/settings.hpp"
#include "court/text.hpp"

namespace concord::court {
namespace {

using testing::SizeIs;

sdk::Result<DocketPage> read(std::string_view json, sdk::Limits limits = {}) {
  return read_page(json, "hearing", "GET /hearings", limits);
}

TEST(DocketPage, gives_items_on_as_they_are) {
  auto page = read(
      R"({"items":[{"id":"007","version":12,"updated_at":"2026-03-01T09:00:00Z","x":{"y":[1,2.5,null]}},)"
      R"({"id":"8","version":"b","deleted":true}],"next_cursor":"c","more":true})");
  ASSERT_TRUE(page);
  ASSERT_THAT(page->records, SizeIs(2));
  EXPECT_EQ(page->records[0].key, "007");
  EXPECT_EQ(page->records[0].version, "000000000012");
  EXPECT_EQ(
      page->records[0].body,
      R"({"id":"007","version":12,"updated_at":"2026-03-01T09:00:00Z","x":{"y":[1,2.5,null]}})");
  EXPECT_TRUE(page->records[1].deleted);
  EXPECT_EQ(page->next_cursor, "c");
  EXPECT_TRUE(page->more);
}

TEST(DocketPage, an_item_that_is_no_record_is_a_reject_with_its_place) {
  auto page = read(
      R"({"items":[1,{"version":1},{"id":"","version":1},{"id":"a"},{"id":"b","version":{}},)"
      R"({"id":"c","version":1,"long":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},{"id":"d","version":1}],"next_cursor":"c"})",
      {.records_max = 500, .body_bytes_max = 40});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->records, SizeIs(1));
  ASSERT_THAT(page->rejects, SizeIs(6));
  EXPECT_EQ(page->rejects[1].error.place, "GET /hearings items[1]");
  EXPECT_EQ(page->rejects[4].error.code, "DOCKET_ITEM_VERSION");
  EXPECT_EQ(page->rejects[5].error.code, "RECORD_SIZE");
  EXPECT_LE(page->rejects[5].raw.size(), 40u);
}

class NoPage : public testing::TestWithParam<const char*> {};
TEST_P(NoPage, is_an_error_to_try_again) {
  auto page = read(GetParam());
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().error_class, sdk::ErrorClass::retry);
}
INSTANTIATE_TEST_SUITE_P(DocketPage,
                         NoPage,
                         testing::Values("",
                                         "null",
                                         "[]",
                                         "\"text\"",
                                         "{",
                                         "{}",
                                         R"({"items":{}})",
                                         R"({"items":[],"items":[]})",
                                         R"({"items":[],"more":true})",
                                         R"({"items":[{"id":"a","version":1}]})",
                                         R"({"items":[{"id":"a","version":1}],"next_cursor":5})"));

TEST(Checkpoint, comes_back_as_it_was) {
  Checkpoint at;
  at.cursor = "c\"1";
  at.files = {{"a.xml", "h1"}, {"ü.xml", "h2"}};
  at.file_next = 3;
  at.calendar_hash = "k";
  at.calendar_next = 7;
  auto again = Checkpoint::read(at.text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text(), at.text());
  EXPECT_EQ(again->files, at.files);
  EXPECT_EQ(again->calendar_next, 7u);
  EXPECT_TRUE(Checkpoint::read(""));
  EXPECT_EQ(Checkpoint::read("[]").error().code, "CHECKPOINT");
}

struct Fault {
  const char* config;
  const char* place;
};
class SettingsFault : public testing::TestWithParam<Fault> {};
TEST_P(SettingsFault, is_told_with_its_place) {
  auto read = read_settings(GetParam().config);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().place, GetParam().place);
  EXPECT_EQ(read.error().error_class, sdk::ErrorClass::config);
}
INSTANTIATE_TEST_SUITE_P(
    Settings,
    SettingsFault,
    testing::Values(
        Fault{"[]", "config"},
        Fault{R"({"zone":"Mars/Base"})", "config.zone"},
        Fault{R"({"zone":"../../etc/passwd"})", "config.zone"},
        Fault{R"({"zone":"UTC"})", "config"},
        Fault{R"({"zone":"UTC","api":{"url":"ftp://x","token":"t"}})", "config.api.url"},
        Fault{R"({"zone":"UTC","api":{"url":"http://u:p@x","token":"t"}})", "config.api.url"},
        Fault{R"({"zone":"UTC","api":{"url":"http://x"}})", "config.api.token"},
        Fault{R"({"zone":"UTC","calendar":{"url":"x"}})", "config.calendar.url"},
        Fault{R"({"zone":"UTC","calendar":{"folder":"x","zone_aliases":{"a":"b"}}})",
              "config.calendar.zone_aliases"}));

TEST(Text, knows_instants_by_their_zone_only) {
  EXPECT_EQ(instant_of("1970-01-01T00:00:01Z"), 1000000);
  EXPECT_EQ(instant_of("1970-01-01T00:00:01.25Z"), 1250000);
  EXPECT_EQ(instant_of("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_FALSE(instant_of("1970-01-01T00:00:01"));
  EXPECT_FALSE(instant_of("1970-02-30T00:00:01Z"));
  EXPECT_FALSE(instant_of("yesterday"));
  EXPECT_FALSE(instant_of(""));
}

TEST(Text, decodes_base64_or_says_that_it_is_none) {
  EXPECT_EQ(decode_base64("aGVs bG8="), "hello");
  EXPECT_EQ(decode_base64(""), "");
  for (const char* bad : {"aGVsbG8", "a===", "aGVs=bG8", "aG!s"})
    EXPECT_FALSE(decode_base64(bad)) << bad;
}

}  // namespace
}  // namespace concord::court
