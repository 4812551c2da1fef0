// Reading SQLite: pages, outbox, faults.
#include <gmock/gmock.h>

#include <concord/json.hpp>
#include <thread>

#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SqliteRead : public testing::Test {
 protected:
  SqliteRead() : agency_(dir_.file("jj.db")) {}

  std::unique_ptr<sdk::Connector> changed(const std::string& select = "SELECT * FROM youth",
                                          const std::string& more = "") {
    return connector(R"({"database":{"kind":"sqlite","file":")" + dir_.file("jj.db") +
                     R"(","lock_timeout_ms":50},"read":{"youth":{"select":")" + select +
                     R"(","key_column":"youth_id","changed_column":"changed_at")" + more + "}}}");
  }
  std::unique_ptr<sdk::Connector> outbox(const std::string& more = "") {
    return connector(
        R"({"database":{"kind":"sqlite","file":")" + dir_.file("jj.db") +
        R"("},"read":{"youth":{"select":"SELECT seq, youth_id, note, operation FROM outbox)" +
        (more.empty() ? "" : " WHERE sent_at IS NULL") +
        R"(","key_column":"youth_id","deleted_column":"operation","outbox":{"table":"outbox","sequence_column":"seq")" +
        more + "}}}}");
  }
  void make_youth() {
    agency_.run("CREATE TABLE youth (youth_id TEXT PRIMARY KEY, note TEXT, changed_at TEXT)");
  }
  void make_outbox(const std::string& declaration = "INTEGER PRIMARY KEY AUTOINCREMENT") {
    agency_.run("CREATE TABLE outbox (seq " + declaration +
                ", youth_id TEXT, note TEXT, operation TEXT, sent_at TEXT)");
  }

  TempFolder dir_;
  Sqlite agency_;
  TestCall call_;
};

TEST_F(SqliteRead, gives_rows_by_column_name_and_keeps_zeros_nulls_and_numbers) {
  agency_.run(
      "CREATE TABLE youth (youth_id TEXT, \"odd \"\"name\"\"\" TEXT, count INTEGER, weight REAL, "
      "picture BLOB, missing TEXT, changed_at TEXT);"
      "INSERT INTO youth VALUES ('00042', 'a \"b\" \\ c', 3, 1.5, x'00ff', NULL, "
      "'2024-05-01T10:00:00Z')");
  const auto batch = changed()->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(batch) << batch.error().cause;
  ASSERT_EQ(batch->records.size(), 1u);
  const sdk::Record& record = batch->records[0];
  EXPECT_EQ(record.key, "00042");
  EXPECT_EQ(record.version, "2024-05-01T10:00:00Z");
  EXPECT_EQ(record.changed_at_us, 1714557600000000);
  EXPECT_EQ(record.body,
            R"({"youth_id":"00042","odd \"name\"":"a \"b\" \\ c","count":3,"weight":1.5,)"
            R"("picture":"00FF","missing":null,"changed_at":"2024-05-01T10:00:00Z"})");
}

TEST_F(SqliteRead, skips_no_row_of_those_changed_at_the_same_instant) {
  make_youth();
  for (int i = 0; i < 50; ++i) {
    agency_.run("INSERT INTO youth VALUES ('" + std::to_string(1000 + i) + "', 'x', '2024-05-0" +
                std::to_string(1 + i / 20) + "')");
  }
  for (const uint32_t page : {1u, 3u, 7u, 20u, 100u}) {
    const auto connector = changed();
    const auto records = read_all(*connector, "youth", page);
    ASSERT_EQ(records.size(), 50u) << page;
    std::set<std::string> keys;
    for (const auto& record : records) keys.insert(record.key);
    EXPECT_EQ(keys.size(), 50u) << page;
  }
}

TEST_F(SqliteRead, goes_on_where_it_stopped_when_time_and_key_are_numbers) {
  agency_.run(
      "CREATE TABLE youth (youth_id INTEGER PRIMARY KEY, changed_at INTEGER);"
      "INSERT INTO youth VALUES (2, 1714557600), (10, 1714557600), (9, 1714557601)");
  const auto connector = changed("SELECT youth_id, changed_at + 0 AS changed_at FROM youth");
  std::string checkpoint;
  const auto records = read_all(*connector, "youth", 1, &checkpoint);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].key + records[1].key + records[2].key, "2109");
  agency_.run("UPDATE youth SET changed_at = 1714557700 WHERE youth_id = 2");
  EXPECT_EQ(read_all(*connector, "youth", 1, &checkpoint).size(), 1u);
}

TEST_F(SqliteRead, keeps_the_checkpoint_when_nothing_is_new) {
  make_youth();
  agency_.run("INSERT INTO youth VALUES ('1', 'x', '2024')");
  const auto connector = changed();
  const auto first = connector->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(first);
  const auto second = connector->read("youth", first->checkpoint, {}, call_.call());
  ASSERT_TRUE(second);
  EXPECT_THAT(second->records, IsEmpty());
  EXPECT_EQ(second->checkpoint, first->checkpoint);
  EXPECT_FALSE(second->more);
}

TEST_F(SqliteRead, leaves_rows_that_are_not_settled_for_later) {
  make_youth();
  agency_.run("INSERT INTO youth VALUES ('1','x','2024-01-01'), ('2','x','2024-01-03')");
  const auto connector = changed("SELECT * FROM youth", R"(,"settled_before":"'2024-01-02'")");
  EXPECT_EQ(read_all(*connector, "youth", 10).size(), 1u);
}

TEST_F(SqliteRead, rejects_a_row_that_is_no_utf8_and_reads_the_others) {
  make_youth();
  agency_.run("INSERT INTO youth VALUES ('1', CAST(x'4dfc6c' AS TEXT), '1'), ('2', 'fine', '2')");
  const auto batch = changed()->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(batch);
  EXPECT_THAT(keys_of(*batch), ElementsAre("2"));
  ASSERT_EQ(batch->rejects.size(), 1u);
  EXPECT_EQ(batch->rejects[0].key, "1");
  EXPECT_EQ(batch->rejects[0].error.code, "ROW_ENCODING");
}

TEST_F(SqliteRead, rejects_a_row_larger_than_allowed) {
  make_youth();
  agency_.run("INSERT INTO youth VALUES ('1', hex(zeroblob(5000)), '1'), ('2', 'fine', '2')");
  const auto batch = changed()->read("youth", {}, {10, 1000}, call_.call());
  ASSERT_TRUE(batch);
  EXPECT_THAT(keys_of(*batch), ElementsAre("2"));
  ASSERT_EQ(batch->rejects.size(), 1u);
  EXPECT_EQ(batch->rejects[0].error.code, "ROW_SIZE");
}

TEST_F(SqliteRead, takes_the_body_from_a_column_of_json) {
  agency_.run(
      "CREATE TABLE youth (youth_id TEXT, payload TEXT, changed_at TEXT);"
      "INSERT INTO youth VALUES ('1','{\"a\":\"007\"}','1'), ('2','{\"a\":1,\"a\":2}','2')");
  const auto batch = changed("SELECT * FROM youth", R"(,"body_column":"payload")")
                         ->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->records.size(), 1u);
  EXPECT_EQ(batch->records[0].body, R"({"a":"007"})");
  ASSERT_EQ(batch->rejects.size(), 1u);
  EXPECT_EQ(batch->rejects[0].error.code, "ROW_BODY");
}

TEST_F(SqliteRead, prunes_the_outbox_on_ack_and_not_before) {
  make_outbox();
  agency_.run(
      "INSERT INTO outbox (youth_id, note, operation) VALUES "
      "('1','a','U'),('2','b','D'),('3','c','U')");
  const auto connector = outbox();
  const auto first = connector->read("youth", {}, {2, 1000}, call_.call());
  ASSERT_TRUE(first);
  EXPECT_THAT(keys_of(*first), ElementsAre("1", "2"));
  EXPECT_FALSE(first->records[0].deleted);
  EXPECT_TRUE(first->records[1].deleted);
  EXPECT_LT(first->records[0].version, first->records[1].version);
  EXPECT_TRUE(first->more);
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM outbox"), ElementsAre("3"));

  const auto second = connector->read("youth", first->checkpoint, {2, 1000}, call_.call());
  ASSERT_TRUE(second);
  EXPECT_THAT(keys_of(*second), ElementsAre("3"));
  ASSERT_TRUE(connector->ack("youth", first->checkpoint, call_.call()));
  EXPECT_THAT(agency_.ask("SELECT youth_id FROM outbox"), ElementsAre("3"));
  ASSERT_TRUE(connector->ack("youth", second->checkpoint, call_.call()));
  ASSERT_TRUE(connector->ack("youth", second->checkpoint, call_.call()));
  EXPECT_THAT(agency_.ask("SELECT youth_id FROM outbox"), IsEmpty());
}

TEST_F(SqliteRead, reads_a_row_that_was_committed_late_under_a_lower_number) {
  make_outbox();
  agency_.run("INSERT INTO outbox (seq, youth_id) VALUES (1,'a'),(3,'c')");
  const auto connector = outbox();
  const auto first = connector->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(first);
  agency_.run("INSERT INTO outbox (seq, youth_id) VALUES (2,'b')");
  ASSERT_TRUE(connector->ack("youth", first->checkpoint, call_.call()));
  const auto second = connector->read("youth", first->checkpoint, {}, call_.call());
  ASSERT_TRUE(second);
  EXPECT_THAT(keys_of(*second), ElementsAre("b"));
}

TEST_F(SqliteRead, gives_unacknowledged_rows_to_a_connector_that_starts_without_checkpoint) {
  make_outbox();
  agency_.run("INSERT INTO outbox (youth_id) VALUES ('a'),('b')");
  ASSERT_TRUE(outbox()->read("youth", {}, {}, call_.call()));
  const auto again = outbox()->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(again);
  EXPECT_THAT(keys_of(*again), ElementsAre("a", "b"));
}

TEST_F(SqliteRead, checkpoint_stays_short_however_long_the_outbox_lives) {
  make_outbox();
  const auto connector = outbox();
  std::string checkpoint;
  for (int round = 0; round < 20; ++round) {
    agency_.run("INSERT INTO outbox (youth_id) VALUES ('a'),('b'),('c')");
    EXPECT_EQ(read_all(*connector, "youth", 2, &checkpoint).size(), 3u);
  }
  EXPECT_LT(checkpoint.size(), 40u);
}

TEST_F(SqliteRead, marks_rows_where_the_outbox_keeps_them) {
  make_outbox();
  agency_.run("INSERT INTO outbox (youth_id) VALUES ('a'),('b')");
  const auto connector = outbox(R"(,"mark_column":"sent_at")");
  std::string checkpoint;
  EXPECT_EQ(read_all(*connector, "youth", 1, &checkpoint).size(), 2u);
  EXPECT_THAT(agency_.ask("SELECT count(sent_at) FROM outbox"), ElementsAre("2"));
  EXPECT_EQ(read_all(*connector, "youth", 1, &checkpoint).size(), 0u);
}

TEST_F(SqliteRead, check_refuses_an_outbox_whose_numbers_come_again) {
  make_outbox("INTEGER PRIMARY KEY");
  const auto checked = outbox()->check(call_.call());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, "SEQUENCE_REUSED");
}

TEST_F(SqliteRead, check_passes_on_what_works_and_changes_nothing) {
  make_outbox();
  agency_.run("INSERT INTO outbox (youth_id) VALUES ('a')");
  const auto checked = outbox()->check(call_.call());
  EXPECT_TRUE(checked) << checked.error().cause;
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM outbox"), ElementsAre("1"));
}

TEST_F(SqliteRead, check_counts_rows_that_would_never_be_read) {
  make_youth();
  agency_.run("INSERT INTO youth VALUES ('1','x',NULL), ('2','x','2024')");
  const auto checked = changed()->check(call_.call());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, "ROWS_UNREADABLE");
  EXPECT_THAT(checked.error().cause, HasSubstr("1 rows"));
}

TEST_F(SqliteRead, names_the_statement_whose_table_or_column_is_missing) {
  const auto no_table = changed()->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(no_table);
  EXPECT_EQ(no_table.error().error_class, sdk::ErrorClass::config);
  EXPECT_EQ(no_table.error().place, "read.youth.select");
  EXPECT_THAT(no_table.error().cause, HasSubstr("no such table: youth"));
  agency_.run("CREATE TABLE youth (youth_id TEXT, other TEXT)");
  const auto no_column = changed()->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(no_column);
  EXPECT_EQ(no_column.error().place, "read.youth.changed_column");
}

TEST_F(SqliteRead, a_column_given_twice_is_a_fault_of_the_settings) {
  make_youth();
  const auto batch =
      changed("SELECT y.*, 1 AS note FROM youth y")->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code, "COLUMN_TWICE");
}

TEST_F(SqliteRead, a_missing_file_is_tried_again_and_never_made) {
  make_youth();
  const auto connector = changed();
  ASSERT_TRUE(connector->read("youth", {}, {}, call_.call()));
  std::filesystem::rename(dir_.path() / "jj.db", dir_.path() / "away.db");
  const auto batch = connector->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().error_class, sdk::ErrorClass::retry);
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "jj.db"));
  std::filesystem::rename(dir_.path() / "away.db", dir_.path() / "jj.db");
  EXPECT_TRUE(connector->read("youth", {}, {}, call_.call()));
}

TEST_F(SqliteRead, a_locked_database_is_tried_again) {
  make_youth();
  agency_.run("BEGIN EXCLUSIVE");
  const auto connector = changed();
  const auto batch = connector->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().error_class, sdk::ErrorClass::retry);
  EXPECT_THAT(batch.error().cause, HasSubstr("locked"));
  agency_.run("COMMIT");
  EXPECT_TRUE(connector->read("youth", {}, {}, call_.call()));
}

TEST_F(SqliteRead, a_read_without_end_is_ended_before_its_deadline) {
  make_youth();
  agency_.run("INSERT INTO youth VALUES ('1','x','1')");
  const auto connector = changed(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
      "SELECT '1' AS youth_id, '1' AS changed_at FROM n WHERE i < 0");
  const TestCall short_call(std::chrono::milliseconds(400));
  const auto started = std::chrono::steady_clock::now();
  const auto batch = connector->read("youth", {}, {}, short_call.call());
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().error_class, sdk::ErrorClass::retry);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(3000));
}

TEST_F(SqliteRead, a_file_that_is_no_database_is_a_fault_of_the_settings) {
  const std::string file = dir_.file("not.db");
  write_text(file, std::string(5000, 'x'));
  const auto made = connector(
      R"({"database":{"kind":"sqlite","file":")" + file +
      R"("},"read":{"a":{"select":"SELECT k, c FROM a","key_column":"k","changed_column":"c"}}})");
  const auto batch = made->read("a", {}, {}, call_.call());
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().error_class, sdk::ErrorClass::config);
}

TEST_F(SqliteRead, listening_pokes_when_another_connection_commits) {
  make_youth();
  const auto connector = this->changed();
  std::atomic<int> pokes = 0;
  concord_sink sink{};
  sink.struct_size = sizeof sink;
  sink.host = &pokes;
  sink.poke = [](void* host, concord_bytes) { ++*static_cast<std::atomic<int>*>(host); };
  TestCall listening(std::chrono::hours(1));
  std::thread listener([&] { EXPECT_TRUE(connector->listen(sdk::Sink(sink), listening.call())); });
  // The first look only learns the counter, so something is changed until a poke comes.
  for (int i = 0; i < 500 && pokes == 0; ++i) {
    agency_.run("INSERT INTO youth VALUES ('" + std::to_string(i) + "','x','1')");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  listening.cancel();
  listener.join();
  EXPECT_GT(pokes, 0);
}

}  // namespace
}  // namespace concord::juvenile_justice
