#include "hub/store/codec.hpp"
#include "hub/store/reading.hpp"

namespace concord::store {

std::string Store::content_digest(const model::Entity& entity) const {
  // What a recipient could see change: not where or when it was read.
  model::Entity content;
  content.labels = entity.labels;
  content.field_labels = entity.field_labels;
  content.effective_start = entity.effective_start;
  content.effective_end = entity.effective_end;
  content.body = entity.body;
  content.extra = entity.extra;
  return keys_.digest("entity",
                      {pack(content), model::name_of(entity.status), entity.person.value});
}

base::Result<std::optional<Store::KnownEntity>> Store::newest(const model::SystemId& system,
                                                              const std::string& type,
                                                              const std::string& key) {
  const std::string digest = key_digest(system, type, key);
  return read<std::optional<KnownEntity>>([&](Db& db) -> base::Result<std::optional<KnownEntity>> {
    Query query = db.query(
        "SELECT id, version, digest, person FROM entities WHERE system=? AND type=? AND key=? "
        "ORDER BY version DESC LIMIT 1");
    query.bind(system.value).bind(type).bind_blob(digest);
    if (!query.step()) return std::optional<KnownEntity>{};
    return std::optional<KnownEntity>({model::EntityId(std::string(query.text(0))),
                                       static_cast<int>(query.integer(1)),
                                       std::string(query.blob(2)),
                                       model::PersonId(std::string(query.text(3)))});
  });
}

base::Result<int> Store::newest_version(const model::EntityId& id) {
  return read<int>([&](Db& db) -> base::Result<int> {
    Query query = db.query("SELECT max(version) FROM entities WHERE id=?");
    query.bind(id.value);
    return query.step() ? static_cast<int>(query.integer(0)) : 0;
  });
}

base::Result<std::optional<base::Instant>> Store::first_received(const model::EntityId& id) {
  return read<std::optional<base::Instant>>(
      [&](Db& db) -> base::Result<std::optional<base::Instant>> {
        Query query = db.query("SELECT min(received_at) FROM entities WHERE id=?");
        query.bind(id.value);
        return query.step() ? instant(query.maybe_integer(0)) : std::optional<base::Instant>{};
      });
}

base::Result<model::Entity> Store::entity(const model::EntityId& id, int version) {
  if (id.empty()) return key_destroyed();  // a delivery of a person who was shredded
  struct Row {
    std::string type, system, person, sealed;
    int64_t status = 0, received = 0;
  };
  auto row = read<Row>([&](Db& db) -> base::Result<Row> {
    Query query = db.query(
        "SELECT type, system, person, status, received_at, sealed FROM entities WHERE id=? AND "
        "version=?");
    query.bind(id.value).bind(version);
    if (!query.step())
      return base::fatal_error("ENTITY_MISSING",
                               "entity",
                               "the outbox names a version that is not there",
                               "restore the last backup");
    return Row{std::string(query.text(0)),
               std::string(query.text(1)),
               std::string(query.text(2)),
               std::string(query.blob(5)),
               query.integer(3),
               query.integer(4)};
  });
  if (!row) return std::move(row).error();
  const model::PersonId person(row->person);
  auto bytes = open_for(person, row->sealed, "entity " + id.value + " " + std::to_string(version));
  if (!bytes) return std::move(bytes).error();
  auto entity = unpack_entity(*bytes);
  if (!entity) return std::move(entity).error();
  entity->id = id;
  entity->version = version;
  entity->type = row->type;
  entity->system = model::SystemId(row->system);
  entity->person = person;
  entity->status = static_cast<model::EntityStatus>(row->status);
  entity->received = base::from_us(row->received);
  return std::move(*entity);
}

}  // namespace concord::store
