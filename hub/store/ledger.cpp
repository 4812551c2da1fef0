// The account of what became of every record. It is added up from three sides that are written
// separately: what connectors gave (counters), what the journal holds and owes (records), and what
// the outbox did (deliveries). Where two sides disagree, the ledger does not balance.
#include "hub/store/reading.hpp"

namespace concord::store {
namespace {

int64_t one(Db& db, std::string_view sql) {
  Query query = db.query(sql);
  return query.step() ? query.integer(0) : 0;
}

void add_lines(Db& db, Ledger& ledger) {
  Query deliveries = db.query(
      "SELECT outcome, system, reason, detail, owner, count(*), min(created_at) FROM deliveries "
      "WHERE outcome<>1 "
      "GROUP BY outcome, system, reason, detail, owner ORDER BY outcome, count(*) DESC");
  while (deliveries.step())
    ledger.lines.push_back({static_cast<model::Outcome>(deliveries.integer(0)),
                            std::string(deliveries.text(1)),
                            std::string(deliveries.text(2)),
                            std::string(deliveries.text(3)),
                            static_cast<model::Owner>(deliveries.integer(4)),
                            deliveries.integer(5),
                            instant(deliveries.maybe_integer(6))});
  Query records = db.query(
      "SELECT state, system, reason, detail, owner, count(*), min(read_at) FROM records WHERE "
      "state IN (1, 2) "
      "GROUP BY state, system, reason, detail, owner ORDER BY state, count(*) DESC");
  while (records.step()) {
    const bool parked = static_cast<RecordState>(records.integer(0)) == RecordState::parked;
    ledger.lines.push_back({parked ? model::Outcome::parked : model::Outcome::rejected,
                            std::string(records.text(1)),
                            std::string(records.text(2)),
                            std::string(records.text(3)),
                            static_cast<model::Owner>(records.integer(4)),
                            records.integer(5),
                            instant(records.maybe_integer(6))});
  }
}

}  // namespace

base::Result<Ledger> Store::ledger() {
  return read<Ledger>([](Db& db) -> base::Result<Ledger> {
    db.exec("BEGIN");  // one view of all sides
    Ledger ledger;
    ledger.read = one(db, "SELECT coalesce(sum(n),0) FROM counters WHERE name='read'");
    ledger.duplicates = one(db, "SELECT coalesce(sum(n),0) FROM counters WHERE name='duplicates'");
    {
      Query query = db.query("SELECT state, count(*), sum(owed) FROM records GROUP BY state");
      while (query.step()) {
        ledger.by_state[static_cast<RecordState>(query.integer(0))] = query.integer(1);
        ledger.records += query.integer(1);
        ledger.owed += query.integer(2);
      }
    }
    int64_t deliveries = 0;
    {
      Query query = db.query("SELECT outcome, count(*) FROM deliveries GROUP BY outcome");
      while (query.step()) {
        ledger.by_outcome[static_cast<model::Outcome>(query.integer(0))] = query.integer(1);
        deliveries += query.integer(1);
      }
    }
    add_lines(db, ledger);
    const int64_t unlike = one(db,
                               "SELECT count(*) FROM records r WHERE owed<>(SELECT count(*) FROM "
                               "deliveries d WHERE d.record=r.id)");
    const int64_t strays = one(db,
                               "SELECT count(*) FROM deliveries d WHERE NOT EXISTS (SELECT 1 FROM "
                               "records r WHERE r.id=d.record)");
    db.exec("COMMIT");
    if (ledger.read != ledger.duplicates + ledger.records)
      ledger.faults.push_back(std::to_string(ledger.read) + " read, but " +
                              std::to_string(ledger.records) + " in the journal and " +
                              std::to_string(ledger.duplicates) + " known already");
    if (ledger.owed != deliveries)
      ledger.faults.push_back(std::to_string(ledger.owed) + " deliveries owed, but " +
                              std::to_string(deliveries) + " in the outbox");
    if (unlike != 0)
      ledger.faults.push_back(std::to_string(unlike) +
                              " records whose deliveries are not as many as they owe");
    if (strays != 0)
      ledger.faults.push_back(std::to_string(strays) + " deliveries that come of no record");
    return ledger;
  });
}

}  // namespace concord::store
