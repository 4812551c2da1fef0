// Persons become one, or two: what the store has of the one is the other's. Content is sealed anew
// under the key of whoever it is now of, so that destroying a key destroys that person's content
// and nobody else's. The audit's entries stay as they are: they are under the key that they were
// written with, which stays until the person whom they count for is expunged.
#include <functional>
#include <set>

#include "hub/store/codec.hpp"
#include "hub/store/reading.hpp"
#include "hub/store/rows.hpp"

namespace concord::store {
namespace {

struct SealedDocument {
  const Store::Document* which;
  std::string digest, sealed;
};

struct SealedRecord {
  int64_t id;
  std::string sealed;
};

struct SealedProfile {
  const Profile* profile;
  std::string sealed;
};

// What a commit writes, sealed in the caller's thread.
struct Sealed {
  std::vector<SealedDocument> documents;
  std::vector<SealedRecord> records;
  std::vector<SealedProfile> profiles;
  std::vector<std::string> evidence;
};

// For a person: bytes, and what they are bound to.
using Seal = std::function<base::Result<std::string>(
    const model::PersonId&, std::string_view, std::string_view)>;

base::Status seal_documents(Store& store,
                            const Store::Reassigning& what,
                            const Seal& seal,
                            Sealed& out) {
  for (const Store::Document& which : what.documents) {
    auto entity = store.entity(which.id, which.version);
    if (!entity) return std::move(entity).error();
    entity->person = what.to;
    auto sealed = seal(
        what.to, pack(*entity), "entity " + which.id.value + " " + std::to_string(which.version));
    if (!sealed) return std::move(sealed).error();
    out.documents.push_back({&which, store.content_digest(*entity), std::move(*sealed)});
  }
  return base::Done{};
}

base::Status seal_rest(Store& store,
                       const Store::Reassigning& what,
                       const Seal& seal,
                       Sealed& out) {
  for (const int64_t id : what.records) {
    auto entry = store.record(id);
    if (!entry) return std::move(entry).error();
    auto sealed = seal(what.to, pack(*entry), "record " + std::to_string(id));
    if (!sealed) return std::move(sealed).error();
    out.records.push_back({id, std::move(*sealed)});
  }
  for (const Profile& profile : what.profiles) {
    auto sealed = seal(profile.person, pack(profile), "profile");
    if (!sealed) return std::move(sealed).error();
    out.profiles.push_back({&profile, std::move(*sealed)});
  }
  return base::Done{};
}

void write_documents(Db& db, const Store::Reassigning& what, const Sealed& sealed) {
  for (const SealedDocument& row : sealed.documents) {
    db.query("UPDATE entities SET person=?,digest=?,sealed=? WHERE id=? AND version=?")
        .bind(what.to.value)
        .bind_blob(row.digest)
        .bind_blob(row.sealed)
        .bind(row.which->id.value)
        .bind(row.which->version)
        .run();
    db.query("UPDATE deliveries SET person=? WHERE entity=? AND version=? AND person=?")
        .bind(what.to.value)
        .bind(row.which->id.value)
        .bind(row.which->version)
        .bind(what.from.value)
        .run();
  }
  for (const SealedRecord& row : sealed.records)
    db.query("UPDATE records SET person=?,sealed=? WHERE id=?")
        .bind(what.to.value)
        .bind_blob(row.sealed)
        .bind(row.id)
        .run();
}

void write_people(Db& db, const Store::Reassigning& what, const Sealed& sealed) {
  for (const SealedProfile& row : sealed.profiles)
    db.query("UPDATE people SET profile=?, learnt_at=? WHERE person=?")
        .bind_blob(row.sealed)
        .bind(base::to_us(row.profile->learnt_at))
        .bind(row.profile->person.value)
        .run();
  if (what.whole)
    db.query("UPDATE people SET profile=NULL WHERE person=?").bind(what.from.value).run();
  for (const IndexRow& row : what.index) apply(db, row);
  for (size_t i = 0; i < sealed.evidence.size(); ++i)
    put_evidence(db, what.evidence[i], sealed.evidence[i], base::to_us(what.at));
}

using Documents = std::vector<Store::Document>;

}  // namespace

base::Result<Documents> Store::documents_of(const model::PersonId& person) {
  return read<Documents>([&](Db& db) -> base::Result<Documents> {
    Documents found;
    Query query =
        db.query("SELECT id, version, record FROM entities WHERE person=? ORDER BY id, version");
    query.bind(person.value);
    while (query.step())
      found.push_back({model::EntityId(std::string(query.text(0))),
                       static_cast<int>(query.integer(1)),
                       query.integer(2)});
    return found;
  });
}

base::Result<std::vector<int64_t>> Store::records_of(const model::PersonId& person) {
  return read<std::vector<int64_t>>([&](Db& db) -> base::Result<std::vector<int64_t>> {
    std::vector<int64_t> ids;
    Query query = db.query("SELECT id FROM records WHERE person=? ORDER BY id");
    query.bind(person.value);
    while (query.step()) ids.push_back(query.integer(0));
    return ids;
  });
}

base::Result<std::vector<int64_t>> Store::deliveries_of(const Store::Document& document) {
  return read<std::vector<int64_t>>([&](Db& db) -> base::Result<std::vector<int64_t>> {
    std::vector<int64_t> ids;
    Query query = db.query("SELECT id FROM deliveries WHERE entity=? AND version=? ORDER BY id");
    query.bind(document.id.value).bind(document.version);
    while (query.step()) ids.push_back(query.integer(0));
    return ids;
  });
}

base::Result<std::vector<int64_t>> Store::same_key(const std::vector<int64_t>& records,
                                                   const model::PersonId& person) {
  return read<std::vector<int64_t>>([&](Db& db) -> base::Result<std::vector<int64_t>> {
    std::set<int64_t> ids;
    for (const int64_t id : records) {
      Query query = db.query(
          "SELECT o.id FROM records r JOIN records o ON o.system=r.system AND o.type=r.type AND "
          "o.key=r.key WHERE r.id=? AND o.person=?");
      query.bind(id).bind(person.value);
      while (query.step()) ids.insert(query.integer(0));
    }
    return std::vector<int64_t>(ids.begin(), ids.end());
  });
}

base::Result<std::vector<std::pair<int64_t, model::SystemId>>> Store::records_unsure() {
  using Records = std::vector<std::pair<int64_t, model::SystemId>>;
  return read<Records>([&](Db& db) -> base::Result<Records> {
    Records found;
    Query query = db.query(
        "SELECT id, system FROM records WHERE state=2 AND reason LIKE 'IDENTITY%' ORDER BY id");
    while (query.step())
      found.emplace_back(query.integer(0), model::SystemId(std::string(query.text(1))));
    return found;
  });
}

base::Status Store::reassign(const Reassigning& what) {
  const Seal seal = [this](const auto& person, auto bytes, auto bound) {
    return seal_for(person, bytes, bound);
  };
  Sealed sealed;
  if (auto done = seal_documents(*this, what, seal, sealed); !done) return done;
  if (auto done = seal_rest(*this, what, seal, sealed); !done) return done;
  for (const EvidenceRow& row : what.evidence) sealed.evidence.push_back(seal_evidence(row));
  std::vector<const audit::Entry*> entries;
  entries.reserve(what.audit.size());
  for (const audit::Entry& entry : what.audit) entries.push_back(&entry);
  auto leaves = leaves_of(entries);
  if (!leaves) return std::move(leaves).error();
  std::vector<std::string> people;
  for (const Profile& profile : what.profiles) people.push_back(profile.person.value);
  const std::vector<NewKey> new_keys = keys_to_write(people);

  auto written = writer_->commit([&](Db& db) {
    append(db, *leaves);
    for (const NewKey& key : new_keys) add_key(db, key.person, key.wrapped, base::to_us(what.at));
    write_people(db, what, sealed);
    write_documents(db, what, sealed);
    for (const model::Delivery& delivery : what.withdrawn) update_row(db, delivery);
    for (const model::Delivery& delivery : what.more) store::owe(db, delivery);
  });
  if (written) keys_written(new_keys);
  return written;
}

}  // namespace concord::store
