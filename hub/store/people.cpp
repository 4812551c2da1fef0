#include "hub/store/codec.hpp"
#include "hub/store/reading.hpp"

namespace concord::store {

base::Result<Store::PersonKey> Store::person_key(const model::PersonId& person, bool may_make) {
  if (person.value == kShredded) return key_destroyed();
  {
    const std::scoped_lock lock(person_keys_mutex_);
    if (auto found = person_keys_.find(person.value); found != person_keys_.end())
      return found->second;
  }
  auto stored =
      read<std::optional<base::Key>>([&](Db& db) -> base::Result<std::optional<base::Key>> {
        Query query = db.query("SELECT key FROM people WHERE person=?");
        query.bind(person.value);
        if (!query.step()) return std::optional<base::Key>{};
        auto key = keys_.unwrap(query.blob(0), person.value);
        if (!key) return std::move(key).error();
        return std::optional<base::Key>(*key);
      });
  if (!stored) return std::move(stored).error();
  if (!*stored && !may_make)
    return base::fatal_error("KEY_MISSING",
                             "person",
                             "content is sealed with a key that is not in the store",
                             "restore the last backup");
  const std::scoped_lock lock(person_keys_mutex_);
  auto [at, added] = person_keys_.try_emplace(person.value);
  if (added) {
    at->second.key = *stored ? **stored : base::random_key();
    at->second.audit = audit::audit_key_of(at->second.key);
    at->second.durable = stored->has_value();
  }
  return at->second;
}

base::Result<base::Key> Store::content_key(const model::PersonId& person, bool may_make) {
  if (person.empty()) return keys_.intake_key();
  auto key = person_key(person, may_make);
  if (!key) return std::move(key).error();
  return key->key;
}

std::vector<Store::NewKey> Store::keys_to_write(const std::vector<std::string>& people) {
  std::vector<NewKey> keys;
  const std::scoped_lock lock(person_keys_mutex_);
  for (const std::string& person : people) {
    const auto found = person_keys_.find(person);
    if (found != person_keys_.end() && !found->second.durable)
      keys.push_back({person, keys_.wrap(found->second.key, person)});
  }
  return keys;
}

void Store::keys_written(const std::vector<NewKey>& keys) {
  const std::scoped_lock lock(person_keys_mutex_);
  for (const NewKey& key : keys) person_keys_[key.person].durable = true;
}

base::Result<std::string> Store::seal_for(const model::PersonId& person,
                                          std::string_view bytes,
                                          std::string_view bound) {
  auto key = content_key(person, true);
  if (!key) return std::move(key).error();
  return base::seal(*key, bytes, bound);
}

base::Result<std::string> Store::open_for(const model::PersonId& person,
                                          std::string_view sealed,
                                          std::string_view bound) {
  auto key = content_key(person, false);
  if (!key) return std::move(key).error();
  return base::open(*key, sealed, bound);
}

base::Result<std::vector<IndexRow>> Store::index_rows() {
  return read<std::vector<IndexRow>>([](Db& db) -> base::Result<std::vector<IndexRow>> {
    std::vector<IndexRow> rows;
    Query query = db.query("SELECT kind, digest, person FROM person_index");
    while (query.step())
      rows.push_back({static_cast<int>(query.integer(0)),
                      std::string(query.blob(1)),
                      model::PersonId(std::string(query.text(2))),
                      false});
    return rows;
  });
}

base::Result<std::vector<Profile>> Store::profiles() {
  struct Sealed {
    model::PersonId person;
    std::string bytes;
    base::Instant learnt_at;
  };
  auto sealed = read<std::vector<Sealed>>([](Db& db) -> base::Result<std::vector<Sealed>> {
    std::vector<Sealed> rows;
    Query query = db.query(
        "SELECT person, profile, learnt_at FROM people WHERE profile IS NOT NULL AND "
        "length(profile)>0");
    while (query.step())
      rows.push_back({model::PersonId(std::string(query.text(0))),
                      std::string(query.blob(1)),
                      base::from_us(query.integer(2))});
    return rows;
  });
  if (!sealed) return std::move(sealed).error();
  std::vector<Profile> profiles;
  profiles.reserve(sealed->size());
  for (const Sealed& row : *sealed) {
    auto bytes = open_for(row.person, row.bytes, "profile");
    if (!bytes) return std::move(bytes).error();
    auto profile = unpack_profile(*bytes);
    if (!profile) return std::move(profile).error();
    profile->person = row.person;
    profile->learnt_at = row.learnt_at;
    profiles.push_back(std::move(*profile));
  }
  return profiles;
}

}  // namespace concord::store
