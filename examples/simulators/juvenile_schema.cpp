// The agency's tables. In SQLite and PostgreSQL alike, but for numbers, JSON and triggers.
#include "examples/simulators/juvenile_database.hpp"

namespace concord::sim {

namespace {

struct Table {
  const char* name;
  const char* key;
  const char* columns;
};
constexpr Table kTables[] = {
    {"youth",
     "youth_id",
     "family_name TEXT, given_name TEXT, middle_name TEXT, birth_date TEXT, sex TEXT, state_id "
     "TEXT, "
     "state_id_assigner TEXT, street TEXT, city TEXT, state TEXT, zip TEXT, phone TEXT, "
     "guardian_family TEXT, guardian_given TEXT, status TEXT NOT NULL"},
    {"detention",
     "detention_id",
     "youth_id TEXT NOT NULL REFERENCES youth, booking_number TEXT NOT NULL, facility TEXT, "
     "admitted_at TEXT NOT NULL, released_at TEXT, released_to TEXT, reason TEXT"},
    {"charge",
     "charge_id",
     "youth_id TEXT NOT NULL REFERENCES youth, referral_id TEXT, statute TEXT, offense TEXT, "
     "offense_code TEXT, severity TEXT, counts INTEGER, filed_on TEXT, disposition TEXT, "
     "disposition_on TEXT"},
    {"supervision",
     "supervision_id",
     "youth_id TEXT NOT NULL REFERENCES youth, kind TEXT NOT NULL, level TEXT, starts_on TEXT NOT "
     "NULL, ends_on TEXT, officer TEXT, conditions TEXT"},
    {"referral",
     "referral_id",
     "youth_id TEXT NOT NULL REFERENCES youth, referral_number TEXT NOT NULL, received_at TEXT NOT "
     "NULL, referred_by TEXT, reason TEXT, status_offense INTEGER NOT NULL, decision TEXT"}};

std::vector<std::string> tables(const std::string& number, const std::string& time) {
  std::vector<std::string> sql;
  for (const Table& table : kTables) {
    const std::string name = table.name;
    sql.push_back("CREATE TABLE " + name + " (" + table.key + " TEXT PRIMARY KEY, " +
                  table.columns + ", sealed INTEGER NOT NULL DEFAULT 0, changed_at " + time +
                  " NOT NULL)");
    sql.push_back("CREATE INDEX " + name + "_changed ON " + name + " (changed_at, " + table.key +
                  ")");
  }
  sql.push_back("CREATE TABLE outbox (seq " + number +
                ", record_type TEXT NOT NULL, record_key TEXT NOT NULL, operation TEXT NOT NULL)");
  sql.push_back("CREATE INDEX outbox_type ON outbox (record_type, seq)");
  sql.push_back("CREATE TABLE refused_youth (youth_id TEXT PRIMARY KEY)");
  sql.push_back("CREATE TABLE sim_state (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
  sql.push_back("CREATE TABLE inbox_log (n " + number +
                ", effect TEXT NOT NULL, idempotency_key TEXT, record_type TEXT, record_key TEXT, "
                "version BIGINT, subject TEXT, operation TEXT, body TEXT, obligations TEXT)");
  return sql;
}

constexpr const char* kInboxColumns =
    "idempotency_key TEXT PRIMARY KEY, record_type TEXT NOT NULL, record_key TEXT NOT NULL, "
    "version "
    "BIGINT NOT NULL, subject TEXT, operation TEXT NOT NULL, obligations TEXT";
constexpr const char* kLogged =
    "idempotency_key, record_type, record_key, version, subject, operation, body, obligations";

}  // namespace

const std::vector<std::string>& juvenile_schema_sqlite() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> sql = tables("INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT");
    sql.push_back(std::string("CREATE TABLE inbox (") + kInboxColumns +
                  ", body TEXT NOT NULL CHECK (json_valid(body)))");
    sql.emplace_back("CREATE INDEX inbox_record ON inbox (record_type, record_key, version)");
    for (const Table& table : kTables) {
      const std::string name = table.name;
      for (const char* operation : {"insert", "update", "delete"}) {
        const bool gone = std::string(operation) == "delete";
        sql.push_back(
            "CREATE TRIGGER " + name + "_" + operation + " AFTER " + operation + " ON " + name +
            " BEGIN INSERT INTO outbox (record_type, record_key, operation) VALUES ('" + name +
            "', " + (gone ? "OLD." : "NEW.") + table.key + ", '" + operation + "'); END");
      }
    }
    const std::string log = std::string("INSERT INTO inbox_log (effect, ") + kLogged + ") VALUES (";
    const std::string values =
        ", NEW.idempotency_key, NEW.record_type, NEW.record_key, NEW.version, NEW.subject, "
        "NEW.operation, NEW.body, NEW.obligations); END";
    sql.emplace_back(
        "CREATE TRIGGER inbox_refuse BEFORE INSERT ON inbox WHEN EXISTS (SELECT 1 FROM "
        "refused_youth "
        "WHERE youth_id = NEW.subject) BEGIN SELECT RAISE(ABORT, 'refused by the agency'); END");
    sql.push_back(
        "CREATE TRIGGER inbox_repeat BEFORE INSERT ON inbox WHEN EXISTS (SELECT 1 FROM inbox WHERE "
        "idempotency_key = NEW.idempotency_key) BEGIN " +
        log + "'repeat'" + values);
    sql.push_back("CREATE TRIGGER inbox_applied AFTER INSERT ON inbox BEGIN " + log + "'applied'" +
                  values);
    return sql;
  }();
  return all;
}

const std::vector<std::string>& juvenile_schema_postgresql() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> sql = tables("BIGSERIAL PRIMARY KEY", "TIMESTAMPTZ");
    sql.push_back(std::string("CREATE TABLE inbox (") + kInboxColumns + ", body JSON NOT NULL)");
    sql.emplace_back("CREATE INDEX inbox_record ON inbox (record_type, record_key, version)");
    sql.emplace_back(
        "CREATE FUNCTION sim_changed() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE r jsonb; "
        "BEGIN "
        "r := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END; "
        "INSERT INTO outbox (record_type, record_key, operation) VALUES (TG_TABLE_NAME, "
        "r->>TG_ARGV[0], lower(TG_OP)); PERFORM pg_notify('concord', TG_TABLE_NAME); RETURN NULL; "
        "END $$");
    for (const Table& table : kTables) {
      const std::string name = table.name;
      sql.push_back("CREATE TRIGGER " + name + "_change AFTER INSERT OR UPDATE OR DELETE ON " +
                    name + " FOR EACH ROW EXECUTE FUNCTION sim_changed('" + table.key + "')");
    }
    sql.push_back(
        std::string("CREATE FUNCTION sim_received() RETURNS trigger LANGUAGE plpgsql AS $$ "
                    "DECLARE e text := TG_ARGV[0]; BEGIN IF e = 'before' THEN "
                    "IF EXISTS (SELECT 1 FROM refused_youth WHERE youth_id = NEW.subject) "
                    "THEN RAISE EXCEPTION 'refused by the agency'; END IF; "
                    "IF NOT EXISTS (SELECT 1 FROM inbox WHERE idempotency_key = "
                    "NEW.idempotency_key) THEN RETURN NEW; END IF; e := 'repeat'; END IF; "
                    "INSERT INTO inbox_log (effect, ") +
        kLogged +
        ") VALUES (e, NEW.idempotency_key, NEW.record_type, NEW.record_key, NEW.version, "
        "NEW.subject, NEW.operation, NEW.body::text, NEW.obligations); RETURN NEW; END $$");
    sql.emplace_back(
        "CREATE TRIGGER inbox_before BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION "
        "sim_received('before')");
    sql.emplace_back(
        "CREATE TRIGGER inbox_after AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION "
        "sim_received('applied')");
    return sql;
  }();
  return all;
}

}  // namespace concord::sim
