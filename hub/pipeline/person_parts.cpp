#include "hub/pipeline/person_parts.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "hub/base/json.hpp"

namespace concord::pipeline {
namespace {

using store::Store;

// As the person index reads it: exact, or none.
std::string birth_date_in(const model::Entity& entity) {
  auto body = base::read_json(entity.body, entity.type);
  const base::JsonValue* birth = body ? base::member(*body, "birth_date") : nullptr;
  if (birth == nullptr) return {};
  auto number = [&](const char* name) {
    const base::JsonValue* found = base::member(*birth, name);
    return found != nullptr && found->IsInt() ? found->GetInt() : 0;
  };
  const base::JsonValue* about = base::member(*birth, "approximate");
  if (about != nullptr && about->IsTrue()) return {};
  char text[32];
  std::snprintf(
      text, sizeof text, "%04d-%02d-%02d", number("year"), number("month"), number("day"));
  return base::is_date(text) ? text : "";
}

// What one delivery is said to have disclosed.
struct Said {
  uint64_t number = 0;
  audit::Entry entry;
};

class Account {
 public:
  Account(std::vector<base::Key> keys, std::set<int64_t> deliveries)
      : keys_(std::move(keys)), deliveries_(std::move(deliveries)) {}

  base::Status look(uint64_t number, std::string_view leaf) {
    auto written = audit::read_leaf(leaf);
    if (!written) return std::move(written).error();
    const audit::Entry& entry = written->entry;
    if (!deliveries_.contains(entry.delivery)) return base::Done{};
    if (std::none_of(keys_.begin(), keys_.end(), [&](const base::Key& key) {
          return audit::is_of(*written, key);
        }))
      return base::Done{};
    switch (entry.kind) {
      case audit::Kind::started:
        if (!entry.verdict.empty()) said_[entry.delivery] = {number, entry};
        break;
      case audit::Kind::disclosed:
        if (const auto at = said_.find(entry.delivery); at != said_.end())
          at->second.number = number;
        break;
      case audit::Kind::taken_over:
        said_[entry.delivery] = {static_cast<uint64_t>(entry.of), entry};
        break;
      case audit::Kind::struck:
        said_.erase(entry.delivery);
        break;
      default:
        break;
    }
    return base::Done{};
  }
  [[nodiscard]] const std::map<int64_t, Said>& said() const { return said_; }

 private:
  std::vector<base::Key> keys_;
  std::set<int64_t> deliveries_;
  std::map<int64_t, Said> said_;
};

}  // namespace

base::Result<Part> part_of(Store& store, const model::PersonId& person, const Keys& keys) {
  auto documents = store.documents_of(person);
  if (!documents) return std::move(documents).error();
  Part part;
  std::set<int64_t> theirs;
  std::set<int64_t> others;
  base::Instant newest{};
  base::Instant newest_of_rest{};
  const Store::Document* before = nullptr;
  bool before_moved = false;
  for (const Store::Document& document : *documents) {
    auto entity = store.entity(document.id, document.version);
    if (!entity) return std::move(entity).error();
    const bool names_nobody = entity->subject_record.empty();
    const bool same = before != nullptr && before->id == document.id;
    const bool moves =
        names_nobody ? same && before_moved : among({entity->system, entity->subject_record}, keys);
    before = &document;
    before_moved = moves;
    (moves ? theirs : others).insert(document.record);
    if (moves) part.documents.push_back(document);
    base::Instant& last = moves ? newest : newest_of_rest;
    const std::string born = entity->type == "Person" ? birth_date_in(*entity) : "";
    if (born.empty() || entity->received < last) continue;
    last = entity->received;
    (moves ? part.birth_date : part.birth_date_of_rest) = born;
  }
  // Records that told nothing new gave no document; they have the keys of those that did.
  auto records = store.same_key({theirs.begin(), theirs.end()}, person);
  if (!records) return std::move(records).error();
  for (const int64_t record : *records)
    if (!others.contains(record)) part.records.push_back(record);
  return part;
}

base::Result<Part> whole_of(Store& store, const model::PersonId& person) {
  Part part;
  auto documents = store.documents_of(person);
  if (!documents) return std::move(documents).error();
  part.documents = std::move(*documents);
  auto records = store.records_of(person);
  if (!records) return std::move(records).error();
  part.records = std::move(*records);
  return part;
}

base::Result<std::vector<audit::Entry>> corrections(Store& store,
                                                    const std::vector<Store::Document>& documents,
                                                    const std::vector<model::PersonId>& said_of,
                                                    const model::PersonId& from,
                                                    const model::PersonId& to,
                                                    base::Instant at) {
  std::set<int64_t> deliveries;
  for (const Store::Document& document : documents) {
    auto theirs = store.deliveries_of(document);
    if (!theirs) return std::move(theirs).error();
    deliveries.insert(theirs->begin(), theirs->end());
  }
  std::vector<audit::Entry> entries;
  if (deliveries.empty()) return entries;
  std::vector<base::Key> keys;
  for (const model::PersonId& person : said_of) {
    auto key = store.audit_key(person);
    if (!key) return std::move(key).error();
    if (*key) keys.push_back(**key);
  }
  Account account(std::move(keys), std::move(deliveries));
  base::Status fault = base::Done{};
  auto read = store.each_leaf([&](uint64_t number, std::string_view leaf) {
    fault = account.look(number, leaf);
    return fault.ok();
  });
  if (!read) return std::move(read).error();
  if (!fault) return std::move(fault).error();
  for (const auto& [delivery, said] : account.said()) {
    audit::Entry entry;
    entry.at = at;
    entry.kind = audit::Kind::struck;
    entry.delivery = delivery;
    entry.of = static_cast<int64_t>(said.number);
    entry.person = from;
    entry.to = said.entry.to;
    entries.push_back(entry);
    entry = said.entry;
    entry.at = at;
    entry.kind = audit::Kind::taken_over;
    entry.of = static_cast<int64_t>(said.number);
    entry.person = to;
    entry.evidence.clear();  // consents that the other's persons signed are theirs to name
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace concord::pipeline
