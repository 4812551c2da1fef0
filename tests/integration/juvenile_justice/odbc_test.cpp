// ODBC against PostgreSQL, where this build has ODBC and PostgreSQL's driver is installed (Debian:
// unixodbc-dev, odbc-postgresql; another place by CONCORD_TEST_ODBC_DRIVER).
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/integration/juvenile_justice/postgres.hpp"
#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string driver() {
  const char* given = std::getenv("CONCORD_TEST_ODBC_DRIVER");
  return given != nullptr ? given : "/usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so";
}

class Odbc : public testing::Test {
 protected:
  void SetUp() override {
#ifndef CONCORD_ODBC
    GTEST_SKIP() << "skipped: this build has no ODBC";
#endif
    if (!std::filesystem::exists(driver()) || !Postgres::is_installed())
      GTEST_SKIP() << "skipped: no ODBC driver for PostgreSQL, or no PostgreSQL";
    server_ = std::make_unique<Postgres>();
    server_->run(R"(GRANT USAGE ON SCHEMA public TO hub;
      CREATE TABLE youth (youth_id text PRIMARY KEY, sealed integer, weight double precision,
        notes text, changed text, at timestamptz DEFAULT now());
      CREATE TABLE inbox (idempotency_key text PRIMARY KEY, record_type text, record_key text,
        version bigint, subject text, operation text, body text CHECK (body NOT LIKE '%poison%'));
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO hub;)");
  }
  [[nodiscard]] std::unique_ptr<sdk::Connector> system(const std::string& changed = "changed",
                                                       const std::string& password = "hub-secret",
                                                       const std::string& table = "youth") const {
    return connector(R"({"database":{"kind":"odbc","connection":"DRIVER=)" + driver() +
                     ";SERVER=127.0.0.1;DATABASE=jj;PORT=" + std::to_string(server_->port()) +
                     R"(","user":"hub","password":")" + password +
                     R"("},"read":{"youth":{"select":"SELECT * FROM )" + table +
                     R"(","key_column":"youth_id","changed_column":")" + changed +
                     R"("}},"write":{"*":{"inbox":"inbox"}}})");
  }
  std::unique_ptr<Postgres> server_;
  TestCall call_;
};

TEST_F(Odbc, reads_pages_writes_once_and_tells_faults_by_their_class) {
  server_->run(
      "INSERT INTO youth SELECT lpad(i::text, 5, '0'), 1, 1.5, NULL, '2024-05-0' || (1 + i / 40) "
      "FROM generate_series(1, 100) i");
  const auto hub = system();
  EXPECT_TRUE(hub->check(call_.call()));
  const auto records = read_all(*hub, "youth", 7);
  std::set<std::string> keys;
  for (const auto& record : records) keys.insert(record.key);
  ASSERT_EQ(records.size(), 100u);
  EXPECT_EQ(keys.size(), 100u);
  EXPECT_THAT(records[0].body,
              HasSubstr(R"("youth_id":"00001","sealed":1,"weight":1.5,"notes":null)"));

  const std::vector<sdk::Delivery> deliveries{{false, "i2", "t", "k", 2, "", "{}"},
                                              {false, "i1", "t", "k", 1, "s", "{}"},
                                              {false, "i3", "t", "p", 1, "s", "poison"},
                                              {false, "i2", "t", "k", 2, "", "{}"},
                                              {false, "i4", "t", "q", 1, "s", "{}"}};
  const auto outcomes = hub->write(deliveries, call_.call());
  ASSERT_TRUE(outcomes) << text_of(outcomes.error());
  for (size_t i = 0; i < outcomes->size(); ++i) {
    const auto& error = outcomes->at(i).error;
    EXPECT_EQ(error.has_value(), i == 2) << i << (error ? text_of(*error) : "");
  }
  EXPECT_EQ(outcomes->at(2).error->error_class, sdk::ErrorClass::bad_record);
  EXPECT_THAT(text_of(*outcomes->at(2).error), Not(HasSubstr("poison")));
  EXPECT_THAT(server_->ask("SELECT idempotency_key FROM inbox ORDER BY 1"),
              ElementsAre("i2", "i4"));

  const auto by_timestamp = system("at")->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(by_timestamp);
  EXPECT_EQ(by_timestamp.error().code, "CHANGE_TYPE");
  const auto no_table = system("changed", "hub-secret", "nowhere")->check(call_.call());
  ASSERT_FALSE(no_table);
  EXPECT_EQ(no_table.error().error_class, sdk::ErrorClass::config);
  const auto wrong = system("changed", "wrong-secret")->check(call_.call());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().error_class, sdk::ErrorClass::auth) << text_of(wrong.error());
  EXPECT_THAT(text_of(wrong.error()), Not(HasSubstr("wrong-secret")));
  server_->stop();
  const auto away = hub->read("youth", {}, {}, call_.call());
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().error_class, sdk::ErrorClass::retry) << text_of(away.error());
}

}  // namespace
}  // namespace concord::juvenile_justice
