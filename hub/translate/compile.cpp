#include "hub/translate/compile.hpp"

#include <algorithm>

namespace concord::translate {
namespace {

// Rows that speak of the whole table.
bool is_table_row(std::string_view target) {
  return target == "$record" || target == "$entity" || target == "$each" || target == "$when" ||
         target == "$sentinels";
}

class TableCompiler {
 public:
  TableCompiler(Table& table, Book& book, base::Errors& errors)
      : table_(table), book_(book), errors_(errors), rows_(table, book, errors) {}

  void compile() {
    for (const SheetRow& row : table_.sheet.rows) read_table_row(row);
    need("$record", table_.record_type);
    need("$entity", table_.entity);
    if (table_.body == nullptr) return;
    for (const SheetRow& row : table_.sheet.rows) {
      if (is_table_row(table_.sheet.cell(row, "target"))) continue;
      if (auto compiled = rows_.compile(row)) table_.rows.push_back(std::move(*compiled));
    }
    if (!table_.outward) judge_whole();
  }

 private:
  void need(std::string_view target, const std::string& is) {
    if (!is.empty()) return;
    errors_.push_back(sheet_error(table_.sheet,
                                  0,
                                  "target",
                                  "there is no row " + std::string(target),
                                  "add: " + std::string(target) + ",,constant,<name>,,-,-"));
  }

  void read_table_row(const SheetRow& row) {
    const Sheet& sheet = table_.sheet;
    const std::string_view target = sheet.cell(row, "target");
    const std::string argument(sheet.cell(row, "argument"));
    if (!is_table_row(target)) return;
    const auto once = [&](std::string& slot) {
      if (argument.empty()) rows_.say(row, "argument", "this cell is empty", "name it here");
      if (!slot.empty()) rows_.say(row, "target", "this is there twice", "remove one");
      slot = argument;
    };
    if (target == "$record") return once(table_.record_type);
    if (target == "$entity") {
      once(table_.entity);
      table_.body = book_.checker.find(table_.entity);
      if (table_.body == nullptr)
        rows_.say(row,
                  "argument",
                  "the shared schema has no entity \"" + argument + "\"",
                  "see the titles in mappings/schema");
    } else if (target == "$each") {
      read_each(row);
    } else if (target == "$when") {
      if (auto conditions = rows_.conditions(row)) table_.when = std::move(*conditions);
      if (table_.when.empty())
        rows_.say(row, "when", "this cell is empty", "say there when the table applies");
    } else {
      read_sentinels(row);
    }
  }

  void read_each(const SheetRow& row) {
    if (table_.outward)
      return rows_.say(row, "target", "$each is for incoming tables", "remove it");
    auto path = rows_.path(row, "source", table_.sheet.cell(row, "source"));
    if (!path) return;
    if (!path->text().ends_with(']'))
      return rows_.say(row, "source", "this is no list", "end it in [], as in diagnoses[]");
    table_.each = std::move(path);
  }

  void read_sentinels(const SheetRow& row) {
    for (std::string_view rest = table_.sheet.cell(row, "codes"); !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
      if (name.empty()) continue;
      const auto codes = rows_.codes(row, name);
      if (codes == nullptr) continue;
      if (!codes->only_sentinels())
        rows_.say(row,
                  "codes",
                  "not every row of " + std::string(name) + " is absent:<reason>",
                  "name tables of sentinels alone");
      rows_.sentinels.push_back(codes);
    }
  }

  // A row of the sheet is for it, right or not; of one that is not right its own fault is told.
  bool has_row(std::string_view target) const {
    return std::any_of(
        table_.sheet.rows.begin(), table_.sheet.rows.end(), [&](const SheetRow& row) {
          std::string_view text = table_.sheet.cell(row, "target");
          text = text.substr(0, target.starts_with('$') ? text.size() : text.find_first_of(".["));
          return text == target;
        });
  }

  void judge_whole() {
    if (table_.body->about_person && !has_row("$subject"))
      errors_.push_back(sheet_error(table_.sheet,
                                    0,
                                    "target",
                                    "there is no row $subject",
                                    "add one whose source is the person's key"));
    for (const Node::Property& property : table_.body->properties)
      if (property.required && !has_row(property.name))
        errors_.push_back(sheet_error(
            table_.sheet,
            0,
            "target",
            "no row gives " + table_.entity + "." + property.name + ", which is required",
            "add one; where the source never has it: rule constant, "
            "argument absent:unsupported"));
  }

  Table& table_;
  Book& book_;
  base::Errors& errors_;
  RowCompiler rows_;
};

}  // namespace

std::unique_ptr<Table> compile_table(
    Sheet sheet, const std::string& sector, bool outward, Book& book, base::Errors& errors) {
  auto table = std::make_unique<Table>();
  table->name = sheet.name;
  const size_t slash = sheet.name.rfind('/');
  table->lineage =
      sector + "/" + sheet.name.substr(slash + 1, sheet.name.size() - slash - 5) + "@" + sheet.hash;
  table->sector = sector;
  table->outward = outward;
  table->sheet = std::move(sheet);
  TableCompiler(*table, book, errors).compile();
  return table;
}

}  // namespace concord::translate
