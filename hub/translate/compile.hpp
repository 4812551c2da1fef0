// From sheets to tables: paths resolved, rules bound, codes found, constants made. Every fault of
// every cell is told.
#pragma once

#include <memory>
#include <string>

#include "hub/translate/book.hpp"
#include "hub/translate/rules.hpp"

namespace concord::translate {

// Compiles one mapping sheet. book: has the codes and the checker already; takes the constants.
std::unique_ptr<Table> compile_table(
    Sheet sheet, const std::string& sector, bool outward, Book& book, base::Errors& errors);

// Compiles one row. In compile_row.cpp.
class RowCompiler {
 public:
  RowCompiler(Table& table, Book& book, base::Errors& errors)
      : table_(table), book_(book), errors_(errors) {}
  // Sentinel tables of the whole sheet ($sentinels).
  std::vector<std::shared_ptr<const CodeTable>> sentinels;

  std::optional<Row> compile(const SheetRow& row);
  std::optional<std::vector<Condition>> conditions(const SheetRow& row);
  std::shared_ptr<const CodeTable> codes(const SheetRow& row, std::string_view name);
  std::optional<SourcePath> path(const SheetRow& row,
                                 std::string_view column,
                                 std::string_view text);
  void say(const SheetRow& row, std::string_view column, std::string cause, std::string next);

 private:
  bool read_target(const SheetRow& sheet_row, Row& row);
  bool read_field(const SheetRow& sheet_row, std::string_view text, Row& row);
  bool read_rule(const SheetRow& sheet_row, Row& row);
  bool read_arguments(const SheetRow& sheet_row, const RuleInfo& info, Row& row);
  bool judge_arguments(const SheetRow& sheet_row, Row& row);
  bool read_constant(const SheetRow& sheet_row, Row& row);
  bool read_sources(const SheetRow& sheet_row, Row& row);
  bool read_codes(const SheetRow& sheet_row, Row& row);
  bool judge_codes(const SheetRow& sheet_row, const Row& row);
  bool read_action(const SheetRow& sheet_row,
                   std::string_view column,
                   const Row& row,
                   Action& action);

  Table& table_;
  Book& book_;
  base::Errors& errors_;
};

}  // namespace concord::translate
