#include "hub/store/db.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace concord::store {
namespace {

// SQLite calls a disk full only where a plain write says so; a quota, a limit on file sizes, or a
// full disk met in another call are to it faults like any other. Its own sqlite3_system_errno()
// knows nothing of what went wrong in a COMMIT, so errno is asked, cleared before the call.
int code_of(sqlite3* db) {
  const int why = errno;
  const int code = sqlite3_extended_errcode(db);
  if ((code & 0xff) != SQLITE_IOERR && (code & 0xff) != SQLITE_CANTOPEN) return code;
  return why == ENOSPC || why == EDQUOT || why == EFBIG ? SQLITE_FULL : code;
}

[[noreturn]] void fail(sqlite3* db) {
  throw Fault{code_of(db), sqlite3_errmsg(db)};
}

}  // namespace

base::Error to_error(const Fault& fault, std::string_view place) {
  const std::string where(place);
  switch (fault.code & 0xff) {
    case SQLITE_FULL:
      return base::retry_error("DISK_FULL",
                               where,
                               "the disk is full; nothing was changed",
                               "free space on the disk that holds the data folder");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
      return base::retry_error(
          "STORE_BUSY", where, "the store is in use by another process", "try again");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return base::retry_error(
          "STORE_IO", where, fault.text, "see the disk and its file permissions");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::fatal_error("STORE_DAMAGED", where, fault.text, "restore the last backup");
    default:
      return base::fatal_error("STORE_FAULT", where, fault.text, "report this with the log");
  }
}

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind(int64_t value) {
  if (sqlite3_bind_int64(statement_, next_++, value) != SQLITE_OK)
    fail(sqlite3_db_handle(statement_));
  return *this;
}
Query& Query::bind(std::optional<int64_t> value) {
  if (value) return bind(*value);
  if (sqlite3_bind_null(statement_, next_++) != SQLITE_OK) fail(sqlite3_db_handle(statement_));
  return *this;
}
Query& Query::bind(std::string_view text) {
  if (sqlite3_bind_text(statement_,
                        next_++,
                        text.data() == nullptr ? "" : text.data(),
                        static_cast<int>(text.size()),
                        SQLITE_STATIC) != SQLITE_OK)
    fail(sqlite3_db_handle(statement_));
  return *this;
}
Query& Query::bind_blob(std::string_view bytes) {
  if (sqlite3_bind_blob64(statement_,
                          next_++,
                          bytes.data() == nullptr ? "" : bytes.data(),
                          bytes.size(),
                          SQLITE_STATIC) != SQLITE_OK)
    fail(sqlite3_db_handle(statement_));
  return *this;
}
bool Query::step() {
  errno = 0;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_));
}
void Query::run() {
  while (step()) {
  }
}
int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
std::optional<int64_t> Query::maybe_integer(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}
std::string_view Query::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return bytes == nullptr
             ? std::string_view{}
             : std::string_view(bytes,
                                static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}
std::string_view Query::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes == nullptr
             ? std::string_view{}
             : std::string_view(bytes,
                                static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}

base::Result<std::unique_ptr<Db>> Db::open(const std::string& path, bool writable) {
  sqlite3* raw = nullptr;
  const int flags = (writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX;
  errno = 0;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  std::unique_ptr<Db> db(new Db(raw));
  if (opened != SQLITE_OK)
    return to_error(
        raw == nullptr ? Fault{opened, "out of memory"} : Fault{code_of(raw), sqlite3_errmsg(raw)},
        path);
  try {
    sqlite3_busy_timeout(raw, kBusyPatienceMs);
    db->exec("PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY;");
    // Most indices are in no order of time, so a commit touches pages all over them; what a reader
    // has kept is out of date with the next commit.
    db->exec(writable ? "PRAGMA cache_size=-64000" : "PRAGMA cache_size=-4000");
    if (writable) {
      db->exec(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; "
          "PRAGMA secure_delete=ON;");
      std::string mode;
      {
        Query query = db->query("PRAGMA journal_mode");
        if (query.step()) mode = query.text(0);
      }
      Query query = db->query("PRAGMA synchronous");
      if (!query.step() || query.integer(0) != 2 || mode != "wal")
        return base::config_error("STORE_NOT_DURABLE",
                                  path,
                                  "the disk does not allow WAL with synchronous=FULL",
                                  "put the data folder on a local disk");
    }
  } catch (const Fault& fault) {
    return to_error(fault, path);
  }
  return db;
}

Db::~Db() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

Query Db::query(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    errno = 0;
    if (sqlite3_prepare_v3(db_,
                           sql.data(),
                           static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT,
                           &statement,
                           nullptr) != SQLITE_OK)
      fail(db_);
    found = statements_.emplace(sql, statement).first;
  }
  return Query(found->second);
}

void Db::exec(const char* sql) {
  errno = 0;
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(db_);
}

bool Db::in_transaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

int64_t Db::changes() const {
  return sqlite3_changes64(db_);
}

}  // namespace concord::store
