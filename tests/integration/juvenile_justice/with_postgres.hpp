// What the tests against PostgreSQL share: one server a suite, a fresh schema a test, and systems
// configured around it.
#pragma once

#include <gmock/gmock.h>

#include "tests/integration/juvenile_justice/postgres.hpp"
#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice::test {

inline constexpr const char* kSchema = R"(
  DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO hub;
  CREATE TABLE youth (youth_id text PRIMARY KEY, birth_date date, sealed boolean, weight numeric,
    notes text, changed_at timestamptz NOT NULL);
  CREATE TABLE outbox (seq bigserial PRIMARY KEY, record_key text, operation text);
  CREATE TABLE inbox (idempotency_key text PRIMARY KEY, record_type text NOT NULL, record_key text
    NOT NULL, version bigint NOT NULL, subject text, operation text NOT NULL, body jsonb
    CHECK (body->>'poison' IS NULL));
  CREATE TABLE applied (record_type text, record_key text, version bigint, idempotency_key text,
    PRIMARY KEY (record_type, record_key));
  CREATE TABLE hearing (hearing_key text PRIMARY KEY, youth_id text, starts timestamptz,
    closed boolean, seats integer CHECK (seats < 100));
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO hub;)";

class WithPostgres : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (Postgres::is_installed()) server_ = new Postgres();
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << "skipped: PostgreSQL 15 is not installed";
    server_->run(kSchema);
  }

  static std::unique_ptr<sdk::Connector> system(const std::string& rest,
                                                const std::string& password = "hub-secret",
                                                const std::string& database = "jj") {
    return connector("{" + server_->database(password, database) + "," + rest + "}");
  }
  static std::unique_ptr<sdk::Connector> youth(const std::string& select = "SELECT * FROM youth") {
    return system(R"("read":{"youth":{"select":")" + select +
                  R"(","key_column":"youth_id","changed_column":"changed_at"}})");
  }
  static std::unique_ptr<sdk::Connector> outbox() {
    return system(
        R"("read":{"youth":{"select":"SELECT o.seq, o.record_key, o.operation, y.birth_date FROM)"
        R"( outbox o LEFT JOIN youth y ON y.youth_id = o.record_key","key_column":"record_key",)"
        R"("deleted_column":"operation","outbox":{"table":"outbox","sequence_column":"seq"}}})");
  }
  static std::unique_ptr<sdk::Connector> inbox() {
    return system(R"("write":{"*":{"inbox":"inbox"}})");
  }
  static std::unique_ptr<sdk::Connector> statements() {
    return system(R"j("write":{"court_event":{"applied_table":"applied","statements":[
"INSERT INTO hearing VALUES (:key, :subject, :body.at::timestamptz, :body.closed, :body.seats) ON CONFLICT (hearing_key) DO UPDATE SET starts = excluded.starts, seats = excluded.seats"]}})j");
  }
  std::vector<std::string> send(sdk::Connector& to, const std::vector<sdk::Delivery>& deliveries) {
    auto outcomes = to.write(deliveries, call_.call());
    EXPECT_TRUE(outcomes) << (outcomes ? "" : text_of(outcomes.error()));
    std::vector<std::string> out;
    if (!outcomes) return out;
    for (const sdk::Outcome& outcome : *outcomes) {
      out.push_back(outcome.error ? outcome.error->code : "");
      EXPECT_THAT(outcome.error ? text_of(*outcome.error) : "",
                  testing::Not(testing::HasSubstr("Testfamily")));
    }
    return out;
  }

  static inline Postgres* server_ = nullptr;
  TestCall call_;
};

}  // namespace concord::juvenile_justice::test
