// Records as a connector hands them to the hub: what cannot be understood is answered, kept in the
// journal with its reason, and the ledger balances.
#include "tests/bad_input/world.hpp"

namespace concord::bad_input {
namespace {

using store::RecordState;

model::Record person(std::string body) {
  model::Record record = World::person(1);
  record.body = std::move(body);
  record.origin = "person.json";
  return record;
}

std::string nested(size_t depth) {
  return R"({"id":"SYN-CW-1","a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

struct Case {
  const char* name;
  std::string body;
  const char* code;
  const char* place;
};

class BadRecord : public testing::TestWithParam<Case> {};

TEST_P(BadRecord, is_answered_kept_and_counted) {
  World world;
  world.start();
  const auto answer = world.push(person(GetParam().body));
  ASSERT_TRUE(answer) << "it was taken for good";
  // An application error: the source need not send again, for it is kept.
  EXPECT_EQ(answer->error_class, base::ErrorClass::bad_record);
  expect_clear(*answer, GetParam().code, "person");
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], GetParam().code, GetParam().place);
  EXPECT_EQ(kept[0].record.body, GetParam().body);
  world.expect_balanced();
  // The next good version of the same child is not held up by it.
  model::Record good = World::person(1);
  good.version = "2";
  EXPECT_FALSE(world.push(good));
  EXPECT_EQ(world.ledger().read, 2);
  world.expect_balanced();
}

INSTANTIATE_TEST_SUITE_P(
    Records,
    BadRecord,
    testing::Values(
        Case{"empty", "", "JSON_SYNTAX", "person"},
        Case{"cut", R"({"id":"SYN-CW-1","last_name":"CANARY)", "JSON_SYNTAX", "person"},
        Case{"malformed", R"({"id":"SYN-CW-1","last_name":CANARY})", "JSON_SYNTAX", "person"},
        Case{"with_text_behind", R"({"id":"SYN-CW-1"} CANARY)", "JSON_SYNTAX", "person"},
        Case{"duplicate_key",
             R"({"id":"SYN-CW-1","last_name":"CANARY","last_name":"CANARY2"})",
             "JSON_DUPLICATE_KEY",
             "person"},
        Case{"nested_100000_deep", nested(100000), "JSON_DEPTH", "person"},
        Case{"invalid_utf8",
             "{\"id\":\"SYN-CW-1\",\"last_name\":\"CANARY\xC3\x28\"}",
             "JSON_ENCODING",
             "person"},
        Case{"cp1252",
             "{\"id\":\"SYN-CW-1\",\"last_name\":\"CANARY Pe\xF1"
             "a\x92s\"}",
             "JSON_ENCODING",
             "person"},
        Case{"nul", R"({"id":"SYN-CW-1","last_name":"CANARY\u0000"})", "JSON_ENCODING", "person"},
        Case{"no_object", R"(["CANARY"])", "RECORD_BODY", "person"},
        Case{"key_of_wrong_type", R"({"id":{"CANARY":1}})", "MAPPING_INVALID", "person.csv:5"}),
    [](const auto& each) { return each.param.name; });

TEST(BadRecords, whose_key_or_version_is_no_utf8_are_kept) {
  World world;
  world.start();
  model::Record record = person(R"({"last_name":"CANARY"})");
  record.key = "SYN-\xE9";
  const auto key = world.push(record);
  ASSERT_TRUE(key);
  expect_clear(*key, "KEY_ENCODING", "person");
  record.key = "SYN-1";
  record.version = "\xED\xA0\x80";
  const auto version = world.push(record);
  ASSERT_TRUE(version);
  expect_clear(*version, "KEY_ENCODING", "person");
  EXPECT_EQ(world.in(RecordState::rejected).size(), 2u);
  world.expect_balanced();
}

TEST(BadRecords, without_a_key_or_of_a_type_that_no_table_reads_are_kept) {
  World world;
  world.start();
  model::Record keyless = person(R"({"last_name":"CANARY"})");
  keyless.key.clear();
  const auto no_key = world.push(keyless);
  ASSERT_TRUE(no_key);
  expect_clear(*no_key, "KEY_MISSING", "person");
  model::Record other = person(R"({"id":"SYN-CW-1","last_name":"CANARY"})");
  other.type = "persona";
  const auto no_table = world.push(other);
  ASSERT_TRUE(no_table);
  expect_clear(*no_table, "MAPPING_NONE", "persona");
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 2u);
  expect_kept(kept[0], "KEY_MISSING", "person");
  expect_kept(kept[1], "MAPPING_NONE", "persona");
  world.expect_balanced();
}

// A placement says start_date, which the schema wants; the row says: reject.
TEST(BadRecords, with_a_value_of_the_wrong_type_name_table_row_and_shape) {
  for (const char* start : {"\"CANARY\"", "20260227", "{\"CANARY\":1}", "[]", "null"}) {
    World world;
    world.start();
    world.know(1);
    model::Record record = World::placement(1, "1", "Example Home");
    const std::string good = "\"2026-02-27\"";
    record.body.replace(record.body.find(good), good.size(), start);
    const auto answer = world.push(record);
    ASSERT_TRUE(answer) << start;
    expect_clear(*answer, world.in(RecordState::rejected).at(0).reason, "placement");
    expect_kept(world.in(RecordState::rejected)[0], answer->code, "placement.csv:9");
    EXPECT_THAT(answer->cause, HasSubstr("start"));
    world.expect_balanced();
  }
}

// Nobody maps a code that the agency invented yesterday: the field says so, the record goes on.
TEST(BadRecords, with_an_unknown_code_lose_that_field_alone_and_say_which) {
  World world;
  world.coalition.assignments = {
      {model::AgencyId("court"), {model::SystemId("child_welfare"), "SYN-CW-1"}, {}, {}}};
  world.start();
  world.know(1);
  model::Record record = World::placement(1, "1", "Example Home");
  record.body.replace(record.body.find("FFH"), 3, "CANARY");
  EXPECT_FALSE(world.push(record));
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_THAT(world.court().all_written()[0].body, Not(HasSubstr(kContent)));
  world.expect_balanced();
}

TEST(BadRecords, in_one_batch_do_not_keep_the_good_ones_back) {
  World world;
  world.start();
  model::Batch batch;
  for (int child = 1; child <= 3; ++child) batch.records.push_back(World::person(child));
  batch.records[1].body = "{CANARY";
  const auto answers = world.welfare().intake->deliver(std::move(batch));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_FALSE(answers[0]);
  EXPECT_TRUE(answers[1]);
  EXPECT_FALSE(answers[2]);
  EXPECT_EQ(world.count(RecordState::rejected), 1);
  EXPECT_EQ(world.count(RecordState::done), 2);
  world.expect_balanced();
}

TEST(BadRecords, that_are_mended_at_the_source_are_read_again_and_go_through) {
  World world;
  world.start();
  EXPECT_TRUE(world.push(person("{CANARY")));
  EXPECT_EQ(world.hub().take_up_again("").value().records, 1);  // still broken: still rejected
  EXPECT_EQ(world.count(RecordState::rejected), 1);
  model::Record mended = World::person(1);
  mended.version = "2";
  EXPECT_FALSE(world.push(mended));
  EXPECT_EQ(world.count(RecordState::done), 1);
  world.expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
