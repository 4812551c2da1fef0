#include "examples/simulators/juvenile_database.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <map>

namespace concord::sim {

namespace {

using sdk::Done;
using sdk::Result;
using sdk::Status;

sdk::Error fault(const std::string& cause) {
  return sdk::retry("SIM_DATABASE", "juvenile_justice", cause, "see that the database is there");
}

Status make(JuvenileDatabase& database, const std::vector<std::string>& schema) {
  if (auto begun = database.run("BEGIN"); !begun) return std::move(begun).error();
  for (const std::string& sql : schema) {
    auto made = database.run(sql);
    if (made) continue;
    (void)database.run("ROLLBACK");
    return std::move(made).error();
  }
  auto done = database.run("COMMIT");
  return done ? Status(Done{}) : Status(std::move(done).error());
}

class Sqlite final : public JuvenileDatabase {
 public:
  explicit Sqlite(sqlite3* handle) : handle_(handle) {}
  ~Sqlite() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  Result<std::vector<Row>> run(const std::string& sql, const Row& values) override {
    sqlite3_stmt*& statement = statements_[sql];
    if (statement == nullptr &&
        sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      return fault(sqlite3_errmsg(handle_));
    for (size_t i = 0; i < values.size(); ++i) {
      const int at = static_cast<int>(i) + 1;
      if (values[i]) {
        sqlite3_bind_text(statement,
                          at,
                          values[i]->data(),
                          static_cast<int>(values[i]->size()),
                          SQLITE_TRANSIENT);
      } else {
        sqlite3_bind_null(statement, at);
      }
    }
    std::vector<Row> rows;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      Row& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.push_back(text == nullptr ? Value() : Value(text));
      }
    }
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) return fault(sqlite3_errmsg(handle_));
    return rows;
  }

  Status make_schema() override {
    auto known = run("SELECT 1 FROM sqlite_master WHERE name = 'inbox'", {});
    if (!known) return std::move(known).error();
    return known->empty() ? make(*this, juvenile_schema_sqlite()) : Status(Done{});
  }

 private:
  sqlite3* handle_;
  std::map<std::string, sqlite3_stmt*> statements_;
};

class Postgresql final : public JuvenileDatabase {
 public:
  explicit Postgresql(PGconn* connection) : connection_(connection) {}
  ~Postgresql() override { PQfinish(connection_); }
  Postgresql(const Postgresql&) = delete;
  Postgresql& operator=(const Postgresql&) = delete;

  Result<std::vector<Row>> run(const std::string& sql, const Row& values) override {
    std::string numbered;
    size_t n = 0;
    for (const char c : sql) numbered += c == '?' ? "$" + std::to_string(++n) : std::string(1, c);
    std::vector<const char*> texts;
    for (const Value& value : values) texts.push_back(value ? value->c_str() : nullptr);
    PGresult* result = PQexecParams(connection_,
                                    n == 0 ? sql.c_str() : numbered.c_str(),
                                    static_cast<int>(texts.size()),
                                    nullptr,
                                    texts.data(),
                                    nullptr,
                                    nullptr,
                                    0);
    const ExecStatusType status = PQresultStatus(result);
    std::vector<Row> rows;
    for (int r = 0; r < PQntuples(result); ++r) {
      Row& row = rows.emplace_back();
      for (int c = 0; c < PQnfields(result); ++c)
        row.push_back(PQgetisnull(result, r, c) != 0 ? Value() : Value(PQgetvalue(result, r, c)));
    }
    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return rows;
    return fault(PQerrorMessage(connection_));
  }

  Status make_schema() override {
    auto known = run("SELECT 1 FROM information_schema.tables WHERE table_name = 'inbox'", {});
    if (!known) return std::move(known).error();
    return known->empty() ? make(*this, juvenile_schema_postgresql()) : Status(Done{});
  }

 private:
  PGconn* connection_;
};

}  // namespace

Result<std::unique_ptr<JuvenileDatabase>> JuvenileDatabase::sqlite(const std::string& file) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  auto database = std::make_unique<Sqlite>(handle);
  if (code != SQLITE_OK) return fault(sqlite3_errstr(code));
  sqlite3_busy_timeout(handle, 10000);
  for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL"}) {
    if (auto set = database->run(pragma, {}); !set) return std::move(set).error();
  }
  return std::unique_ptr<JuvenileDatabase>(std::move(database));
}

Result<std::unique_ptr<JuvenileDatabase>> JuvenileDatabase::postgresql(
    const std::string& conninfo) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  auto database = std::make_unique<Postgresql>(connection);
  if (PQstatus(connection) != CONNECTION_OK) return fault("no connection to PostgreSQL");
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  return std::unique_ptr<JuvenileDatabase>(std::move(database));
}

}  // namespace concord::sim
