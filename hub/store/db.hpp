// SQLite, thinly: a connection with cached prepared statements, and rows by column.
// Threads: one connection belongs to one thread at a time.
// Errors:  Fault, thrown at the call into SQLite and caught once, in the writer or reader.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "hub/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace concord::store {

// What SQLite said. Never leaves this room.
struct Fault {
  int code = 0;
  std::string text;
};
// Disk full, I/O and locks pass; corruption does not.
base::Error to_error(const Fault& fault, std::string_view place);

// A prepared statement in use; reset when it goes.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  Query& bind(int64_t value);
  Query& bind(int value) { return bind(static_cast<int64_t>(value)); }
  Query& bind(std::string_view text);  // must outlive the query
  Query& bind_blob(std::string_view bytes);
  Query& bind(std::optional<int64_t> value);
  bool step();  // is there a row?
  void run();   // to its end

  [[nodiscard]] int64_t integer(int column) const;
  [[nodiscard]] std::optional<int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  // until the next step
  [[nodiscard]] std::string_view blob(int column) const;

 private:
  sqlite3_stmt* statement_;
  int next_ = 1;
};

inline constexpr int kBusyPatienceMs = 5000;  // how long another process may hold the store

class Db {
 public:
  // Opens or creates. writable: WAL and synchronous=FULL are set and checked.
  static base::Result<std::unique_ptr<Db>> open(const std::string& path, bool writable);
  Db(const Db&) = delete;
  Db& operator=(const Db&) = delete;
  ~Db();

  // sql must be a literal or outlive the connection: it is the cache's key by content.
  Query query(std::string_view sql);
  void exec(const char* sql);
  // False again where SQLite has given a transaction up by itself, as it does when the disk is
  // full.
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] int64_t changes() const;
  [[nodiscard]] sqlite3* raw() { return db_; }

 private:
  explicit Db(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

}  // namespace concord::store
