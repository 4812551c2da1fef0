#include <algorithm>
#include <filesystem>
#include <ostream>

#include "hub/base/files.hpp"
#include "hub/base/time.hpp"
#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

constexpr size_t kBytesMax = 16u << 20;
constexpr const char* kZone = "America/New_York";

using Memory = rapidjson::MemoryPoolAllocator<>;

JsonValue text(std::string_view from, Memory& memory) {
  return base::json_text(from, memory);
}

void add(JsonValue& object, const char* name, JsonValue value, Memory& memory) {
  object.AddMember(rapidjson::StringRef(name), std::move(value), memory);
}

JsonValue labels_json(model::LabelSet labels, Memory& memory) {
  JsonValue list(rapidjson::kArrayType);
  for (const model::Label label : labels.list())
    list.PushBack(text(model::name_of(label), memory), memory);
  return list;
}

JsonValue entity_json(const model::Entity& entity, Memory& memory) {
  JsonValue out(rapidjson::kObjectType);
  add(out, "type", text(entity.type, memory), memory);
  add(out, "key", text(entity.key, memory), memory);
  add(out, "subject", text(entity.subject_record, memory), memory);
  if (entity.subject_role != "child") add(out, "role", text(entity.subject_role, memory), memory);
  if (entity.status != model::EntityStatus::active)
    add(out, "status", text(model::name_of(entity.status), memory), memory);
  if (!entity.effective_start.empty())
    add(out, "effective_start", text(entity.effective_start, memory), memory);
  if (!entity.effective_end.empty())
    add(out, "effective_end", text(entity.effective_end, memory), memory);
  if (!entity.labels.empty()) add(out, "labels", labels_json(entity.labels, memory), memory);
  JsonValue fields(rapidjson::kObjectType), absent(rapidjson::kObjectType);
  for (const auto& [pointer, labels] : entity.field_labels)
    fields.AddMember(text(pointer, memory), labels_json(labels, memory), memory);
  if (!fields.ObjectEmpty()) add(out, "field_labels", std::move(fields), memory);
  for (const auto& one : entity.absent)
    absent.AddMember(text(one.pointer, memory), text(one.reason, memory), memory);
  if (!absent.ObjectEmpty()) add(out, "absent", std::move(absent), memory);
  if (auto body = base::read_json(entity.body, "body"))
    add(out, "body", JsonValue(*body, memory), memory);
  return out;
}

JsonValue hints_json(const model::IdentityHints& hints, Memory& memory) {
  JsonValue out(rapidjson::kObjectType), names(rapidjson::kArrayType), ids(rapidjson::kArrayType),
      replaces(rapidjson::kArrayType);
  for (const auto& name : hints.names)
    names.PushBack(text(name.family + "|" + name.given, memory), memory);
  for (const auto& id : hints.identifiers)
    ids.PushBack(text(id.system + "|" + id.value, memory), memory);
  for (const auto& key : hints.replaces) replaces.PushBack(text(key, memory), memory);
  add(out, "names", std::move(names), memory);
  if (hints.temporary_name) add(out, "temporary_name", JsonValue(true), memory);
  add(out, "birth_date", text(hints.birth_date, memory), memory);
  add(out, "sex", text(hints.sex, memory), memory);
  add(out, "identifiers", std::move(ids), memory);
  if (!replaces.Empty()) add(out, "replaces", std::move(replaces), memory);
  return out;
}

JsonValue fault_json(const base::Error& error, Memory& memory) {
  JsonValue out(rapidjson::kObjectType);
  add(out, "code", text(error.code, memory), memory);
  add(out, "place", text(error.place, memory), memory);
  add(out, "cause", text(error.cause, memory), memory);
  return out;
}

class Tester {
 public:
  Tester(const Mappings& mappings,
         const SchemaValidator& validator,
         std::ostream& out,
         bool rewrite)
      : mappings_(mappings), validator_(validator), out_(out), rewrite_(rewrite) {}
  TestCounts counts;
  std::function<void()> told;  // after each example and case

  static bool has_example(const Row& row) { return !row.example.empty() || !row.expect.empty(); }

  void run_examples(const std::string& only) {
    for (const auto& table : mappings_.book().tables) {
      if (!only.empty() && table->sector != only) continue;
      ++counts.tables;
      for (const Row& row : table->rows) {
        if (!has_example(row)) continue;
        ++counts.examples;
        if (told) told();
        if (const std::string wrong = judge_example(*table, row); !wrong.empty())
          fail(table->name + ":" + std::to_string(row.line) + " expect",
               row.target_text + ": " + wrong);
      }
    }
  }

  void run_cases(const std::string& folder, const std::string& only) {
    for (const std::string& name : base::files_below(folder, "given.json")) {
      const auto parts = std::filesystem::path(name);
      auto part = parts.begin();
      const std::string sector = part->string();
      if (!only.empty() && sector != only) continue;
      if (++part == parts.end() || part->string() != "tests") continue;
      ++counts.cases;
      if (told) told();
      run_case(folder + "/" + parts.parent_path().string(), sector);
    }
  }

 private:
  void fail(const std::string& place, const std::string& what) {
    ++counts.failed;
    out_ << place << ": " << what << "\n";
  }

  void run_case(const std::string& folder, const std::string& sector) {
    auto bytes = base::read_file(folder + "/given.json", kBytesMax);
    auto given = bytes ? base::read_json(*bytes, folder + "/given.json")
                       : base::Result<base::Json>(bytes.error());
    if (!given) return fail(folder, to_text(given.error()));
    base::Json made(rapidjson::kObjectType);
    if (base::member(*given, "document") != nullptr)
      run_outgoing(*given, sector, made);
    else
      run_incoming(*given, sector, folder, made);
    if (rewrite_) {
      const auto written =
          base::write_file(folder + "/want.json", base::write_json_pretty(made) + "\n");
      if (!written) fail(folder, to_text(written.error()));
      return;
    }
    auto want_bytes = base::read_file(folder + "/want.json", kBytesMax);
    if (!want_bytes)
      return fail(folder + "/want.json",
                  "cannot be read.  Next: concord map test --rewrite writes it; read it like code");
    auto want = base::read_json(*want_bytes, folder + "/want.json");
    if (!want) return fail(folder, to_text(want.error()));
    std::string lines;
    for (const std::string& line : differences(*want, made)) lines += "\n  " + line;
    if (!lines.empty())
      fail(folder + "/want.json",
           "differs" + lines +
               "\n  Next: mend the row; or, if it is meant: concord map test --rewrite, and read "
               "the difference");
  }

  void run_incoming(const base::Json& given,
                    const std::string& sector,
                    const std::string& folder,
                    base::Json& made) {
    Memory& memory = made.GetAllocator();
    model::Record record;
    record.system = model::SystemId(sector);
    record.type = base::text_of(given, "type");
    record.key = base::text_of(given, "key");
    record.version = base::text_of(given, "version");
    if (const JsonValue* deleted = base::member(given, "deleted"))
      record.deleted = deleted->IsTrue();
    if (const JsonValue* body = base::member(given, "body")) record.body = base::write_json(*body);
    record.changed_at = base::parse_instant(base::text_of(given, "changed_at"));
    const Translation done =
        mappings_.to_entities(record, {record.system, model::AgencyId(sector), sector, kZone});
    if (done.fault) return add(made, "fault", fault_json(*done.fault, memory), memory);
    JsonValue entities(rapidjson::kArrayType);
    for (const model::Entity& entity : done.entities) {
      entities.PushBack(entity_json(entity, memory), memory);
      check(entity, folder);
    }
    add(made, "entities", std::move(entities), memory);
    if (!done.hints.empty())
      add(made, "hints", hints_json(done.hints.front().second, memory), memory);
    JsonValue unknown(rapidjson::kArrayType);
    for (const UnknownCode& code : done.unknown_codes)
      unknown.PushBack(text(code.place + " " + code.table, memory), memory);
    if (!unknown.Empty()) add(made, "unknown_codes", std::move(unknown), memory);
  }

  // Also by the schema's own files. What is required may be absent.
  void check(const model::Entity& entity, const std::string& folder) {
    if (entity.status == model::EntityStatus::withdrawn) return;
    auto body = base::read_json(entity.body, "body");
    if (!body) return fail(folder, to_text(body.error()));
    for (const std::string& fault : validator_.validate(entity.type, *body)) {
      const bool absent =
          std::any_of(entity.absent.begin(), entity.absent.end(), [&](const auto& one) {
            const std::string name = one.pointer.substr(1, one.pointer.find('/', 1) - 1);
            return fault.find("'" + name + "'") != std::string::npos;
          });
      if (!absent &&
          !(fault.find("Failed to validate") != std::string::npos && !entity.absent.empty()))
        fail(folder, entity.type + " breaks the schema: " + fault);
    }
  }

  void run_outgoing(const base::Json& given, const std::string& sector, base::Json& made) {
    Memory& memory = made.GetAllocator();
    const auto record =
        mappings_.to_record(base::write_json(*base::member(given, "document")),
                            {sector, kZone, std::string(base::text_of(given, "subject"))});
    if (!record) return add(made, "fault", fault_json(record.error(), memory), memory);
    if (!*record) return add(made, "record", JsonValue(), memory);
    JsonValue out(rapidjson::kObjectType);
    add(out, "type", text((**record).type, memory), memory);
    add(out, "key", text((**record).key, memory), memory);
    if (auto body = base::read_json((**record).body, "body"))
      add(out, "body", JsonValue(*body, memory), memory);
    add(made, "record", std::move(out), memory);
  }

  const Mappings& mappings_;
  const SchemaValidator& validator_;
  std::ostream& out_;
  bool rewrite_;
};

}  // namespace

base::Result<TestCounts, base::Errors> map_test(const std::vector<std::string>& folders,
                                                const model::Schema& schema,
                                                std::ostream& out,
                                                const std::string& sector,
                                                bool rewrite,
                                                const std::function<void(size_t, size_t)>& told) {
  auto mappings = Mappings::load(folders, schema);
  if (!mappings) return std::move(mappings).error();
  auto validator = SchemaValidator::compile(schema);
  if (!validator) return std::move(validator).error();
  Tester tester(*mappings, *validator, out, rewrite);
  if (told) {
    size_t all = 0;
    for (const auto& table : mappings->book().tables)
      all += static_cast<size_t>(
          std::count_if(table->rows.begin(), table->rows.end(), &Tester::has_example));
    for (const std::string& folder : folders) all += base::files_below(folder, "given.json").size();
    tester.told = [&tester, &told, all] {
      told(tester.counts.examples + tester.counts.cases, all);
    };
  }
  tester.run_examples(sector);
  for (const std::string& folder : folders) tester.run_cases(folder, sector);
  return tester.counts;
}

}  // namespace concord::translate
