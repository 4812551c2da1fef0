#include "hub/store/reading.hpp"
#include "hub/store/rows.hpp"

namespace concord::store {

base::Result<std::vector<EvidenceRow>> Store::evidence(const std::string& kind) {
  return read<std::vector<EvidenceRow>>([&](Db& db) -> base::Result<std::vector<EvidenceRow>> {
    std::vector<EvidenceRow> rows;
    Query query = db.query(
        kind.empty() ? "SELECT kind, id, sealed FROM evidence ORDER BY at, id"
                     : "SELECT kind, id, sealed FROM evidence WHERE kind=? ORDER BY at, id");
    if (!kind.empty()) query.bind(kind);
    while (query.step()) {
      EvidenceRow row{std::string(query.text(0)), std::string(query.text(1)), {}};
      auto json =
          base::open(keys_.intake_key(), query.blob(2), "evidence " + row.kind + " " + row.id);
      if (!json) return std::move(json).error();
      row.json = std::move(*json);
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

std::string Store::seal_evidence(const EvidenceRow& row) const {
  return base::seal(keys_.intake_key(), row.json, "evidence " + row.kind + " " + row.id);
}

base::Status Store::put_evidence(const std::vector<EvidenceRow>& rows,
                                 const std::vector<audit::Entry>& audit) {
  std::vector<const audit::Entry*> entries;
  for (const audit::Entry& entry : audit) entries.push_back(&entry);
  auto leaves = leaves_of(entries);
  if (!leaves) return std::move(leaves).error();
  std::vector<std::string> sealed;
  for (const EvidenceRow& row : rows) sealed.push_back(seal_evidence(row));
  const int64_t at = base::to_us(base::now());
  return writer_->commit([&](Db& db) {
    for (size_t i = 0; i < rows.size(); ++i) store::put_evidence(db, rows[i], sealed[i], at);
    append(db, *leaves);
  });
}

base::Status Store::change_evidence(const EvidenceRow& row) {
  const std::string sealed = seal_evidence(row);
  return writer_->commit([&](Db& db) {
    db.query("UPDATE evidence SET sealed=? WHERE kind=? AND id=?")
        .bind_blob(sealed)
        .bind(row.kind)
        .bind(row.id)
        .run();
  });
}

base::Result<std::vector<RunRow>> Store::runs() {
  return read<std::vector<RunRow>>([](Db& db) -> base::Result<std::vector<RunRow>> {
    std::vector<RunRow> rows;
    Query query = db.query(
        "SELECT job,due_at,started_at,ended_at,records,error,detail FROM runs ORDER BY job");
    while (query.step())
      rows.push_back({std::string(query.text(0)),
                      instant(query.maybe_integer(1)),
                      instant(query.maybe_integer(2)),
                      instant(query.maybe_integer(3)),
                      query.integer(4),
                      std::string(query.text(5)),
                      std::string(query.text(6)),
                      {},
                      {}});
    return rows;
  });
}

base::Status Store::put_run(const RunRow& row) {
  return writer_->commit([&](Db& db) {
    for (const std::string& type : row.acked)
      db.query("UPDATE checkpoints SET acked=1 WHERE system=? AND type=?")
          .bind(row.system.value)
          .bind(type)
          .run();
    if (row.job.empty()) return;
    db.query(
          "INSERT INTO runs(job,due_at,started_at,ended_at,records,error,detail) "
          "VALUES(?,?,?,?,?,?,?) ON CONFLICT(job) DO UPDATE "
          "SET due_at=coalesce(excluded.due_at,due_at), started_at=excluded.started_at, "
          "ended_at=excluded.ended_at, "
          "records=excluded.records, error=excluded.error, detail=excluded.detail")
        .bind(row.job)
        .bind(microseconds(row.due_at))
        .bind(microseconds(row.started_at))
        .bind(microseconds(row.ended_at))
        .bind(row.records)
        .bind(row.error)
        .bind(row.detail)
        .run();
  });
}

}  // namespace concord::store
