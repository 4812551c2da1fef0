// The connector against a real PostgreSQL.
#include "tests/integration/juvenile_justice/with_postgres.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(WithPostgres, gives_rows_by_column_name_and_keeps_zeros_nulls_and_types) {
  server_->run(
      "INSERT INTO youth VALUES ('00042','2009-03-14',true,61.50,NULL,'2024-05-01 "
      "12:00:00.123456+02')");
  const auto batch = youth()->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(batch) << text_of(batch.error());
  ASSERT_EQ(batch->records.size(), 1u);
  EXPECT_EQ(batch->records[0].key, "00042");
  EXPECT_EQ(batch->records[0].changed_at_us, 1714557600123456);
  EXPECT_EQ(batch->records[0].body,
            R"({"youth_id":"00042","birth_date":"2009-03-14","sealed":true,"weight":61.50,)"
            R"("notes":null,"changed_at":"2024-05-01T10:00:00.123456+00:00"})");
}

TEST_F(WithPostgres, skips_no_row_of_thousands_changed_at_the_same_instant) {
  server_->run(
      "INSERT INTO youth SELECT lpad(i::text, 6, '0'), NULL, false, NULL, 'x', "
      "timestamptz '2024-05-01 10:00:00.000001+00' + (i / 1500) * interval '1 microsecond' "
      "FROM generate_series(1, 4000) i");
  for (const uint32_t page : {7u, 100u, 1500u, 4000u}) {
    const auto connector = youth();
    std::string checkpoint;
    const auto records = read_all(*connector, "youth", page, &checkpoint);
    std::set<std::string> keys;
    for (const auto& record : records) keys.insert(record.key);
    EXPECT_EQ(records.size(), 4000u) << page;
    EXPECT_EQ(keys.size(), 4000u) << page;
    // A later change of one of them is read, and it alone.
    server_->run("UPDATE youth SET changed_at = now() WHERE youth_id = '000007'");
    const auto changed = read_all(*connector, "youth", page, &checkpoint);
    ASSERT_EQ(changed.size(), 1u) << page;
    EXPECT_EQ(changed[0].key, "000007");
    server_->run(
        "UPDATE youth SET changed_at = '2024-05-01 10:00:00.000001+00' WHERE youth_id = '000007'");
  }
}

TEST_F(WithPostgres, prunes_the_outbox_on_ack_and_not_before) {
  server_->run(
      "INSERT INTO outbox (record_key, operation) SELECT 'k' || i, 'update' FROM "
      "generate_series(1, 250) i");
  const auto connector = outbox();
  std::string checkpoint;
  for (const size_t left : {250u, 250u, 250u}) {
    const auto batch = connector->read("youth", checkpoint, {100, 1u << 20}, call_.call());
    ASSERT_TRUE(batch) << text_of(batch.error());
    checkpoint = batch->checkpoint;
    EXPECT_THAT(server_->ask("SELECT count(*) FROM outbox"), ElementsAre(std::to_string(left)));
  }
  server_->run("INSERT INTO outbox (record_key, operation) VALUES ('late', 'delete')");
  ASSERT_TRUE(connector->ack("youth", checkpoint, call_.call()));
  EXPECT_THAT(server_->ask("SELECT record_key FROM outbox"), ElementsAre("late"));
  const auto last = connector->read("youth", checkpoint, {}, call_.call());
  ASSERT_TRUE(last);
  ASSERT_THAT(keys_of(*last), ElementsAre("late"));
  EXPECT_TRUE(last->records[0].deleted);
}

TEST_F(WithPostgres, a_row_of_a_transaction_that_commits_late_is_read_and_not_pruned_unread) {
  // One takes number 1 and commits after number 2 was read and acknowledged.
  server_->run("CREATE TABLE held (n int)");
  PGconn* slow = PQconnectdb(("host=127.0.0.1 user=hub password=hub-secret dbname=jj port=" +
                              std::to_string(server_->port()))
                                 .c_str());
  server_->run("GRANT USAGE ON SEQUENCE outbox_seq_seq TO hub");
  PQclear(PQexec(slow, "BEGIN"));
  PQclear(PQexec(slow, "INSERT INTO outbox (record_key) VALUES ('early number, late commit')"));
  server_->run("INSERT INTO outbox (record_key) VALUES ('second')");
  const auto connector = outbox();
  const auto first = connector->read("youth", {}, {}, call_.call());
  ASSERT_TRUE(first);
  EXPECT_THAT(keys_of(*first), ElementsAre("second"));
  PQclear(PQexec(slow, "COMMIT"));
  PQfinish(slow);
  ASSERT_TRUE(connector->ack("youth", first->checkpoint, call_.call()));
  const auto second = connector->read("youth", first->checkpoint, {}, call_.call());
  ASSERT_TRUE(second);
  EXPECT_THAT(keys_of(*second), ElementsAre("early number, late commit"));
}

TEST_F(WithPostgres, a_delivery_has_one_effect_however_often_and_in_whatever_order_it_comes) {
  const auto to = inbox();
  const sdk::Delivery v1{false, "i1", "court_event", "h1", 1, "JJ-1", R"({"a":1})"};
  const sdk::Delivery v3{false, "i3", "court_event", "h1", 3, "", R"({"a":3})"};
  EXPECT_THAT(send(*to, {v3, v1, v3}), ElementsAre("", "", ""));
  EXPECT_THAT(send(*inbox(), {v3, v1}), ElementsAre("", ""));
  EXPECT_THAT(server_->ask("SELECT idempotency_key || coalesce(subject, '-') FROM inbox"),
              ElementsAre("i3-"));
}

TEST_F(WithPostgres, a_poison_record_fails_alone_among_three_hundred) {
  const auto to = inbox();
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) texts.push_back("k" + std::to_string(i));
  std::vector<sdk::Delivery> deliveries;
  for (size_t i = 0; i < texts.size(); ++i) {
    deliveries.push_back({false,
                          texts[i],
                          "court_event",
                          texts[i],
                          1,
                          "JJ-1",
                          i % 100 == 50 ? R"({"poison":"Testfamily"})" : "{}"});
  }
  const auto outcomes = send(*to, deliveries);
  ASSERT_EQ(outcomes.size(), 300u);
  for (size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(outcomes[i], i % 100 == 50 ? "SQLSTATE_23514" : "") << i;
  EXPECT_THAT(server_->ask("SELECT count(*) FROM inbox"), ElementsAre("297"));
}

TEST_F(WithPostgres, statements_take_typed_values_and_a_stale_version_does_not_overwrite) {
  const auto to = statements();
  const sdk::Delivery newer{false,
                            "i2",
                            "court_event",
                            "h1",
                            2,
                            "JJ-1",
                            R"({"at":"2024-06-03T09:00:00Z","closed":true,"seats":12})"};
  const sdk::Delivery older{false,
                            "i1",
                            "court_event",
                            "h1",
                            1,
                            "JJ-1",
                            R"({"at":"2023-01-01T00:00:00Z","closed":null,"seats":3})"};
  const sdk::Delivery bad_time{
      false, "i3", "court_event", "h2", 1, "JJ-2", R"({"at":"Testfamily"})"};
  EXPECT_THAT(send(*to, {newer, older, bad_time, newer}),
              ElementsAre("", "", "SQLSTATE_22007", ""));
  EXPECT_THAT(server_->ask("SELECT hearing_key || youth_id || seats || closed FROM hearing"),
              ElementsAre("h1JJ-112true"));
}

TEST_F(WithPostgres, check_passes_on_what_works_and_leaves_no_trace) {
  for (const auto& connector : {youth(), outbox(), inbox(), statements()}) {
    const auto checked = connector->check(call_.call());
    EXPECT_TRUE(checked) << text_of(checked.error());
  }
  EXPECT_THAT(server_->ask("SELECT count(*) FROM inbox"), ElementsAre("0"));
}

TEST_F(WithPostgres, check_names_what_is_missing_by_its_statement) {
  server_->run("ALTER TABLE inbox DROP CONSTRAINT inbox_pkey");
  const auto no_unique = inbox()->check(call_.call());
  ASSERT_FALSE(no_unique);
  EXPECT_EQ(no_unique.error().error_class, sdk::ErrorClass::config);
  EXPECT_EQ(no_unique.error().place, "write.*");
  const auto no_table = youth("SELECT * FROM youthful")->check(call_.call());
  ASSERT_FALSE(no_table);
  EXPECT_EQ(no_table.error().place, "read.youth.select");
  EXPECT_THAT(no_table.error().cause, HasSubstr("\"youthful\" does not exist"));
  server_->run("REVOKE SELECT ON youth FROM hub");
  const auto no_right = youth()->check(call_.call());
  ASSERT_FALSE(no_right);
  EXPECT_EQ(no_right.error().code, "SQLSTATE_42501");
}

TEST_F(WithPostgres, tells_a_wrong_password_from_a_wrong_database_from_a_server_that_is_away) {
  const auto password =
      system(R"("write":{"*":{"inbox":"inbox"}})", "wrong-secret")->check(call_.call());
  ASSERT_FALSE(password);
  EXPECT_EQ(password.error().error_class, sdk::ErrorClass::auth);
  EXPECT_THAT(text_of(password.error()), Not(HasSubstr("wrong-secret")));
  const auto empty = system(R"("write":{"*":{"inbox":"inbox"}})", "")->check(call_.call());
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().error_class, sdk::ErrorClass::auth);
  const auto database =
      system(R"("write":{"*":{"inbox":"inbox"}})", "hub-secret", "nowhere")->check(call_.call());
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().error_class, sdk::ErrorClass::config);
  server_->stop();
  const auto away = inbox()->check(call_.call());
  server_->start();
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().error_class, sdk::ErrorClass::retry);
  EXPECT_THAT(text_of(away.error()), Not(HasSubstr("hub-secret")));
}

TEST_F(WithPostgres, takes_a_password_with_quotes_and_backslashes) {
  server_->run(R"(ALTER ROLE hub PASSWORD 'a''b\c=d')");
  const auto checked =
      system(R"("write":{"*":{"inbox":"inbox"}})", R"(a'b\\c=d)")->check(call_.call());
  server_->run("ALTER ROLE hub PASSWORD 'hub-secret'");
  EXPECT_TRUE(checked) << text_of(checked.error());
}

TEST_F(WithPostgres, loses_and_repeats_nothing_when_the_server_restarts_in_the_middle) {
  server_->run(
      "INSERT INTO youth SELECT lpad(i::text, 6, '0'), NULL, false, NULL, 'x', "
      "timestamptz '2024-05-01 10:00:00+00' + i / 50 * interval '1 second' FROM generate_series(1, "
      "1000) i");
  const auto connector = youth();
  std::vector<std::string> keys;
  std::string checkpoint;
  int failures = 0;
  for (int pages = 0; keys.size() < 1000 && failures < 50; ++pages) {
    if (pages == 5) server_->stop();
    const auto batch = connector->read("youth", checkpoint, {70, 1u << 20}, call_.call());
    if (!batch) {
      EXPECT_EQ(batch.error().error_class, sdk::ErrorClass::retry) << text_of(batch.error());
      ++failures;
      if (!server_->is_running()) server_->start();
      continue;
    }
    for (const auto& record : batch->records) keys.push_back(record.key);
    checkpoint = batch->checkpoint;
  }
  EXPECT_GE(failures, 1);
  EXPECT_EQ(keys.size(), 1000u);
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 1000u);
}

TEST_F(WithPostgres, a_restart_between_two_writes_is_not_even_noticed) {
  const auto to = inbox();
  const sdk::Delivery one{false, "i1", "t", "k1", 1, "", "{}"};
  const sdk::Delivery two{false, "i2", "t", "k2", 1, "", "{}"};
  EXPECT_THAT(send(*to, {one}), ElementsAre(""));
  server_->stop();
  server_->start();
  EXPECT_THAT(send(*to, {two}), ElementsAre(""));
  EXPECT_THAT(server_->ask("SELECT count(*) FROM inbox"), ElementsAre("2"));
}

TEST_F(WithPostgres, a_session_ended_in_the_middle_of_a_write_leaves_nothing_behind) {
  server_->run(
      "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
      "'BEGIN IF NEW.record_key = ''k5'' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END "
      "IF; "
      "RETURN NEW; END'; CREATE TRIGGER cut BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION "
      "cut()");
  const auto to = inbox();
  std::vector<std::string> keys;
  for (int i = 0; i < 10; ++i) keys.push_back("k" + std::to_string(i));
  std::vector<sdk::Delivery> deliveries;
  for (const std::string& key : keys) deliveries.push_back({false, key, "t", key, 1, "", "{}"});
  const auto broken = to->write(deliveries, call_.call());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().error_class, sdk::ErrorClass::retry);
  EXPECT_THAT(server_->ask("SELECT count(*) FROM inbox"), ElementsAre("0"));
  server_->run("DROP TRIGGER cut ON inbox");
  EXPECT_THAT(send(*to, deliveries), testing::Each(""));
  EXPECT_THAT(server_->ask("SELECT count(*) FROM inbox"), ElementsAre("10"));
}

TEST_F(WithPostgres, a_server_that_does_not_answer_holds_no_call_beyond_its_deadline) {
  server_->run("INSERT INTO youth (youth_id, changed_at) VALUES ('1', now())");
  const auto connector = youth();
  ASSERT_TRUE(connector->read("youth", {}, {}, call_.call()));
  server_->freeze();
  const TestCall hurried(std::chrono::milliseconds(1500));
  const auto started = std::chrono::steady_clock::now();
  const auto batch = connector->read("youth", {}, {}, hurried.call());
  const auto took = std::chrono::steady_clock::now() - started;
  server_->thaw();
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().error_class, sdk::ErrorClass::retry);
  EXPECT_LT(took, std::chrono::milliseconds(3000));
  EXPECT_TRUE(connector->read("youth", {}, {}, call_.call()));
}

TEST_F(WithPostgres, writes_and_reads_thousands_a_second) {
  const auto to = inbox();
  std::vector<std::string> keys;
  for (int i = 0; i < 2000; ++i) keys.push_back("k" + std::to_string(i));
  const auto started = std::chrono::steady_clock::now();
  for (size_t from = 0; from < keys.size(); from += 500) {
    std::vector<sdk::Delivery> page;
    for (size_t i = from; i < from + 500; ++i)
      page.push_back({false, keys[i], "t", keys[i], 1, "JJ-1", R"({"at":"2024-06-03"})"});
    EXPECT_THAT(send(*to, page), testing::Each(""));
  }
  const std::chrono::duration<double> writing = std::chrono::steady_clock::now() - started;
  std::printf("[          ] inbox: %.0f deliveries/s\n", 2000 / writing.count());
  EXPECT_LT(writing.count(), 20);
}

}  // namespace
}  // namespace concord::juvenile_justice
