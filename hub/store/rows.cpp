#include "hub/store/rows.hpp"

#include "hub/store/reading.hpp"

namespace concord::store {

void insert(Db& db, const model::Delivery& d) {
  db.query(
        "INSERT INTO "
        "deliveries(id,record,flow,system,person,entity,version,outcome,reason,detail,owner,"
        "attempts,created_at,due_at,ended_at,recall) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(d.id)
      .bind(d.record)
      .bind(d.flow.value)
      .bind(d.to.value)
      .bind(d.person.value)
      .bind(d.entity.value)
      .bind(d.version)
      .bind(static_cast<int64_t>(d.outcome))
      .bind(d.reason)
      .bind(d.detail)
      .bind(static_cast<int64_t>(d.owner))
      .bind(d.attempts)
      .bind(base::to_us(d.created_at))
      .bind(microseconds(d.due_at))
      .bind(microseconds(d.ended_at))
      .bind(static_cast<int64_t>(d.recall))
      .run();
}

void owe(Db& db, const model::Delivery& delivery) {
  insert(db, delivery);
  db.query("UPDATE records SET owed=owed+1 WHERE id=?").bind(delivery.record).run();
}

void update_row(Db& db, const model::Delivery& d) {
  db.query(
        "UPDATE deliveries SET "
        "outcome=?,reason=?,detail=?,owner=?,attempts=?,due_at=?,ended_at=? WHERE id=?")
      .bind(static_cast<int64_t>(d.outcome))
      .bind(d.reason)
      .bind(d.detail)
      .bind(static_cast<int64_t>(d.owner))
      .bind(d.attempts)
      .bind(microseconds(d.due_at))
      .bind(microseconds(d.ended_at))
      .bind(d.id)
      .run();
}

void insert(Db& db, const DecisionRow& row) {
  db.query(
        "INSERT INTO decisions(delivery,at,at_send,verdict,reasons,rules,obligations) "
        "VALUES(?,?,?,?,?,?,?)")
      .bind(row.delivery)
      .bind(base::to_us(row.at))
      .bind(int64_t{row.at_send})
      .bind(static_cast<int64_t>(row.verdict))
      .bind(row.reasons)
      .bind(row.rules)
      .bind(row.obligations)
      .run();
}

void add_key(Db& db, std::string_view person, std::string_view wrapped, int64_t at) {
  db.query("INSERT OR IGNORE INTO people(person,key,created_at) VALUES(?,?,?)")
      .bind(person)
      .bind_blob(wrapped)
      .bind(at)
      .run();
}

void put_evidence(Db& db, const EvidenceRow& row, std::string_view sealed, int64_t at) {
  db.query(
        "INSERT INTO evidence(kind,id,sealed,at) VALUES(?,?,?,?) ON CONFLICT(kind,id) DO "
        "UPDATE SET sealed=excluded.sealed, at=excluded.at")
      .bind(row.kind)
      .bind(row.id)
      .bind_blob(sealed)
      .bind(at)
      .run();
}

void apply(Db& db, const IndexRow& row) {
  db.query(row.remove ? "DELETE FROM person_index WHERE kind=? AND digest=? AND person=?"
                      : "INSERT OR IGNORE INTO person_index(kind,digest,person) VALUES(?,?,?)")
      .bind(row.kind)
      .bind_blob(row.digest)
      .bind(row.person.value)
      .run();
}

}  // namespace concord::store
