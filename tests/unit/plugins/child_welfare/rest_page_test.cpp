#include "child_welfare/rest_page.hpp"

#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

const RestSettings kRest;

RecordSettings placement() {
  RecordSettings s;
  s.type = "placement";
  s.version = {"modified", "#hash"};
  return s;
}

std::string code_of(const std::string& answer) {
  auto page = read_page(answer, kRest, "GET /x");
  return page ? "ok" : page.error().code + " " + page.error().place;
}

TEST(RestPage, gives_items_cursor_and_receipt_wherever_they_stand) {
  const std::string answer =
      R"({"next":"c2", "items" : [ {"id":"1","t":"a]}\"" } , {"id":"2"}], "receipt":"r"})";
  auto page = read_page(answer, kRest, "GET /x");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->items[0], R"({"id":"1","t":"a]}\"" })");
  EXPECT_EQ(page->next, "c2");
  EXPECT_EQ(page->receipt, "r");
}

TEST(RestPage, is_the_last_where_next_is_null_or_missing) {
  EXPECT_EQ(read_page(R"({"items":[],"next":null})", kRest, "").value().next, "");
  EXPECT_EQ(read_page(R"({"items":[]})", kRest, "").value().next, "");
}

TEST(RestPage, that_breaks_off_or_is_something_else_is_asked_for_again) {
  EXPECT_EQ(code_of(R"({"items":[{"id":"1"},{"id)"), "PAGE_JSON GET /x:1:26");
  EXPECT_EQ(code_of("<html>"), "PAGE_JSON GET /x:1:1");
  EXPECT_EQ(code_of(""), "PAGE_JSON GET /x:1:1");
  EXPECT_EQ(code_of(R"({"next":"c"})").substr(0, 9), "PAGE_JSON");
  EXPECT_EQ(code_of(R"({"items":[1 2],)").substr(0, 9), "PAGE_JSON");
  EXPECT_EQ(code_of(R"({"items":[]} x)").substr(0, 9), "PAGE_JSON");
  EXPECT_EQ(code_of(R"({"items":[],"next":"a","next":"b"})").substr(0, 9), "PAGE_JSON");
  EXPECT_EQ(code_of("{\"items\":" + std::string(100000, '[')).substr(0, 9), "PAGE_JSON");
}

TEST(RestPage, costs_one_reject_where_one_item_is_bad) {
  const std::string answer =
      "{\"items\":[\n{\"id\":\"1\"},\n{\"id\":\"2\",\"id\":\"3\"},\n{\"x\":1},\n7,"
      "\n" +
      std::string(200, '[') + std::string(200, ']') + ",\n{\"id\":\"\xE9\"},\n{\"id\":4}]}";
  auto page = read_page(answer, kRest, "GET /x");
  ASSERT_TRUE(page);
  std::vector<std::string> got;
  for (const auto item : page->items) {
    auto read = read_item(answer, item, placement(), "GET /x");
    got.push_back(read ? read->record.key : read.error().code + " " + read.error().place);
    EXPECT_TRUE(read || read.error().error_class == sdk::ErrorClass::bad_record);
  }
  EXPECT_THAT(got,
              ::testing::ElementsAre("1",
                                     "JSON_DUPLICATE_KEY GET /x:3:15",
                                     "KEY_MISSING GET /x:4:1",
                                     "ITEM_SHAPE GET /x:5:1",
                                     "JSON_DEPTH GET /x:6:65",
                                     ::testing::StartsWith("JSON_ENCODING GET /x:7:"),
                                     "4"));
}

TEST(RestPage, gives_the_item_as_it_stands_with_time_version_and_deletion) {
  const std::string answer =
      R"({"items":[{"id":"007","modified":"2026-03-01T00:00:00Z","n":1.10,"deleted":true}]})";
  auto page = read_page(answer, kRest, "GET /x");
  auto item = read_item(answer, page->items[0], placement(), "GET /x");
  ASSERT_TRUE(item);
  EXPECT_EQ(item->record.key, "007");
  EXPECT_EQ(item->record.body, page->items[0]);
  EXPECT_TRUE(item->record.deleted);
  EXPECT_EQ(item->record.changed_at_us, 1772323200000000);
  EXPECT_THAT(item->record.version, ::testing::StartsWith("2026-03-01T00:00:00Z|"));
  // White space is no change.
  const std::string spaced =
      R"({"items":[{"id" : "007","modified":"2026-03-01T00:00:00Z","n":1.10, "deleted":true}]})";
  auto again = read_page(spaced, kRest, "");
  EXPECT_EQ(read_item(spaced, again->items[0], placement(), "")->record.version,
            item->record.version);
}

TEST(RestPage, finds_the_bytes_of_a_member) {
  EXPECT_EQ(member_bytes(R"({"type":"p","record" : {"a":[1,{"record":2}]} })", "record"),
            R"({"a":[1,{"record":2}]})");
  EXPECT_EQ(member_bytes("[1]", "record"), "");
  EXPECT_EQ(member_bytes("{\"a\":1}", "record"), "");
}

}  // namespace
}  // namespace concord::child_welfare
