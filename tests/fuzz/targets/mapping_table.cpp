// A mapping table as a spreadsheet saves it: read, compiled, its examples run, and a record sent
// through it. A digit (code table, incoming, outgoing), the table, a line "---", the record.
#include "hub/translate/compile.hpp"
#include "hub/translate/run.hpp"
#include "hub/translate/tools.hpp"
#include "tests/fuzz/records.hpp"
#include "tests/fuzz/shared_schema.hpp"

namespace concord::fuzz {
namespace {

using namespace concord::translate;

const Checker& checker() {
  static const Checker checker = [] {
    auto compiled = Checker::compile(shared_schema());
    must(compiled.ok(), "the schema that ships can be compiled");
    return std::move(*compiled);
  }();
  return checker;
}

std::shared_ptr<const CodeTable> codes(const char* name,
                                       std::string_view bytes,
                                       base::Errors& errors) {
  Sheet sheet = read_sheet(
      name, name, bytes, {"from", "to"}, {"valid_from", "valid_to", "owner", "note"}, errors);
  return CodeTable::read(std::move(sheet), errors);
}

void code_table(std::string_view bytes) {
  base::Errors errors;
  const auto table = codes("codes/a.csv", bytes, errors);
  if (!errors.empty()) return tells_all(errors);
  for (const CodeRow& row : table->rows()) {
    must(row.line >= 2, "a row on the line of the headings");
    const CodeRow* found = table->find(row.from, row.valid_from);
    must(found == nullptr || row.from.ends_with('*') || found->from == row.from,
         "another code was found");
  }
}

void use(const Table& table, std::string_view body) {
  for (const Row& row : table.rows)
    if (!row.example.empty()) (void)judge_example(table, row);
  auto json = base::read_json(body, "record", {.bytes_max = 64u << 10, .depth_max = 64});
  if (!json || !json->IsObject()) return;
  rapidjson::MemoryPoolAllocator<> memory;
  Run run(memory);
  run.metas[static_cast<size_t>(Meta::record)] = &*json;
  run.metas[static_cast<size_t>(Meta::item)] = table.each ? &*json : nullptr;
  run.zone = "America/New_York";
  run.day = "2026-03-01";
  run.place = table.name;
  std::vector<UnknownCode> unknown;
  run.unknown_codes = &unknown;
  if (!all_hold(table.when, run.metas)) return;
  if (table.outward) {
    std::string key;
    const auto made = make_record(table, run, &key);
    if (!made) return tells_all(made.error());
    return;
  }
  model::Entity entity;
  EntityMaker maker(table, run, entity);
  if (const auto fault = maker.make()) return tells_all(*fault);
  is_json_object(entity.body);
}

}  // namespace

void mapping_table(std::string_view input) {
  const unsigned way = choice(input, 3);
  std::string_view record = input;
  const std::string_view bytes = cut_at(record, "\n---\n");
  if (way == 0) return code_table(bytes);
  base::Errors errors;
  Book book;
  book.checker = checker();
  book.codes["sex"] =
      codes("codes/sex.csv", "from,to\nF,female\nM,male\nU,absent:unknown\n", errors);
  const char* name = way == 1 ? "s/in/a.csv" : "s/out/a.csv";
  Sheet sheet =
      read_sheet(name,
                 name,
                 bytes,
                 {"target", "source", "rule", "argument", "codes", "if_missing", "if_invalid"},
                 {"when", "note", "example", "expect"},
                 errors);
  if (!errors.empty()) return tells_all(errors);
  const auto table = compile_table(std::move(sheet), "s", way == 2, book, errors);
  if (!errors.empty()) return tells_all(errors);
  must(table->body != nullptr, "a table of no entity");
  use(*table, record);
}

}  // namespace concord::fuzz
