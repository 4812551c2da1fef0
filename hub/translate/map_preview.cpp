#include <algorithm>
#include <iomanip>
#include <ostream>

#include "hub/base/nearest.hpp"
#include "hub/base/time.hpp"
#include "hub/translate/run.hpp"
#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

using Came = Made::Came;
using What = Action::What;
using Memory = rapidjson::MemoryPoolAllocator<>;

// What one row did, in words.
struct Line {
  std::string target, value, place, source;
};

std::string done(const Trace& trace) {
  if (trace.came == Came::value) {
    auto value = base::read_json(trace.shown, "value");
    return value ? in_short(*value) : trace.shown;
  }
  const bool missing = trace.came == Came::missing;
  std::string why = trace.came == Came::absent ? "sentinel" : missing ? "missing" : trace.shown;
  const Action& action = missing ? trace.row->if_missing : trace.row->if_invalid;
  switch (trace.action) {
    case What::absent:
      return "(absent: " + trace.reason + "; " + why + ")";
    case What::fallback:
      return in_short(*action.value) + "  (default; " + why + ")";
    case What::reject:
      return "(REJECTED; " + why + ")";
    default:
      return "(left out; " + why + ")";
  }
}

std::string labels_of(model::LabelSet labels) {
  std::string out;
  for (const model::Label label : labels.list()) out += " " + std::string(model::name_of(label));
  return out;
}

// One entity and how it came about.
struct Shown {
  const Table* table = nullptr;
  model::Entity entity;
  std::vector<Line> lines;
  std::optional<base::Error> fault;
};

Shown show(const Table& table, Run& run, const PreviewOptions& options, const std::string& type) {
  Shown shown;
  shown.table = &table;
  shown.entity.type = table.entity;
  shown.entity.key = options.key;
  shown.entity.record_type = type;
  std::vector<Trace> trace;
  run.place = table.name;
  EntityMaker maker(table, run, shown.entity, &trace);
  shown.fault = maker.make();
  for (const Trace& one : trace)
    shown.lines.push_back({one.row->target_text,
                           done(one),
                           table.name + ":" + std::to_string(one.row->line),
                           one.row->source_text.empty() ? "constant" : one.row->source_text});
  return shown;
}

void print(const Shown& shown, std::ostream& out) {
  const model::Entity& entity = shown.entity;
  out << shown.table->entity << "  key " << entity.key << "  about " << entity.subject_record
      << "  " << shown.table->name << "\n";
  if (entity.status != model::EntityStatus::active)
    out << "  status " << model::name_of(entity.status) << "\n";
  size_t widest = 0, wide = 0;
  for (const Line& line : shown.lines) {
    widest = std::max(widest, line.target.size());
    wide = std::max(wide, std::min<size_t>(line.value.size(), 60));
  }
  for (const Line& line : shown.lines)
    out << "  " << std::left << std::setw(static_cast<int>(widest)) << line.target << "  "
        << std::setw(static_cast<int>(wide)) << line.value << "  " << line.place << "  "
        << line.source << "\n";
  if (!entity.labels.empty()) out << "  labels:" << labels_of(entity.labels) << "\n";
  for (const auto& [pointer, labels] : entity.field_labels)
    out << "  labels of " << pointer << ":" << labels_of(labels) << "\n";
  if (shown.fault) out << "  rejected: " << to_text(*shown.fault) << "\n";
}

// The file of a code table, as a sector's rows find it.
std::string file_of(const Book& book, const std::string& sector, const std::string& table) {
  auto at = book.codes.find(std::string(sector).append("/").append(table));
  if (at == book.codes.end()) at = book.codes.find(table);
  return at == book.codes.end() ? table : at->second->sheet().name;
}

base::Error no_table(const Mappings& mappings,
                     const std::string& mapping,
                     const std::string& record_type) {
  std::vector<std::string> known;
  const auto sector = mappings.book().sectors.find(mapping);
  if (sector != mappings.book().sectors.end())
    for (const auto& [type, tables] : sector->second.in) known.push_back(type);
  return base::config_error("MAPPING_NONE",
                            "mappings/" + mapping + "/in",
                            "no table has $record " + record_type,
                            known.empty() ? "add one" : base::advice(record_type, known));
}

JsonValue as_json(const Shown& shown, Memory& memory) {
  const auto text = [&](std::string_view from) { return base::json_text(from, memory); };
  JsonValue out(rapidjson::kObjectType), fields(rapidjson::kArrayType),
      labels(rapidjson::kObjectType);
  out.AddMember("entity", text(shown.table->entity), memory);
  out.AddMember("table", text(shown.table->name), memory);
  out.AddMember("key", text(shown.entity.key), memory);
  out.AddMember("subject", text(shown.entity.subject_record), memory);
  for (const Line& line : shown.lines) {
    JsonValue field(rapidjson::kObjectType);
    field.AddMember("target", text(line.target), memory);
    field.AddMember("value", text(line.value), memory);
    field.AddMember("row", text(line.place), memory);
    field.AddMember("source", text(line.source), memory);
    fields.PushBack(std::move(field), memory);
  }
  out.AddMember("fields", std::move(fields), memory);
  const auto list = [&](model::LabelSet set) {
    JsonValue names(rapidjson::kArrayType);
    for (const model::Label label : set.list()) names.PushBack(text(model::name_of(label)), memory);
    return names;
  };
  labels.AddMember("", list(shown.entity.labels), memory);
  for (const auto& [pointer, set] : shown.entity.field_labels)
    labels.AddMember(text(pointer), list(set), memory);
  out.AddMember("labels", std::move(labels), memory);
  if (shown.fault) out.AddMember("fault", text(to_text(*shown.fault)), memory);
  if (auto body = base::read_json(shown.entity.body, "body"); body && !shown.fault)
    out.AddMember("body", JsonValue(*body, memory), memory);
  return out;
}

}  // namespace

base::Result<size_t> map_preview(const Mappings& mappings,
                                 const std::string& mapping,
                                 const std::string& record_type,
                                 const std::string& body,
                                 const PreviewOptions& options,
                                 std::ostream& out) {
  const auto sector = mappings.book().sectors.find(mapping);
  if (sector == mappings.book().sectors.end() || !sector->second.in.contains(record_type))
    return no_table(mappings, mapping, record_type);
  auto document = base::read_json(body, options.place);
  if (!document) return std::move(document).error();
  Memory memory;
  Run run(memory);
  std::vector<UnknownCode> unknown;
  run.zone = options.zone;
  run.unknown_codes = &unknown;
  const JsonValue key = base::json_text(options.key, memory),
                  type = base::json_text(record_type, memory),
                  zone = base::json_text(options.zone, memory);
  run.metas[static_cast<size_t>(Meta::record)] = &*document;
  run.metas[static_cast<size_t>(Meta::key)] = &key;
  run.metas[static_cast<size_t>(Meta::type)] = &type;
  run.metas[static_cast<size_t>(Meta::zone)] = &zone;
  std::vector<Shown> all;
  std::string skipped;
  for (const Table* table : sector->second.in.at(record_type)) {
    Values items;
    run.metas[static_cast<size_t>(Meta::item)] = nullptr;
    if (table->each)
      table->each->find(run.metas, items);
    else
      items.push_back(nullptr);
    for (const JsonValue* item : items) {
      run.metas[static_cast<size_t>(Meta::item)] = item;
      if (all_hold(table->when, run.metas))
        all.push_back(show(*table, run, options, record_type));
      else
        skipped += "not used: " + table->name + ", its $when does not hold\n";
    }
    if (items.empty()) skipped += "not used: " + table->name + ", its $each has no items\n";
  }
  const auto refused = static_cast<size_t>(std::count_if(
      all.begin(), all.end(), [](const Shown& shown) { return shown.fault.has_value(); }));
  if (options.json) {
    base::Json list(rapidjson::kArrayType);
    for (const Shown& shown : all)
      list.PushBack(as_json(shown, list.GetAllocator()), list.GetAllocator());
    out << base::write_json_pretty(list) << "\n";
    return refused;
  }
  out << all.size() << (all.size() == 1 ? " entity" : " entities");
  if (refused > 0) out << ", " << refused << " refused: the hub rejects the whole record";
  out << "\n";
  for (const Shown& shown : all) print(shown, out);
  out << skipped;
  for (const UnknownCode& code : unknown)
    out << "unknown code \"" << code.value << "\": " << code.place << ".  Next: add a row to "
        << file_of(mappings.book(), mapping, code.table) << ", or mend it at the source.\n";
  return refused;
}

}  // namespace concord::translate
