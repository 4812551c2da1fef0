#include <set>

#include "hub/store/codec.hpp"
#include "hub/store/reading.hpp"
#include "hub/store/rows.hpp"

namespace concord::store {
namespace {

struct SealedEntry {
  const JournalEntry* entry;
  std::string key, digest, version, sealed, waits_for;
};

struct SealedEntity {
  int64_t record;
  const model::Entity* entity;
  std::string key, digest, sealed;
};

struct SealedProfile {
  const Profile* profile;
  std::string sealed;
};

void insert(Db& db, const SealedEntry& row) {
  const JournalEntry& e = *row.entry;
  db.query(
        "INSERT INTO "
        "records(id,system,type,key,version,digest,changed_at,read_at,state,reason,detail,owner,"
        "owed,person,"
        "waits_for,sealed) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(e.id)
      .bind(e.record.system.value)
      .bind(e.record.type)
      .bind_blob(row.key)
      .bind(row.version)
      .bind_blob(row.digest)
      .bind(microseconds(e.record.changed_at))
      .bind(base::to_us(e.record.read_at))
      .bind(static_cast<int64_t>(e.state))
      .bind(e.reason)
      .bind(e.detail)
      .bind(static_cast<int64_t>(e.owner))
      .bind(e.owed)
      .bind(e.person.value)
      .bind_blob(row.waits_for)
      .bind_blob(row.sealed)
      .run();
}

void update(Db& db, const SealedEntry& row) {
  const JournalEntry& e = *row.entry;
  db.query(
        "UPDATE records SET state=?,reason=?,detail=?,owner=?,owed=?,person=?,waits_for=?,sealed=? "
        "WHERE id=?")
      .bind(static_cast<int64_t>(e.state))
      .bind(e.reason)
      .bind(e.detail)
      .bind(static_cast<int64_t>(e.owner))
      .bind(e.owed)
      .bind(e.person.value)
      .bind_blob(row.waits_for)
      .bind_blob(row.sealed)
      .bind(e.id)
      .run();
}

void insert(Db& db, const SealedEntity& row) {
  const model::Entity& e = *row.entity;
  db.query(
        "INSERT INTO "
        "entities(id,version,type,system,key,person,record,status,digest,received_at,sealed) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?)")
      .bind(e.id.value)
      .bind(e.version)
      .bind(e.type)
      .bind(e.system.value)
      .bind_blob(row.key)
      .bind(e.person.value)
      .bind(row.record)
      .bind(static_cast<int64_t>(e.status))
      .bind_blob(row.digest)
      .bind(base::to_us(e.received))
      .bind_blob(row.sealed)
      .run();
}

}  // namespace

base::Status Store::commit(const IngestCommit& changes) {
  // Sealing is done here, in the caller's thread: the writer only writes.
  std::set<std::string> people;
  std::vector<SealedEntry> entries, again;
  auto seal_entry = [&](const JournalEntry& entry) -> base::Result<SealedEntry> {
    auto sealed = seal_for(entry.person, pack(entry), "record " + std::to_string(entry.id));
    if (!sealed) return std::move(sealed).error();
    if (!entry.person.empty()) people.insert(entry.person.value);
    return SealedEntry{&entry,
                       key_digest(entry.record.system, entry.record.type, entry.record.key),
                       record_digest(entry.record),
                       entry.record.version,
                       std::move(*sealed),
                       entry.waits_for.empty()
                           ? std::string()
                           : keys_.digest("waits", {entry.record.system.value, entry.waits_for})};
  };
  for (const JournalEntry& entry : changes.entries) {
    auto row = seal_entry(entry);
    if (!row) return std::move(row).error();
    entries.push_back(std::move(*row));
  }
  for (const JournalEntry& entry : changes.again) {
    auto row = seal_entry(entry);
    if (!row) return std::move(row).error();
    again.push_back(std::move(*row));
  }
  std::vector<SealedEntity> entities;
  for (const auto& [record, entity] : changes.entities) {
    auto sealed = seal_for(entity.person,
                           pack(entity),
                           "entity " + entity.id.value + " " + std::to_string(entity.version));
    if (!sealed) return std::move(sealed).error();
    if (!entity.person.empty()) people.insert(entity.person.value);
    entities.push_back({record,
                        &entity,
                        key_digest(entity.system, entity.type, entity.key),
                        content_digest(entity),
                        std::move(*sealed)});
  }
  std::vector<SealedProfile> profiles;
  for (const Profile& profile : changes.profiles) {
    auto sealed = seal_for(profile.person, pack(profile), "profile");
    if (!sealed) return std::move(sealed).error();
    people.insert(profile.person.value);
    profiles.push_back({&profile, std::move(*sealed)});
  }
  std::vector<const audit::Entry*> audit;
  audit.reserve(changes.audit.size());
  for (const audit::Entry& entry : changes.audit) audit.push_back(&entry);
  auto leaves = leaves_of(audit);
  if (!leaves) return std::move(leaves).error();
  std::vector<std::string> begun;
  for (const EvidenceRow& row : changes.begun)
    begun.push_back(
        base::seal(keys_.intake_key(), row.json, "evidence " + row.kind + " " + row.id));
  const std::vector<NewKey> new_keys = keys_to_write({people.begin(), people.end()});
  const int64_t at = base::to_us(base::now());

  auto written = writer_->commit([&](Db& db) {
    for (const NewKey& key : new_keys) add_key(db, key.person, key.wrapped, at);
    for (const SealedProfile& row : profiles)
      // Two systems may tell of one person at once; what was learnt last holds both.
      db.query("UPDATE people SET profile=?1, learnt_at=?2 WHERE person=?3 AND learnt_at<=?2")
          .bind_blob(row.sealed)
          .bind(base::to_us(row.profile->learnt_at))
          .bind(row.profile->person.value)
          .run();
    for (const SealedEntry& row : entries) insert(db, row);
    for (const SealedEntry& row : again) update(db, row);
    for (const SealedEntity& row : entities) insert(db, row);
    for (const model::Delivery& delivery : changes.deliveries) insert(db, delivery);
    for (const DecisionRow& row : changes.decisions) insert(db, row);
    for (const IndexRow& row : changes.index) apply(db, row);
    for (size_t i = 0; i < begun.size(); ++i)
      db.query("INSERT OR IGNORE INTO evidence(kind,id,sealed,at) VALUES(?,?,?,?)")
          .bind(changes.begun[i].kind)
          .bind(changes.begun[i].id)
          .bind_blob(begun[i])
          .bind(at)
          .run();
    for (const auto& [name, count] : changes.counters)
      db.query(
            "INSERT INTO counters(system,name,n) VALUES(?,?,?) ON CONFLICT(system,name) DO UPDATE "
            "SET n=n+excluded.n")
          .bind(changes.system.value)
          .bind(name)
          .bind(count)
          .run();
    if (changes.checkpoint)
      db.query(
            "INSERT INTO checkpoints(system,type,checkpoint,at,acked) VALUES(?,?,?,?,0) ON "
            "CONFLICT(system,type) DO UPDATE SET "
            "checkpoint=excluded.checkpoint, at=excluded.at, acked=0")
          .bind(changes.system.value)
          .bind(changes.record_type)
          .bind_blob(*changes.checkpoint)
          .bind(at)
          .run();
    append(db, *leaves);
  });
  if (written) keys_written(new_keys);
  return written;
}

base::Status Store::owe(const std::vector<model::Delivery>& more) {
  return writer_->commit([&](Db& db) {
    for (const model::Delivery& delivery : more) store::owe(db, delivery);
  });
}

base::Result<std::string> Store::checkpoint(const model::SystemId& system,
                                            const std::string& type) {
  return read<std::string>([&](Db& db) -> base::Result<std::string> {
    Query query = db.query("SELECT checkpoint FROM checkpoints WHERE system=? AND type=?");
    query.bind(system.value).bind(type);
    return query.step() ? std::string(query.blob(0)) : std::string();
  });
}

base::Result<std::vector<Store::Unacked>> Store::unacked(const model::SystemId& system) {
  return read<std::vector<Unacked>>([&](Db& db) -> base::Result<std::vector<Unacked>> {
    std::vector<Unacked> rows;
    Query query = db.query("SELECT type, checkpoint FROM checkpoints WHERE system=? AND acked=0");
    query.bind(system.value);
    while (query.step()) rows.push_back({std::string(query.text(0)), std::string(query.blob(1))});
    return rows;
  });
}

base::Result<Store::KnownRecord> Store::known(const model::Record& record) {
  const std::string key = key_digest(record.system, record.type, record.key);
  const std::string digest = record_digest(record);
  return read<KnownRecord>([&](Db& db) -> base::Result<KnownRecord> {
    KnownRecord known;
    {
      Query query =
          db.query("SELECT digest FROM records WHERE system=? AND type=? AND key=? AND version=?");
      query.bind(record.system.value).bind(record.type).bind_blob(key).bind(record.version);
      known.same_version = query.step();
      known.same_content = known.same_version && query.blob(0) == digest;
    }
    Query query = db.query(
        "SELECT max(changed_at) FROM records WHERE system=? AND type=? AND key=? AND state<>1");
    query.bind(record.system.value).bind(record.type).bind_blob(key);
    if (query.step()) known.newest_change = instant(query.maybe_integer(0));
    return known;
  });
}

base::Result<JournalEntry> Store::record(int64_t id) {
  std::string sealed;
  auto found = read<JournalEntry>([&](Db& db) -> base::Result<JournalEntry> {
    Query query = db.query(
        "SELECT "
        "system,type,version,changed_at,read_at,state,reason,detail,owner,owed,person,sealed FROM "
        "records WHERE id=?");
    query.bind(id);
    if (!query.step())
      return base::config_error("RECORD_UNKNOWN",
                                "record " + std::to_string(id),
                                "there is none of that number",
                                "see: concord ledger");
    JournalEntry entry;
    entry.id = id;
    entry.record.system = model::SystemId(std::string(query.text(0)));
    entry.record.type = query.text(1);
    entry.record.version = query.text(2);
    entry.record.changed_at = instant(query.maybe_integer(3));
    entry.record.read_at = base::from_us(query.integer(4));
    entry.state = static_cast<RecordState>(query.integer(5));
    entry.reason = query.text(6);
    entry.detail = query.text(7);
    entry.owner = static_cast<model::Owner>(query.integer(8));
    entry.owed = static_cast<int>(query.integer(9));
    entry.person = model::PersonId(std::string(query.text(10)));
    sealed = query.blob(11);
    return entry;
  });
  if (!found) return found;
  auto bytes = open_for(found->person, sealed, "record " + std::to_string(id));
  if (!bytes) return std::move(bytes).error();
  if (auto filled = unpack_into(*found, *bytes); !filled) return std::move(filled).error();
  return found;
}

base::Result<std::vector<int64_t>> Store::records_in(RecordState state, int limit) {
  return read<std::vector<int64_t>>([&](Db& db) -> base::Result<std::vector<int64_t>> {
    std::vector<int64_t> ids;
    Query query = db.query("SELECT id FROM records WHERE state=? ORDER BY id LIMIT ?");
    query.bind(static_cast<int64_t>(state)).bind(limit);
    while (query.step()) ids.push_back(query.integer(0));
    return ids;
  });
}

base::Result<Store::ToMend> Store::records_to_mend(const std::string& system,
                                                   int64_t after,
                                                   int limit) {
  return read<ToMend>([&](Db& db) -> base::Result<ToMend> {
    ToMend found;
    Query query = db.query(
        "SELECT id, system FROM records WHERE state IN (1, 2) AND id>? AND (?='' OR system=?) "
        "ORDER BY id LIMIT ?");
    query.bind(after).bind(system).bind(system).bind(limit);
    while (query.step()) found.records.emplace_back(query.integer(0), std::string(query.text(1)));
    if (found.records.empty()) return found;
    Query more = db.query(
        "SELECT count(*) FROM records WHERE state IN (1, 2) AND id>? AND (?='' OR system=?)");
    more.bind(found.records.back().first).bind(system).bind(system);
    if (more.step()) found.more = more.integer(0);
    return found;
  });
}

base::Result<std::vector<int64_t>> Store::records_waiting_for(const model::SystemId& system,
                                                              const std::string& key) {
  const std::string digest = keys_.digest("waits", {system.value, key});
  return read<std::vector<int64_t>>([&](Db& db) -> base::Result<std::vector<int64_t>> {
    std::vector<int64_t> ids;
    Query query = db.query("SELECT id FROM records WHERE waits_for=? AND state=2 ORDER BY id");
    query.bind_blob(digest);
    while (query.step()) ids.push_back(query.integer(0));
    return ids;
  });
}

}  // namespace concord::store
