// A table as a spreadsheet program saves it: CSV with a header row.
//
// Commas, semicolons and tabs, CRLF and a byte order mark are all accepted; so are empty rows and
// columns at the end. Every cell is trimmed. What cannot be meant is told with row and column.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/result.hpp"

namespace concord::translate {

struct SheetRow {
  size_t line = 0;                 // in the file, from 1
  std::vector<std::string> cells;  // one a column of the sheet
};

struct Sheet {
  std::string name;  // "court/in/hearing.csv", for people
  std::string file;  // where it lies
  std::string hash;  // first 8 hex digits of the content's SHA-256
  std::vector<std::string> columns;
  std::vector<SheetRow> rows;
  std::vector<std::string> remarks;  // accepted, but worth telling: "saved with semicolons"

  // "" where the sheet has no such column.
  [[nodiscard]] std::string_view cell(const SheetRow& row, std::string_view column) const;
};

// required columns must be there, optional ones may; others are faults.
Sheet read_sheet(std::string name,
                 std::string file,
                 std::string_view bytes,
                 std::initializer_list<std::string_view> required,
                 std::initializer_list<std::string_view> optional,
                 base::Errors& errors);

// "court/in/hearing.csv:14 codes": cause.  Next: next.
base::Error sheet_error(
    const Sheet& sheet, size_t line, std::string_view column, std::string cause, std::string next);

}  // namespace concord::translate
