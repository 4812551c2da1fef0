#include "hub/translate/mappings.hpp"

#include <algorithm>
#include <concord/json.hpp>

#include "hub/base/time.hpp"
#include "hub/translate/run.hpp"

namespace concord::translate {
namespace {

constexpr size_t kMemory = 64u << 10;  // a record's documents fit; more comes from the heap

// Memory of this thread for the documents of one record at a time.
char* thread_memory() {
  thread_local const auto memory = std::make_unique<char[]>(kMemory);
  return memory.get();
}

const Sector* sector_of(const Book& book, std::string_view name) {
  const auto found = book.sectors.find(name);
  return found == book.sectors.end() ? nullptr : &found->second;
}

// The texts that "$key", "$subject" ... stand for.
class MetaTexts {
 public:
  void set(Meta meta, std::string_view text, Metas& metas) {
    JsonValue& value = values_[static_cast<size_t>(meta)];
    value = lent(text);
    metas[static_cast<size_t>(meta)] = &value;
  }

 private:
  std::array<JsonValue, kMetaCount> values_;
};

// One record through all its tables.
class Inward {
 public:
  Inward(const model::Record& record, const SystemContext& context, Translation& out)
      : record_(record),
        context_(context),
        out_(out),
        memory_(thread_memory(), kMemory),
        document_(&memory_),
        run_(memory_) {}

  bool read() {
    sdk::JsonFault fault;
    const std::string_view bytes = trimmed(record_.body);
    bare_ = record_.deleted && (bytes.empty() || bytes == "{}");
    if (bare_) {
      document_.SetObject();
    } else if (!sdk::parse_json(record_.body, document_, fault) || !document_.IsObject()) {
      out_.fault = base::bad_record(
          fault.code.empty() ? "RECORD_BODY" : fault.code,
          record_.system.value + " " + record_.type + ":byte " + std::to_string(fault.offset),
          fault.cause.empty() ? "expected a JSON object" : fault.cause,
          "mend it at the source, or the connector");
      return false;
    }
    run_.metas[static_cast<size_t>(Meta::record)] = &document_;
    texts_.set(Meta::key, record_.key, run_.metas);
    texts_.set(Meta::type, record_.type, run_.metas);
    texts_.set(Meta::version, record_.version, run_.metas);
    texts_.set(Meta::zone, context_.zone, run_.metas);
    day_ = base::to_text(record_.changed_at.value_or(record_.read_at));
    if (record_.changed_at) texts_.set(Meta::changed_at, day_, run_.metas);
    run_.day = std::string_view(day_).substr(0, 10);
    run_.zone = context_.zone;
    run_.unknown_codes = &out_.unknown_codes;
    return true;
  }

  bool run(const Table& table) {
    run_.place = table.name;
    run_.metas[static_cast<size_t>(Meta::item)] = nullptr;
    if (!table.each) {
      if (!bare_ && !all_hold(table.when, run_.metas)) return true;
      applied_ = true;
      return make(table, 0);
    }
    applied_ |= table.when.empty();
    Values items;
    table.each->find(run_.metas, items);
    size_t n = 0;
    for (const JsonValue* item : items) {
      run_.metas[static_cast<size_t>(Meta::item)] = item;
      if (!all_hold(table.when, run_.metas)) continue;
      applied_ = true;
      if (!make(table, ++n)) return false;
    }
    return true;
  }

  // Nothing may vanish silently: a shape that no table knows is told.
  void judge() {
    if (applied_ || record_.deleted) return;
    out_.fault = base::bad_record("MAPPING_NONE_APPLIES",
                                  "mappings/" + context_.mapping + "/in, " + record_.type,
                                  "no table's $when holds for this record",
                                  "widen a $when, or add a table for this shape");
  }

 private:
  model::Entity blank(const Table& table, size_t n) const {
    model::Entity entity;
    entity.type = table.entity;
    entity.subject_role = "child";
    entity.agency = context_.agency;
    entity.system = context_.system;
    entity.record_type = record_.type;
    entity.record_key = record_.key;
    entity.record_version = record_.version;
    entity.key = n == 0 ? record_.key : record_.key + "#" + std::to_string(n);
    entity.entered = record_.changed_at;
    entity.received = record_.read_at;
    entity.lineage = table.lineage;
    return entity;
  }

  bool make(const Table& table, size_t n) {
    model::Entity entity = blank(table, n);
    EntityMaker maker(table, run_, entity);
    if (auto fault = maker.make()) {
      // What is gone may be told by less than what is there.
      if (record_.deleted) return withdraw(table);
      out_.fault = std::move(fault);
      return false;
    }
    if (record_.deleted) entity.status = model::EntityStatus::withdrawn;
    const auto same = find(entity);
    // Two rows of one message about one thing: the later is the newer.
    size_t index = static_cast<size_t>(same - out_.entities.begin());
    if (same != out_.entities.end()) {
      *same = std::move(entity);
      std::erase_if(out_.hints, [&](const auto& hint) { return hint.first == index; });
    } else {
      out_.entities.push_back(std::move(entity));
    }
    if (table.entity == "Person") out_.hints.emplace_back(index, maker.take_hints());
    return true;
  }

  // A deleted record whose body does not say enough: known by its key alone.
  bool withdraw(const Table& table) {
    if (!record_.deleted || table.each) return true;
    model::Entity entity = blank(table, 0);
    entity.status = model::EntityStatus::withdrawn;
    entity.body = "{}";
    for (const Row& row : table.rows) {
      const bool key = row.target.kind == Target::Kind::key;
      if (!key && row.target.kind != Target::Kind::subject) continue;
      Values values;
      for (const SourcePath& source : row.sources) source.find(run_.metas, values);
      if (values.empty()) continue;
      const Made made = row.make(row, values, run_);
      if (made.came == Made::Came::value)
        (key ? entity.key : entity.subject_record) = base::text(made.value);
    }
    if (table.entity == "Person" && entity.subject_record.empty())
      entity.subject_record = record_.key;
    if (find(entity) == out_.entities.end()) out_.entities.push_back(std::move(entity));
    return true;
  }

  std::vector<model::Entity>::iterator find(const model::Entity& like) {
    return std::find_if(out_.entities.begin(), out_.entities.end(), [&](const auto& one) {
      return one.type == like.type && one.key == like.key;
    });
  }

  const model::Record& record_;
  const SystemContext& context_;
  Translation& out_;
  rapidjson::MemoryPoolAllocator<> memory_;
  base::Json document_;
  Run run_;
  MetaTexts texts_;
  std::string day_;
  bool applied_ = false;
  bool bare_ = false;  // deleted, and nothing but the key is told
};

const Table* table_for(const Sector& sector, std::string_view entity, const Metas& metas) {
  const auto found = sector.out.find(entity);
  if (found == sector.out.end()) return nullptr;
  for (const Table* table : found->second)
    if (all_hold(table->when, metas)) return table;
  return nullptr;
}

}  // namespace

Translation Mappings::to_entities(const model::Record& record, const SystemContext& context) const {
  Translation out;
  const Sector* sector = sector_of(*book_, context.mapping);
  const auto found =
      sector == nullptr ? decltype(sector->in.find(""))() : sector->in.find(record.type);
  if (sector == nullptr || found == sector->in.end()) {
    out.fault = base::config_error("MAPPING_NONE",
                                   "mappings/" + context.mapping + "/in",
                                   "no table has $record " + record.type,
                                   "add one, or read this record type no more");
    return out;
  }
  Inward inward(record, context, out);
  if (!inward.read()) return out;
  bool good = true;
  for (const Table* table : found->second) good = good && inward.run(*table);
  if (good) inward.judge();
  if (out.fault) {
    out.entities.clear();
    out.hints.clear();
  }
  return out;
}

base::Result<std::optional<model::OutRecord>> Mappings::to_record(
    const std::string& released_document_json, const OutContext& context) const {
  rapidjson::MemoryPoolAllocator<> memory(thread_memory(), kMemory);
  base::Json document(&memory);
  sdk::JsonFault fault;
  if (!sdk::parse_json(released_document_json, document, fault))
    return base::fatal_error(
        fault.code, "released document", fault.cause, "report this: the hub made it");
  const JsonValue* body = base::member(document, "body");
  const Sector* sector = sector_of(*book_, context.mapping);
  if (sector == nullptr || body == nullptr) return std::optional<model::OutRecord>{};
  Run run(memory);
  run.zone = context.zone;
  MetaTexts texts;
  run.metas[static_cast<size_t>(Meta::record)] = body;
  for (const auto& [meta, name] : {std::pair{Meta::id, "id"},
                                   {Meta::type, "type"},
                                   {Meta::version, "version"},
                                   {Meta::status, "status"}})
    run.metas[static_cast<size_t>(meta)] = base::member(document, name);
  if (const JsonValue* source = base::member(document, "source"))
    run.metas[static_cast<size_t>(Meta::agency)] = base::member(*source, "agency");
  if (const JsonValue* effective = base::member(document, "effective")) {
    run.metas[static_cast<size_t>(Meta::effective_start)] = base::member(*effective, "start");
    run.metas[static_cast<size_t>(Meta::effective_end)] = base::member(*effective, "end");
  }
  texts.set(Meta::subject, context.local_subject_key, run.metas);
  texts.set(Meta::zone, context.zone, run.metas);
  const Table* table = table_for(*sector, base::text_of(document, "type"), run.metas);
  if (table == nullptr) return std::optional<model::OutRecord>{};
  run.place = table->name;
  model::OutRecord record;
  record.type = table->record_type;
  record.key = base::text_of(document, "id");
  auto made = make_record(*table, run, &record.key);
  if (!made) return std::move(made).error();
  record.body = base::write_json(*made);
  return std::optional<model::OutRecord>(std::move(record));
}

bool Mappings::takes(std::string_view mapping, std::string_view entity) const {
  const Sector* sector = sector_of(*book_, mapping);
  return sector != nullptr && sector->out.contains(entity);
}

std::optional<std::string> Mappings::record_type_for(std::string_view mapping,
                                                     std::string_view entity) const {
  const Sector* sector = sector_of(*book_, mapping);
  if (sector == nullptr) return std::nullopt;
  const auto found = sector->out.find(entity);
  if (found == sector->out.end()) return std::nullopt;
  return found->second.front()->record_type;
}

bool Mappings::reads(std::string_view mapping, std::string_view record_type) const {
  const Sector* sector = sector_of(*book_, mapping);
  return sector != nullptr && sector->in.contains(record_type);
}

}  // namespace concord::translate
