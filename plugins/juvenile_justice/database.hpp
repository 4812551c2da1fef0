// One session with an agency's database, over Poco::Data.
//
// Threads: one at a time, except interrupt(), which any thread may call to end what is running.
// Owns:    the connection. After an error of class retry it may be lost: ask usable().
// Errors:  place = the caller's; cause = the database's code and what it stands for, with the
//          database's own words only where those can but repeat the configured SQL. Never a value,
//          never a connection string.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "juvenile_justice/config.hpp"
#include "juvenile_justice/sql_text.hpp"

namespace concord::juvenile_justice {

using SqlValue = std::optional<std::string>;  // as text; none: NULL
using SqlRow = std::vector<SqlValue>;

class Database {
 public:
  virtual ~Database() = default;
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] virtual Dialect dialect() const = 0;

  // Still the same live connection to the same database? Cheap; asked before each call.
  [[nodiscard]] virtual bool usable() = 0;

  // The names of the columns that a select gives.
  virtual sdk::Result<std::vector<std::string>> columns(const std::string& place,
                                                        const std::string& select) = 0;
  // All rows; column_count columns, each of a text type.
  virtual sdk::Result<std::vector<SqlRow>> query(const std::string& place,
                                                 const std::string& sql,
                                                 std::span<const std::string> values,
                                                 size_t column_count) = 0;
  // A page of records as changed_page_sql() and outbox_page_sql() tell it: six columns a row.
  virtual sdk::Result<std::vector<SqlRow>> page(const ReadConfig& read,
                                                const std::string& sql,
                                                std::span<const std::string> values) {
    return query("read." + read.type + ".select", sql, values, 6);
  }
  // Rows affected. The statement stays prepared for the life of the session.
  virtual sdk::Result<size_t> execute(const std::string& place,
                                      const std::string& sql,
                                      std::span<const SqlValue> values) = 0;
  // A statement without parameters and rows: BEGIN, SAVEPOINT.
  virtual sdk::Status run(const std::string& place, const std::string& sql) = 0;

  virtual void interrupt() = 0;
};

// connect_timeout is cut to what is left of the call.
sdk::Result<std::unique_ptr<Database>> open_database(const DatabaseConfig& config,
                                                     std::chrono::milliseconds left);

// One of the kinds below; null where this build has none.
sdk::Result<std::unique_ptr<Database>> open_sqlite(const DatabaseConfig& config,
                                                   std::chrono::milliseconds left);
sdk::Result<std::unique_ptr<Database>> open_postgresql(const DatabaseConfig& config,
                                                       std::chrono::milliseconds left);
sdk::Result<std::unique_ptr<Database>> open_odbc(const DatabaseConfig& config,
                                                 std::chrono::milliseconds left);

// Opens on first use, keeps while usable, opens again when not.
class Session {
 public:
  explicit Session(const DatabaseConfig& config) : config_(config) {}
  // Lends until the next get() or drop().
  sdk::Result<Database*> get(std::chrono::milliseconds left);
  void drop() { database_.reset(); }

 private:
  const DatabaseConfig& config_;
  std::unique_ptr<Database> database_;
};

}  // namespace concord::juvenile_justice
