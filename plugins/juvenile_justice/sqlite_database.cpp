// SQLite: a file. It is never created, and where the file behind the path is another one than when
// it was opened (restored, replaced, taken away), the session counts as lost.
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Exception.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdio>
#include <map>
#include <memory>

#include "juvenile_justice/poco_database.hpp"

namespace concord::juvenile_justice {

namespace {

using sdk::Error;
using sdk::ErrorClass;

struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};
std::optional<FileId> file_id(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  return FileId{found.st_dev, found.st_ino};
}

// As a URI, so that a missing file is an error and not an empty database.
std::string uri(const std::string& file) {
  std::string out = "file:";
  for (const char c : file) {
    if (c == '%' || c == '?' || c == '#') {
      char escaped[4];
      std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + "?mode=rw";
}

struct Verdict {
  ErrorClass error_class;
  const char* cause;
  const char* next;
};

Verdict verdict(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorClass::retry, "the database is locked", "nothing; it is tried again"};
    case SQLITE_INTERRUPT:
      return {ErrorClass::retry, "ended at the call's deadline", "read fewer records at once"};
    case SQLITE_FULL:
      return {ErrorClass::retry, "the disk is full", "free space at the agency"};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      return {ErrorClass::retry, "the file cannot be read or written", "see to the file's disk"};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
      return {ErrorClass::bad_record,
              "the database refuses the values",
              "see the table's constraints, then the mapping"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorClass::config, "the file may not be written", "give the hub's user the right"};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {
          ErrorClass::config, "the file is damaged or no database", "restore it, or name another"};
    default:
      return {ErrorClass::config, "the statement does not run", "mend the statement"};
  }
}

// Only words that come from the configured SQL or the table's definition, never from a row.
bool speaks_of_sql(std::string_view message) {
  for (const char* start :
       {"no such ", "near \"", "ambiguous column", "ON CONFLICT clause", "table "}) {
    if (message.starts_with(start)) return true;
  }
  return false;
}

class SqliteDatabase final : public PocoDatabase {
 public:
  SqliteDatabase(Poco::Data::Session session, std::string file, FileId id)
      : PocoDatabase(std::move(session)),
        file_(std::move(file)),
        id_(id),
        handle_(Poco::Data::SQLite::Utility::dbHandle(session_)) {
    // A runner may open nothing beside the agency's folder: what a statement would put aside in a
    // temporary file stays in memory.
    sqlite3_exec(handle_, "PRAGMA temp_store=MEMORY", nullptr, nullptr, nullptr);
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }
  [[nodiscard]] bool usable() override { return file_id(file_) == id_; }
  void interrupt() override { sqlite3_interrupt(handle_); }
  // Without Poco, which prepares anew each time: that cost more than what is done.
  sdk::Result<size_t> execute(const std::string& place,
                              const std::string& sql,
                              std::span<const SqlValue> values) override;
  sdk::Status run(const std::string& place, const std::string& sql) override {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK)
      return sdk::Done{};
    return fault(place, "");
  }

  void set_lock_timeout(std::chrono::milliseconds timeout) {
    sqlite3_busy_timeout(handle_, static_cast<int>(timeout.count()));
  }

 protected:
  Error fault(const std::string& place, const std::string&) override {
    const int code = sqlite3_extended_errcode(handle_);
    const Verdict v = verdict(code);
    std::string cause = v.cause;
    const std::string_view message = sqlite3_errmsg(handle_);
    if (v.error_class == ErrorClass::config && speaks_of_sql(message))
      cause.append(": ").append(message);
    return {v.error_class, "SQLITE_" + std::to_string(code), place, cause, v.next};
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  std::string file_;
  FileId id_;
  sqlite3* handle_;
  std::map<std::string, Statement> statements_;  // end before the session
};

sdk::Result<size_t> SqliteDatabase::execute(const std::string& place,
                                            const std::string& sql,
                                            std::span<const SqlValue> values) {
  Statement& kept = statements_[sql];
  if (kept == nullptr) {
    sqlite3_stmt* made = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, &rest) !=
        SQLITE_OK)
      return fault(place, "");
    kept.reset(made);
    // More than one statement in a text: as Poco has it.
    if (std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos)
      kept.reset();
  }
  if (kept == nullptr) return PocoDatabase::execute(place, sql, values);
  sqlite3_stmt* statement = kept.get();
  for (size_t i = 0; i < values.size(); ++i) {
    const int at = static_cast<int>(i) + 1;
    if (values[i]) {
      sqlite3_bind_text64(
          statement, at, values[i]->data(), values[i]->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else {
      sqlite3_bind_null(statement, at);
    }
  }
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement);
  if (code != SQLITE_DONE) {
    sdk::Error error = fault(place, "");
    sqlite3_reset(statement);
    return error;
  }
  const bool changes = sqlite3_stmt_readonly(statement) == 0;
  const auto affected = changes ? static_cast<size_t>(sqlite3_changes64(handle_)) : 0;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return affected;
}

}  // namespace

sdk::Result<std::unique_ptr<Database>> open_sqlite(const DatabaseConfig& config,
                                                   std::chrono::milliseconds left) {
  static const bool registered = (Poco::Data::SQLite::Connector::registerConnector(), true);
  (void)registered;
  const auto id = file_id(config.file);
  if (!id)
    return sdk::retry("DB_FILE_MISSING",
                      "database.file",
                      "there is no such file now",
                      "bring the agency's database back, or mend the path");
  try {
    auto database = std::make_unique<SqliteDatabase>(
        Poco::Data::Session("SQLite", uri(config.file)), config.file, *id);
    database->set_lock_timeout(std::min(config.lock_timeout, left));
    return std::unique_ptr<Database>(std::move(database));
  } catch (const Poco::Exception&) {
    return sdk::retry("DB_UNREACHABLE",
                      "database.file",
                      "the file cannot be opened",
                      "see to the file's permissions and disk");
  }
}

}  // namespace concord::juvenile_justice
