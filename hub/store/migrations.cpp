#include "hub/store/migrations.hpp"

#include <sqlite3.h>

namespace concord::store {
namespace {

// Keys of people and records stand here only as keyed digests; content only sealed.
constexpr const char* kLayout1 = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE counters(system TEXT, name TEXT, n INTEGER NOT NULL, PRIMARY KEY(system, name)) WITHOUT ROWID;
CREATE TABLE checkpoints(system TEXT, type TEXT, checkpoint BLOB, at INTEGER, acked INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(system, type)) WITHOUT ROWID;
-- The journal: every record and reject that was ever taken in.
CREATE TABLE records(id INTEGER PRIMARY KEY, system TEXT, type TEXT, key BLOB, version TEXT, digest BLOB,
  changed_at INTEGER, read_at INTEGER, state INTEGER, reason TEXT, detail TEXT, owner INTEGER, owed INTEGER NOT NULL,
  person TEXT, waits_for BLOB, sealed BLOB);
CREATE UNIQUE INDEX records_key ON records(system, type, key, version);
CREATE INDEX records_open ON records(state, id) WHERE state IN (1, 2);
CREATE INDEX records_waiting ON records(waits_for) WHERE waits_for IS NOT NULL;
-- Every version of every entity.
CREATE TABLE entities(id TEXT, version INTEGER, type TEXT, system TEXT, key BLOB, person TEXT, record INTEGER,
  status INTEGER, digest BLOB, received_at INTEGER, sealed BLOB, PRIMARY KEY(id, version)) WITHOUT ROWID;
CREATE INDEX entities_key ON entities(system, type, key);
CREATE INDEX entities_person ON entities(person);
-- References on their way, and what became of them.
CREATE TABLE deliveries(id INTEGER PRIMARY KEY, record INTEGER, flow TEXT, system TEXT, person TEXT, entity TEXT,
  version INTEGER, outcome INTEGER, reason TEXT, detail TEXT, owner INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER, due_at INTEGER, ended_at INTEGER);
CREATE INDEX deliveries_open ON deliveries(system, id) WHERE outcome IN (0, 4);
CREATE INDEX deliveries_person ON deliveries(person);
CREATE INDEX deliveries_record ON deliveries(record);
CREATE TABLE decisions(delivery INTEGER, at INTEGER, at_send INTEGER, verdict INTEGER, reasons TEXT, rules TEXT);
CREATE INDEX decisions_delivery ON decisions(delivery);
CREATE TABLE people(person TEXT PRIMARY KEY, key BLOB, profile BLOB, created_at INTEGER) WITHOUT ROWID;
CREATE TABLE person_index(kind INTEGER, digest BLOB, person TEXT, PRIMARY KEY(kind, digest, person)) WITHOUT ROWID;
CREATE TABLE evidence(kind TEXT, id TEXT, sealed BLOB, at INTEGER, PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE runs(job TEXT PRIMARY KEY, due_at INTEGER, started_at INTEGER, ended_at INTEGER, records INTEGER,
  error TEXT, detail TEXT) WITHOUT ROWID;
)sql";

// When what is known of a person last changed.
constexpr const char* kLayout2 =
    "ALTER TABLE people ADD COLUMN learnt_at INTEGER NOT NULL DEFAULT 0";

// What a commit touches is what it costs: an index that nobody asks is gone, and those that only
// rare rows need hold only these. Documents are found by their ids, which rise with time.
constexpr const char* kLayout3 = R"sql(
DROP INDEX entities_person;
DROP INDEX deliveries_person;
CREATE INDEX deliveries_entity ON deliveries(entity);
CREATE INDEX deliveries_withheld ON deliveries(person) WHERE outcome=2;
DROP INDEX records_waiting;
CREATE INDEX records_waiting ON records(waits_for) WHERE state=2;
)sql";

// Deliveries that ask back what was delivered before, and what a person's recipients hold.
constexpr const char* kLayout4 = R"sql(
ALTER TABLE deliveries ADD COLUMN recall INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN attested_at INTEGER;
CREATE INDEX deliveries_recall ON deliveries(id) WHERE recall<>0;
CREATE INDEX deliveries_held ON deliveries(person) WHERE outcome=1 OR recall<>0;
DROP INDEX deliveries_withheld;
CREATE INDEX deliveries_withheld ON deliveries(person) WHERE outcome=2 OR recall<>0;
)sql";

// The audit: its leaves as they were hashed, and its signed heads. meta "audit tip" holds the tree.
constexpr const char* kLayout5 =
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, leaf BLOB NOT NULL);"
    "CREATE TABLE audit_heads(size INTEGER PRIMARY KEY, head TEXT NOT NULL)";

// What went along with a delivery, by its codes.
constexpr const char* kLayout6 =
    "ALTER TABLE decisions ADD COLUMN obligations TEXT NOT NULL DEFAULT ''";

constexpr const char* kLayouts[] = {kLayout1, kLayout2, kLayout3, kLayout4, kLayout5, kLayout6};
static_assert(std::size(kLayouts) == kLayoutVersion);

int layout_of(Db& db) {
  Query query = db.query("PRAGMA user_version");
  return query.step() ? static_cast<int>(query.integer(0)) : 0;
}

void back_up(Db& db, const std::string& to) {
  sqlite3* copy = nullptr;
  if (sqlite3_open(to.c_str(), &copy) != SQLITE_OK) {
    sqlite3_close(copy);
    throw Fault{SQLITE_CANTOPEN, "cannot write the backup " + to};
  }
  sqlite3_backup* backup = sqlite3_backup_init(copy, "main", db.raw(), "main");
  const int stepped = backup == nullptr ? SQLITE_ERROR : sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  sqlite3_close(copy);
  if (stepped != SQLITE_DONE) throw Fault{stepped, "the backup " + to + " failed"};
}

}  // namespace

base::Status check_layout(Db& db, const std::string& path, bool to_read) {
  try {
    const int have = layout_of(db);
    if (to_read && have < kLayoutVersion)
      return base::config_error(
          "STORE_OLDER",
          path,
          "layout " + std::to_string(have) + ", this hub reads " + std::to_string(kLayoutVersion),
          "start the hub once, it brings the store up to date: concord serve");
    if (have <= kLayoutVersion) return base::Done{};
    return base::config_error("STORE_NEWER",
                              path,
                              "layout " + std::to_string(have) + ", this hub knows up to " +
                                  std::to_string(kLayoutVersion),
                              "start the hub that wrote it, or a newer one; nothing was changed");
  } catch (const Fault& fault) {
    return to_error(fault, path);
  }
}

base::Status migrate(Db& db, const std::string& path) {
  try {
    const int have = layout_of(db);
    for (int version = have + 1; version <= kLayoutVersion; ++version) {
      if (have > 0) back_up(db, path + ".before-" + std::to_string(version));
      db.exec("BEGIN IMMEDIATE");
      db.exec(kLayouts[version - 1]);
      db.exec(("PRAGMA user_version=" + std::to_string(version)).c_str());
      db.exec("COMMIT");
    }
    return base::Done{};
  } catch (const Fault& fault) {
    return to_error(fault, path);
  }
}

}  // namespace concord::store
