#include "hub/store/reading.hpp"
#include "hub/store/rows.hpp"

namespace concord::store {
namespace {

#define DELIVERY_COLUMNS                                                                         \
  "id,record,flow,system,person,entity,version,outcome,reason,detail,owner,attempts,created_at," \
  "due_at,ended_at,recall,attested_at"

model::Delivery delivery_of(const Query& row) {
  model::Delivery d;
  d.id = row.integer(0);
  d.record = row.integer(1);
  d.flow = model::FlowId(std::string(row.text(2)));
  d.to = model::SystemId(std::string(row.text(3)));
  d.person = model::PersonId(std::string(row.text(4)));
  d.entity = model::EntityId(std::string(row.text(5)));
  d.version = static_cast<int>(row.integer(6));
  d.outcome = static_cast<model::Outcome>(row.integer(7));
  d.reason = row.text(8);
  d.detail = row.text(9);
  d.owner = static_cast<model::Owner>(row.integer(10));
  d.attempts = static_cast<int>(row.integer(11));
  d.created_at = base::from_us(row.integer(12));
  d.due_at = instant(row.maybe_integer(13));
  d.ended_at = instant(row.maybe_integer(14));
  d.recall = static_cast<model::Recall>(row.integer(15));
  d.attested_at = instant(row.maybe_integer(16));
  return d;
}

using Deliveries = std::vector<model::Delivery>;

Deliveries all(Query& query) {
  Deliveries found;
  while (query.step()) found.push_back(delivery_of(query));
  return found;
}

}  // namespace

base::Status Store::commit(const std::vector<DeliveryUpdate>& updates,
                           const std::vector<audit::Entry>& started) {
  std::vector<const audit::Entry*> audit;
  for (const DeliveryUpdate& update : updates) {
    if (update.audit) {
      audit.push_back(&*update.audit);
    } else if (update.delivery.outcome != model::Outcome::waiting) {
      return base::fatal_error("AUDIT_MISSING",
                               "delivery " + std::to_string(update.delivery.id),
                               "it ended, and nothing says so in the audit",
                               "report this with the log");
    }
  }
  for (const audit::Entry& entry : started) audit.push_back(&entry);
  auto leaves = leaves_of(audit);
  if (!leaves) return std::move(leaves).error();
  return writer_->commit([&](Db& db) {
    append(db, *leaves);
    for (const DeliveryUpdate& update : updates) {
      update_row(db, update.delivery);
      if (update.decision) insert(db, *update.decision);
    }
  });
}

base::Result<Deliveries> Store::open_deliveries(const model::SystemId& system,
                                                int64_t after,
                                                int limit) {
  return read<Deliveries>([&](Db& db) -> base::Result<Deliveries> {
    Query query = db.query(
        "SELECT " DELIVERY_COLUMNS
        " FROM deliveries WHERE system=? AND id>? AND outcome IN (0, 4) ORDER BY id LIMIT ?");
    query.bind(system.value).bind(after).bind(limit);
    return all(query);
  });
}

base::Result<Deliveries> Store::deliveries(std::optional<model::Outcome> outcome,
                                           int64_t before,
                                           int limit) {
  return read<Deliveries>([&](Db& db) -> base::Result<Deliveries> {
    Query query =
        db.query(outcome ? "SELECT " DELIVERY_COLUMNS
                           " FROM deliveries WHERE id<? AND outcome=? ORDER BY id DESC LIMIT ?"
                         : "SELECT " DELIVERY_COLUMNS
                           " FROM deliveries WHERE id<? ORDER BY id DESC LIMIT ?");
    query.bind(before);
    if (outcome) query.bind(static_cast<int64_t>(*outcome));
    query.bind(limit);
    return all(query);
  });
}

base::Result<std::optional<model::Delivery>> Store::delivery(int64_t id) {
  return read<std::optional<model::Delivery>>(
      [&](Db& db) -> base::Result<std::optional<model::Delivery>> {
        Query query = db.query("SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE id=?");
        query.bind(id);
        if (!query.step()) return std::optional<model::Delivery>{};
        return std::optional<model::Delivery>(delivery_of(query));
      });
}

base::Result<std::string> Store::went_along(int64_t delivery) {
  return read<std::string>([&](Db& db) -> base::Result<std::string> {
    Query query = db.query(
        "SELECT obligations FROM decisions WHERE delivery=? AND at_send=1 ORDER BY rowid DESC "
        "LIMIT 1");
    query.bind(delivery);
    return query.step() ? std::string(query.text(0)) : std::string();
  });
}

base::Result<std::optional<model::Delivery>> Store::first_delivered(const model::EntityId& entity,
                                                                    const model::FlowId& flow) {
  return read<std::optional<model::Delivery>>(
      [&](Db& db) -> base::Result<std::optional<model::Delivery>> {
        Query query = db.query(
            "SELECT " DELIVERY_COLUMNS
            " FROM deliveries WHERE entity=? AND flow=? AND outcome=1 AND recall=0 ORDER BY id "
            "LIMIT 1");
        query.bind(entity.value).bind(flow.value);
        if (!query.step()) return std::optional<model::Delivery>{};
        return std::optional<model::Delivery>(delivery_of(query));
      });
}

base::Result<std::vector<model::SystemId>> Store::systems_owed() {
  return read<std::vector<model::SystemId>>(
      [&](Db& db) -> base::Result<std::vector<model::SystemId>> {
        std::vector<model::SystemId> found;
        Query query = db.query("SELECT DISTINCT system FROM deliveries WHERE outcome IN (0, 4)");
        while (query.step()) found.emplace_back(std::string(query.text(0)));
        return found;
      });
}

base::Result<std::optional<model::Delivery>> Store::held_before(const model::Delivery& delivery) {
  using Held = std::optional<model::Delivery>;
  return read<Held>([&](Db& db) -> base::Result<Held> {
    Query query =
        db.query("SELECT " DELIVERY_COLUMNS
                 " FROM deliveries WHERE person=? AND entity=? AND system=? AND outcome=1 AND "
                 "id<? ORDER BY id DESC LIMIT 1");
    query.bind(delivery.person.value)
        .bind(delivery.entity.value)
        .bind(delivery.to.value)
        .bind(delivery.id);
    if (!query.step()) return Held{};
    Held held = delivery_of(query);
    return held->recall == model::Recall::none ? held : Held{};
  });
}

base::Result<Deliveries> Store::open_of(const model::PersonId& person) {
  return read<Deliveries>([&](Db& db) -> base::Result<Deliveries> {
    Query query = db.query("SELECT " DELIVERY_COLUMNS
                           " FROM deliveries WHERE person=? AND outcome IN (0, 4) ORDER BY id");
    query.bind(person.value);
    return all(query);
  });
}

base::Result<Deliveries> Store::held_of(const model::PersonId& person) {
  return read<Deliveries>([&](Db& db) -> base::Result<Deliveries> {
    // The newest that was delivered, or is being asked back; of those the former.
    Query query = db.query(
        "SELECT " DELIVERY_COLUMNS
        " FROM deliveries d WHERE person=? AND (outcome=1 OR recall<>0) AND recall=0 AND NOT "
        "EXISTS (SELECT 1 FROM deliveries n WHERE n.entity=d.entity AND n.system=d.system AND "
        "n.person=d.person AND n.id>d.id AND (n.outcome=1 OR (n.recall<>0 AND n.outcome<>2))) "
        "ORDER BY id");
    query.bind(person.value);
    return all(query);
  });
}

base::Result<Deliveries> Store::recalls(bool open_only, int limit) {
  return read<Deliveries>([&](Db& db) -> base::Result<Deliveries> {
    // Withheld ones asked nothing of anybody: the recipient had not got it.
    Query query = db.query(
        open_only ? "SELECT " DELIVERY_COLUMNS
                    " FROM deliveries WHERE recall<>0 AND attested_at IS NULL AND (outcome IN "
                    "(0, 4) OR (outcome=1 AND recall=3)) ORDER BY id LIMIT ?"
                  : "SELECT " DELIVERY_COLUMNS
                    " FROM deliveries WHERE recall<>0 AND outcome<>2 ORDER BY id DESC LIMIT ?");
    query.bind(limit);
    return all(query);
  });
}

base::Result<Store::Unreached> Store::recalls_under_way(const model::PersonId& person) {
  return read<Unreached>([&](Db& db) -> base::Result<Unreached> {
    Query query = db.query(
        "SELECT coalesce(sum(outcome=0),0), coalesce(sum(outcome=4),0) FROM deliveries WHERE "
        "person=? AND recall<>0");
    query.bind(person.value);
    return query.step() ? Unreached{query.integer(0), query.integer(1)} : Unreached{};
  });
}

base::Status Store::attest(const model::Delivery& recall, const audit::Entry& audit) {
  auto leaves = leaves_of({&audit});
  if (!leaves) return std::move(leaves).error();
  return writer_->commit([&](Db& db) {
    append(db, *leaves);
    db.query(
          "UPDATE deliveries SET outcome=?,reason='',detail=?,owner=0,due_at=NULL,ended_at=?,"
          "attested_at=? WHERE id=?")
        .bind(static_cast<int64_t>(recall.outcome))
        .bind(recall.detail)
        .bind(microseconds(recall.ended_at))
        .bind(microseconds(recall.attested_at))
        .bind(recall.id)
        .run();
  });
}

base::Result<Deliveries> Store::withheld_of(const model::PersonId& person) {
  return read<Deliveries>([&](Db& db) -> base::Result<Deliveries> {
    // Only where nothing newer of the same entity went the same way since.
    Query query = db.query(
        "SELECT " DELIVERY_COLUMNS
        " FROM deliveries d WHERE person=? AND (outcome=2 OR recall<>0) AND NOT EXISTS (SELECT 1 "
        "FROM deliveries n WHERE n.entity=d.entity AND n.flow=d.flow AND n.person=d.person AND "
        "n.id>d.id) ORDER BY id");
    query.bind(person.value);
    return all(query);
  });
}

base::Result<std::vector<model::PersonId>> Store::people_held_at(const model::SystemId& system) {
  return read<std::vector<model::PersonId>>(
      [&](Db& db) -> base::Result<std::vector<model::PersonId>> {
        std::vector<model::PersonId> found;
        Query query = db.query(
            "SELECT DISTINCT person FROM deliveries WHERE outcome=1 AND recall=0 AND system=? AND "
            "person<>''");
        query.bind(system.value);
        while (query.step()) found.emplace_back(std::string(query.text(0)));
        return found;
      });
}

base::Result<std::vector<model::PersonId>> Store::people_withheld_from() {
  return read<std::vector<model::PersonId>>(
      [&](Db& db) -> base::Result<std::vector<model::PersonId>> {
        std::vector<model::PersonId> found;
        Query query = db.query(
            "SELECT DISTINCT person FROM deliveries WHERE (outcome=2 OR recall<>0) AND person<>''");
        while (query.step()) found.emplace_back(std::string(query.text(0)));
        return found;
      });
}

}  // namespace concord::store
