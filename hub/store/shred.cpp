// A person's end (why/shredding.md). What stays: journal rows and deliveries, so that the ledger
// balances, without content, without the source's key, of nobody and not of one another; and the
// audit's entries, whose pseudonyms nobody can make again.
#include <openssl/crypto.h>
#include <sqlite3.h>

#include <filesystem>
#include <set>

#include "hub/base/json.hpp"
#include "hub/store/audit_rows.hpp"
#include "hub/store/codec.hpp"

namespace concord::store {
namespace {

using model::ChildRef;
using Ids = std::set<int64_t>;

// A shorter key may stand in another child's record by chance.
constexpr size_t kTellingKey = 4;

// What of a wipe is still to be done: all; or only the log.
constexpr std::string_view kRewrite = "rewrite", kEmptyLog = "empty log";
constexpr int kLogPatienceMs = 300;

void note_wipe(Db& db, std::string_view what) {
  db.query("INSERT OR REPLACE INTO meta(name,value) VALUES('wipe',?)").bind_blob(what).run();
}

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

// Does this text hold the key as a word of its own?
bool names(std::string_view text, std::string_view key) {
  if (key.size() < kTellingKey) return false;
  for (size_t at = 0; (at = text.find(key, at)) != std::string_view::npos; ++at) {
    const size_t end = at + key.size();
    const bool begins = at == 0 || !in_word(text[at - 1]);
    if (begins && (end == text.size() || !in_word(text[end]))) return true;
  }
  return false;
}

// Evidence of every kind says {"system", "key"} of the child it is about.
bool is_about(const base::JsonValue& json, const std::vector<ChildRef>& known) {
  if (json.IsArray()) {
    for (const auto& item : json.GetArray())
      if (is_about(item, known)) return true;
  }
  if (!json.IsObject()) return false;
  const ChildRef child{model::SystemId(std::string(base::text_of(json, "system"))),
                       std::string(base::text_of(json, "key"))};
  if (std::find(known.begin(), known.end(), child) != known.end()) return true;
  for (const auto& item : json.GetObject())
    if (is_about(item.value, known)) return true;
  return false;
}

// The person's records, those that gave documents about the person, and older or contradicting
// versions of either, which were never looked into.
Ids records_of(Db& db, const std::string& person) {
  Ids ids;
  for (const char* sql :
       {"SELECT id FROM records WHERE person=?", "SELECT record FROM entities WHERE person=?"}) {
    Query query = db.query(sql);
    query.bind(person);
    while (query.step()) ids.insert(query.integer(0));
  }
  Ids all = ids;
  for (const int64_t id : ids) {
    Query query = db.query(
        "SELECT other.id FROM records r JOIN records other ON other.system=r.system AND "
        "other.type=r.type AND other.key=r.key WHERE r.id=?");
    query.bind(id);
    while (query.step()) all.insert(query.integer(0));
  }
  return all;
}

// Rows of a table that has no index by person: looked for once, changed by their keys.
std::vector<model::Delivery> deliveries_of(Db& db, const std::string& person) {
  std::vector<model::Delivery> all;
  Query query = db.query("SELECT id, system, outcome, recall FROM deliveries WHERE person=?");
  query.bind(person);
  while (query.step()) {
    all.emplace_back();
    all.back().id = query.integer(0);
    all.back().to = model::SystemId(std::string(query.text(1)));
    all.back().outcome = static_cast<model::Outcome>(query.integer(2));
    all.back().recall = static_cast<model::Recall>(query.integer(3));
  }
  return all;
}

std::vector<std::pair<std::string, int64_t>> documents_of(Db& db, const std::string& person) {
  std::vector<std::pair<std::string, int64_t>> all;
  Query query = db.query("SELECT id, version FROM entities WHERE person=?");
  query.bind(person);
  while (query.step()) all.emplace_back(query.text(0), query.integer(1));
  return all;
}

bool is_open(const model::Delivery& delivery) {
  return delivery.outcome == model::Outcome::waiting || delivery.outcome == model::Outcome::parked;
}

// What there is of a person.
struct Found {
  Ids records;
  std::vector<std::pair<int64_t, std::string>> unread;  // of nobody, sealed
  std::vector<EvidenceRow> evidence;
  std::vector<std::pair<std::string, int64_t>> documents;  // id, version
  std::vector<model::Delivery> deliveries;
  Store::Shredded result;
};

Found find(Db& db, const Keys& keys, const Store::Shredding& what) {
  const std::string& person = what.person.value;
  Found found;
  found.records = records_of(db, person);
  for (const ChildRef& child : what.known) {
    Query waiting = db.query("SELECT id FROM records WHERE waits_for=? AND state=2");
    const std::string digest = keys.digest("waits", {child.system.value, child.key});
    waiting.bind_blob(digest);
    while (waiting.step()) found.records.insert(waiting.integer(0));
    Query unread = db.query(
        "SELECT id, sealed FROM records WHERE state IN (1, 2, 3) AND person='' AND system=?");
    unread.bind(child.system.value);
    while (unread.step()) found.unread.emplace_back(unread.integer(0), unread.blob(1));
  }
  found.documents = documents_of(db, person);
  found.deliveries = deliveries_of(db, person);
  for (const model::Delivery& delivery : found.deliveries)
    if (delivery.outcome == model::Outcome::delivered && delivery.recall == model::Recall::none)
      ++found.result.delivered[delivery.to.value];
  return found;
}

// What could not be read by a mapping is of nobody; it may name the person all the same.
void open_unread(Found& found, const Keys& keys, const std::vector<ChildRef>& known) {
  for (const auto& [id, sealed] : found.unread) {
    auto bytes = base::open(keys.intake_key(), sealed, "record " + std::to_string(id));
    if (bytes && std::any_of(known.begin(), known.end(), [&](const ChildRef& child) {
          return names(*bytes, child.key);
        }))
      found.records.insert(id);
  }
}

std::vector<audit::Entry> withheld(const Found& found, const Store::Shredding& what) {
  std::vector<audit::Entry> entries;
  for (const model::Delivery& delivery : found.deliveries) {
    if (!is_open(delivery)) continue;
    audit::Entry entry;
    entry.at = what.at;
    entry.kind = audit::Kind::withheld;
    entry.delivery = delivery.id;
    entry.to = delivery.to.value;
    entry.person = what.person;
    entry.reasons = {"EXPUNGED"};
    entries.push_back(std::move(entry));
  }
  return entries;
}

void erase(Db& db, Found& found, const Store::Shredding& what) {
  const std::string& person = what.person.value;
  for (const model::Delivery& delivery : found.deliveries) {
    if (is_open(delivery)) {
      db.query(
            "UPDATE deliveries SET outcome=2,reason='EXPUNGED',owner=0,due_at=NULL,ended_at=? "
            "WHERE id=?")
          .bind(base::to_us(what.at))
          .bind(delivery.id)
          .run();
      ++found.result.withdrawn;
    }
    db.query("UPDATE deliveries SET person='',entity='',version=0,detail='' WHERE id=?")
        .bind(delivery.id)
        .run();
  }
  // Parked and rejected ones are taken up by nobody any more; they owe nothing.
  for (const int64_t id : found.records)
    db.query(
          "UPDATE records SET person=?,key=randomblob(16),version='',digest=randomblob(16),"
          "changed_at=NULL,waits_for=NULL,sealed=x'',detail='',"
          "reason=CASE state WHEN 1 THEN '' WHEN 2 THEN '' ELSE reason END,"
          "owner=CASE state WHEN 1 THEN 0 WHEN 2 THEN 0 ELSE owner END,"
          "state=CASE state WHEN 1 THEN 0 WHEN 2 THEN 0 ELSE state END WHERE id=?")
        .bind(std::string_view(kShredded))
        .bind(id)
        .run();
  found.result.records = static_cast<int64_t>(found.records.size());
  for (const auto& [id, version] : found.documents)
    db.query("DELETE FROM entities WHERE id=? AND version=?").bind(id).bind(version).run();
  found.result.documents = static_cast<int64_t>(found.documents.size());
  db.query("DELETE FROM person_index WHERE person=?").bind(person).run();
  for (const EvidenceRow& row : found.evidence)
    db.query("DELETE FROM evidence WHERE kind=? AND id=?").bind(row.kind).bind(row.id).run();
  found.result.evidence = static_cast<int64_t>(found.evidence.size());
  db.query("DELETE FROM people WHERE person=?").bind(person).run();
  for (const model::PersonId& former : what.former)
    db.query("DELETE FROM people WHERE person=?").bind(former.value).run();
  note_wipe(db, kRewrite);
}

}  // namespace

base::Result<Store::Shredded> Store::shred(const Shredding& what) {
  // Looked for beside the writer: a journal may be large.
  auto found = read<Found>([&](Db& db) -> base::Result<Found> { return find(db, keys_, what); });
  if (!found) return std::move(found).error();
  open_unread(*found, keys_, what.known);
  auto rows = evidence();
  if (!rows) return std::move(rows).error();
  for (EvidenceRow& row : *rows) {
    auto json = base::read_json(row.json, "evidence");
    // A mandate's clock names the document that started it.
    const std::string document(json ? base::text_of(*json, "entity") : "");
    const bool theirs = std::any_of(found->documents.begin(),
                                    found->documents.end(),
                                    [&](const auto& one) { return one.first == document; });
    if (theirs || (json && is_about(*json, what.known))) found->evidence.push_back(std::move(row));
  }
  const std::vector<audit::Entry> ends = withheld(*found, what);
  std::vector<const audit::Entry*> entries;
  entries.reserve(ends.size());
  for (const audit::Entry& entry : ends) entries.push_back(&entry);
  auto leaves = leaves_of(entries);
  if (!leaves) return std::move(leaves).error();
  leaves->push_back(audit::leaf_of_shredding(what.at, what.receipt, what.order));
  auto written = writer_->commit([&](Db& db) {
    append(db, *leaves);
    found->result.entry = tip_of(db, keys_)->size() - 1;
    erase(db, *found, what);
  });
  if (!written) return std::move(written).error();
  const std::scoped_lock lock(person_keys_mutex_);
  auto forget = [&](const model::PersonId& person) {
    const auto key = person_keys_.find(person.value);
    if (key == person_keys_.end()) return;
    OPENSSL_cleanse(key->second.key.data(), key->second.key.size());
    OPENSSL_cleanse(key->second.audit.data(), key->second.audit.size());
    person_keys_.erase(key);
  };
  forget(what.person);
  for (const model::PersonId& former : what.former) forget(former);
  return std::move(found->result);
}

base::Status Store::wipe() {
  auto due = read<std::string>([](Db& db) -> base::Result<std::string> {
    Query query = db.query("SELECT value FROM meta WHERE name='wipe'");
    return query.step() ? std::string(query.blob(0)) : std::string();
  });
  if (!due) return std::move(due).error();
  if (due->empty()) return base::Done{};
  if (*due == kRewrite) {
    // secure_delete zeroes what is deleted, but not the copies that pages leave behind when they
    // are split; a rewritten store has none.
    auto rewritten = writer_->alone(
        [](Db& db) { db.exec("PRAGMA temp_store=FILE; VACUUM; PRAGMA temp_store=MEMORY;"); });
    if (!rewritten) return rewritten;
    auto noted = writer_->commit([](Db& db) { note_wipe(db, kEmptyLog); });
    if (!noted) return noted;
  }
  bool busy = false;
  auto emptied = writer_->alone([&](Db& db) {
    // Nobody else is written for meanwhile: not for long.
    sqlite3_busy_timeout(db.raw(), kLogPatienceMs);
    Query query = db.query("PRAGMA wal_checkpoint(TRUNCATE)");
    busy = !query.step() || query.integer(0) != 0;
    sqlite3_busy_timeout(db.raw(), kBusyPatienceMs);
  });
  if (!emptied) return emptied;
  if (busy)
    return base::retry_error(
        "WIPE_WAITS",
        "store",
        "the key is destroyed, but somebody reads an older state of the store, "
        "so that its log cannot be emptied yet",
        "end other concord commands on this store; the hub tries again every "
        "minute");
  // Copies from before a migration hold the key that was destroyed.
  namespace fs = std::filesystem;
  std::error_code fault;
  for (const auto& file : fs::directory_iterator(folder_, fault))
    if (file.path().filename().string().starts_with("concord.db.before-"))
      fs::remove(file.path(), fault);
  if (fault)
    return base::retry_error("WIPE_WAITS",
                             folder_,
                             "a copy of the store from before a migration cannot be removed",
                             "remove concord.db.before-*");
  return writer_->commit([](Db& db) { db.query("DELETE FROM meta WHERE name='wipe'").run(); });
}

}  // namespace concord::store
