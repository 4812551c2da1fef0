// Writing SQLite: inbox and statements.
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kInbox =
    "CREATE TABLE inbox (idempotency_key TEXT PRIMARY KEY, record_type TEXT NOT NULL, record_key "
    "TEXT NOT NULL, version INTEGER NOT NULL, subject TEXT, operation TEXT NOT NULL, body TEXT "
    "CHECK (body NOT LIKE '%poison%'))";
constexpr const char* kApplied =
    "CREATE TABLE applied (record_type TEXT, record_key TEXT, version INTEGER, idempotency_key "
    "TEXT, PRIMARY KEY (record_type, record_key));"
    "CREATE TABLE hearing (hearing_key TEXT PRIMARY KEY, youth_id TEXT, starts TEXT, closed "
    "INTEGER, seats INTEGER CHECK (seats < 100));"
    "CREATE TABLE history (n INTEGER PRIMARY KEY, hearing_key TEXT)";

struct Sent {
  std::string idempotency_key, type = "court_event", key = "h1";
  uint64_t version = 1;
  std::string subject = "JJ-1", body = R"({"at":"2024-06-03"})";
  bool withdraw = false;
};

class SqliteWrite : public testing::Test {
 protected:
  SqliteWrite() : agency_(dir_.file("jj.db")) {}
  std::unique_ptr<sdk::Connector> inbox() {
    agency_.run(kInbox);
    return with(R"("*":{"inbox":"inbox"})");
  }
  std::unique_ptr<sdk::Connector> statements() {
    agency_.run(kApplied);
    return with(
        R"j("court_event":{"applied_table":"applied","statements":[
"INSERT INTO hearing VALUES (:key, :subject, :body.at, :body.closed, :body.room.seats) ON CONFLICT (hearing_key) DO UPDATE SET youth_id = excluded.youth_id, starts = excluded.starts, closed = excluded.closed, seats = excluded.seats",
"INSERT INTO history (hearing_key) VALUES (:key)"]})j");
  }
  std::unique_ptr<sdk::Connector> with(const std::string& write) {
    return connector(R"({"database":{"kind":"sqlite","file":")" + dir_.file("jj.db") +
                     R"(","lock_timeout_ms":50},"write":{)" + write + "}}");
  }
  // "" for each that was written, else the error's code.
  std::vector<std::string> send(sdk::Connector& to, const std::vector<Sent>& all) {
    std::vector<sdk::Delivery> deliveries;
    for (const Sent& s : all)
      deliveries.push_back(
          {s.withdraw, s.idempotency_key, s.type, s.key, s.version, s.subject, s.body});
    auto outcomes = to.write(deliveries, call_.call());
    EXPECT_TRUE(outcomes) << (outcomes ? "" : outcomes.error().cause);
    std::vector<std::string> out;
    if (!outcomes) return out;
    for (const sdk::Outcome& outcome : *outcomes) {
      out.push_back(outcome.error ? outcome.error->code : "");
      if (outcome.error) errors_.push_back(*outcome.error);
    }
    return out;
  }

  TempFolder dir_;
  Sqlite agency_;
  TestCall call_;
  std::vector<sdk::Error> errors_;
};

TEST_F(SqliteWrite, a_delivery_lands_in_the_inbox_as_it_is) {
  const auto to = inbox();
  EXPECT_THAT(
      send(*to,
           {{"i1"},
            {.idempotency_key = "i2", .key = "h2", .version = 1, .subject = "", .withdraw = true}}),
      ElementsAre("", ""));
  EXPECT_THAT(agency_.ask("SELECT idempotency_key||record_type||record_key||version||"
                          "coalesce(subject,'-')||operation||body FROM inbox"),
              ElementsAre("i1court_eventh11JJ-1upsert{\"at\":\"2024-06-03\"}",
                          "i2court_eventh21-withdraw{\"at\":\"2024-06-03\"}"));
}

TEST_F(SqliteWrite, a_repeat_has_no_second_effect_in_one_call_or_in_two) {
  const auto to = inbox();
  EXPECT_THAT(send(*to, {{"i1"}, {"i1"}}), ElementsAre("", ""));
  EXPECT_THAT(send(*to, {{"i1"}}), ElementsAre(""));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM inbox"), ElementsAre("1"));
}

TEST_F(SqliteWrite, an_older_version_does_not_come_after_a_newer) {
  const auto to = inbox();
  EXPECT_THAT(
      send(*to, {{.idempotency_key = "i3", .version = 3}, {.idempotency_key = "i2", .version = 2}}),
      ElementsAre("", ""));
  EXPECT_THAT(agency_.ask("SELECT version FROM inbox"), ElementsAre("3"));
}

TEST_F(SqliteWrite, a_poison_record_fails_alone) {
  const auto to = inbox();
  std::vector<Sent> all;
  for (int i = 0; i < 100; ++i) {
    Sent sent{"i" + std::to_string(i)};
    sent.key = "h" + std::to_string(i);
    if (i == 37) sent.body = R"({"note":"poison"})";
    all.push_back(sent);
  }
  const auto outcomes = send(*to, all);
  for (size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(outcomes[i].empty(), i != 37) << i << outcomes[i];
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM inbox"), ElementsAre("99"));
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].error_class, sdk::ErrorClass::bad_record);
  EXPECT_THAT(text_of(errors_[0]), Not(HasSubstr("poison")));
  all[37].body = "{}";
  EXPECT_THAT(send(*to, {all[37]}), ElementsAre(""));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM inbox"), ElementsAre("100"));
}

TEST_F(SqliteWrite, no_file_is_opened_outside_the_agencys_folder) {
  // A trigger that changes more than SQLite keeps of a savepoint before it takes to a file.
  agency_.run("CREATE TABLE seen (n INTEGER PRIMARY KEY, at TEXT)");
  agency_.run(
      "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n+1 FROM c WHERE n<500) "
      "INSERT INTO seen SELECT n, hex(zeroblob(500)) FROM c");
  const auto to = inbox();
  agency_.run("CREATE TRIGGER see AFTER INSERT ON inbox BEGIN UPDATE seen SET at=at||'.'; END");

  const TempFolder elsewhere;
  sqlite3_temp_directory = sqlite3_mprintf("%s", elsewhere.file("").c_str());
  const int watch = ::inotify_init1(IN_NONBLOCK);
  ASSERT_GE(::inotify_add_watch(watch, elsewhere.file("").c_str(), IN_CREATE), 0);
  EXPECT_THAT(send(*to, {{"i1"}, {"i2"}}), ElementsAre("", ""));
  std::array<char, 4096> told{};
  EXPECT_LT(::read(watch, told.data(), told.size()), 0) << "a temporary file was made";
  ::close(watch);
  sqlite3_free(sqlite3_temp_directory);
  sqlite3_temp_directory = nullptr;
}

TEST_F(SqliteWrite, statements_take_members_of_the_body_by_name) {
  const auto to = statements();
  EXPECT_THAT(send(*to,
                   {{.idempotency_key = "i1",
                     .body = R"({"at":"007","closed":true,"room":{"seats":12}})"}}),
              ElementsAre(""));
  EXPECT_THAT(agency_.ask("SELECT hearing_key||youth_id||starts||closed||seats FROM hearing"),
              ElementsAre("h1JJ-1007112"));
}

TEST_F(SqliteWrite, a_missing_or_null_member_is_null) {
  const auto to = statements();
  EXPECT_THAT(send(*to, {{.idempotency_key = "i1", .subject = "", .body = R"({"at":null})"}}),
              ElementsAre(""));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM hearing WHERE youth_id IS NULL AND starts IS NULL "
                          "AND closed IS NULL AND seats IS NULL"),
              ElementsAre("1"));
}

TEST_F(SqliteWrite, statements_run_once_for_a_repeat_and_not_for_an_older_version) {
  const auto to = statements();
  const Sent newer{.idempotency_key = "i2", .version = 2, .body = R"({"at":"new"})"};
  const Sent older{.idempotency_key = "i1", .version = 1, .body = R"({"at":"old"})"};
  EXPECT_THAT(send(*to, {newer, older, newer}), ElementsAre("", "", ""));
  EXPECT_THAT(agency_.ask("SELECT starts FROM hearing"), ElementsAre("new"));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM history"), ElementsAre("1"));
}

TEST_F(SqliteWrite, a_withdrawal_of_the_same_version_takes_effect_once) {
  const auto to = statements();
  const Sent withdrawn{.idempotency_key = "w1", .version = 1, .withdraw = true};
  EXPECT_THAT(send(*to, {{"i1"}, withdrawn, withdrawn}), ElementsAre("", "", ""));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM history"), ElementsAre("2"));
}

TEST_F(SqliteWrite, of_a_delivery_whose_second_statement_fails_nothing_remains) {
  agency_.run(kApplied);
  agency_.run(
      "CREATE TRIGGER full BEFORE INSERT ON history WHEN NEW.hearing_key = 'h2' "
      "BEGIN SELECT RAISE(ABORT, 'no'); END");
  const auto to = with(R"j("court_event":{"applied_table":"applied","statements":[
"INSERT INTO hearing (hearing_key) VALUES (:key)",
"INSERT INTO history (hearing_key) VALUES (:key)"]})j");
  Sent refused{"i2"};
  refused.key = "h2";
  const auto outcomes = send(*to, {{"i1"}, refused});
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0], "");
  EXPECT_NE(outcomes[1], "");
  EXPECT_EQ(errors_.at(0).place, "write.court_event.statements[1]");
  EXPECT_THAT(agency_.ask("SELECT hearing_key FROM hearing"), ElementsAre("h1"));
  EXPECT_THAT(agency_.ask("SELECT record_key FROM applied"), ElementsAre("h1"));
  agency_.run("DROP TRIGGER full");
  EXPECT_THAT(send(*to, {refused}), ElementsAre(""));
}

TEST_F(SqliteWrite, a_value_the_table_refuses_is_the_records_fault) {
  const auto to = statements();
  send(*to, {{.idempotency_key = "i1", .body = R"({"room":{"seats":4711}})"}});
  ASSERT_EQ(errors_.size(), 1u);
  EXPECT_EQ(errors_[0].error_class, sdk::ErrorClass::bad_record);
  EXPECT_THAT(text_of(errors_[0]), Not(HasSubstr("4711")));
}

TEST_F(SqliteWrite, a_type_without_an_entry_stops_only_itself) {
  const auto to = statements();
  EXPECT_THAT(send(*to, {{"i1"}, {.idempotency_key = "i2", .type = "unknown"}}),
              ElementsAre("", "WRITE_NOT_CONFIGURED"));
}

TEST_F(SqliteWrite, a_locked_database_fails_the_call_and_writes_nothing) {
  const auto to = inbox();
  agency_.run("BEGIN IMMEDIATE");
  const sdk::Delivery delivery{false, "i1", "t", "k", 1, "s", "{}"};
  const auto outcomes = to->write(std::span(&delivery, 1), call_.call());
  ASSERT_FALSE(outcomes);
  EXPECT_EQ(outcomes.error().error_class, sdk::ErrorClass::retry);
  agency_.run("COMMIT");
  EXPECT_TRUE(to->write(std::span(&delivery, 1), call_.call()));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM inbox"), ElementsAre("1"));
}

TEST_F(SqliteWrite, check_tries_the_statements_without_running_them) {
  EXPECT_TRUE(inbox()->check(call_.call()));
  EXPECT_TRUE(statements()->check(call_.call()));
  EXPECT_THAT(agency_.ask("SELECT key FROM (SELECT record_key AS key FROM inbox UNION ALL SELECT "
                          "hearing_key FROM hearing)"),
              IsEmpty());
}

TEST_F(SqliteWrite, check_names_what_an_inbox_lacks) {
  agency_.run(
      "CREATE TABLE inbox (idempotency_key TEXT, record_type TEXT, record_key TEXT, "
      "version INTEGER, subject TEXT, operation TEXT, body TEXT)");
  const auto no_unique = with(R"("court_event":{"inbox":"inbox"})")->check(call_.call());
  ASSERT_FALSE(no_unique);
  EXPECT_EQ(no_unique.error().place, "write.court_event");
  EXPECT_THAT(no_unique.error().cause, HasSubstr("UNIQUE"));
  const auto no_table = with(R"("court_event":{"inbox":"nowhere"})")->check(call_.call());
  ASSERT_FALSE(no_table);
  EXPECT_THAT(no_table.error().cause, HasSubstr("no such table: nowhere"));
}

TEST_F(SqliteWrite, check_names_an_unknown_parameter) {
  agency_.run(kApplied);
  const auto checked =
      with(
          R"("court_event":{"applied_table":"applied","statements":["DELETE FROM hearing WHERE hearing_key = :keey"]})")
          ->check(call_.call());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, "PARAMETER_UNKNOWN");
  EXPECT_EQ(checked.error().place, "write.court_event.statements[0]");
}

class SqliteObligations : public SqliteWrite {
 protected:
  std::string send_one(sdk::Connector& to) {
    sdk::Delivery delivery;
    delivery.idempotency_key = "i1";
    delivery.type = "court_event";
    delivery.key = "h1";
    delivery.body = R"({"at":"2024-06-03"})";
    delivery.obligations = {{"notice_part2", "", "A notice."}, {"destroy_by", "", "By then."}};
    auto outcomes = to.write(std::span(&delivery, 1), call_.call());
    EXPECT_TRUE(outcomes);
    const auto& error = outcomes->at(0).error;
    return error ? error->code + ": " + error->next : "";
  }
};

TEST_F(SqliteObligations, stand_in_the_column_of_the_inbox_that_is_named_for_them) {
  agency_.run(kInbox);
  agency_.run("ALTER TABLE inbox ADD COLUMN along TEXT");
  const auto to = with(R"("*":{"inbox":"inbox","obligations_column":"along"})");
  EXPECT_EQ(send_one(*to), "");
  EXPECT_THAT(agency_.ask("SELECT along FROM inbox"),
              ElementsAre("notice_part2: A notice.\ndestroy_by: By then."));
  EXPECT_THAT(send(*to, {{.idempotency_key = "i2", .key = "h2"}}), ElementsAre(""));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM inbox WHERE along IS NULL"), ElementsAre("1"));
}

TEST_F(SqliteObligations, are_a_parameter_of_a_statement) {
  agency_.run(kApplied);
  const auto to = with(
      R"j("court_event":{"applied_table":"applied","statements":["INSERT INTO hearing (hearing_key, youth_id) VALUES (:key, :obligations)"]})j");
  EXPECT_TRUE(to->check(call_.call()));
  EXPECT_EQ(send_one(*to), "");
  EXPECT_THAT(agency_.ask("SELECT youth_id FROM hearing"),
              ElementsAre("notice_part2: A notice.\ndestroy_by: By then."));
}

TEST_F(SqliteObligations, keep_a_record_out_that_has_no_place_for_them) {
  for (const bool by_inbox : {true, false}) {
    const auto to = by_inbox ? inbox() : statements();
    EXPECT_THAT(send_one(*to), HasSubstr("OBLIGATIONS_NO_PLACE: name one: obligations_column"));
  }
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM inbox"), ElementsAre("0"));
  EXPECT_THAT(agency_.ask("SELECT count(*) FROM hearing"), ElementsAre("0"));
}

TEST_F(SqliteObligations, need_a_column_that_is_there) {
  agency_.run(kInbox);
  const auto checked =
      with(R"("*":{"inbox":"inbox","obligations_column":"along"})")->check(call_.call());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().error_class, sdk::ErrorClass::config);
}

}  // namespace
}  // namespace concord::juvenile_justice
