#include "hub/translate/sheet.hpp"

#include <algorithm>
#include <concord/csv.hpp>

#include "hub/base/crypto.hpp"
#include "hub/translate/path.hpp"

namespace concord::translate {
namespace {

// What stands most often in the first line, outside of quotes.
char delimiter_of(std::string_view bytes) {
  std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  char best = ',';
  std::ptrdiff_t most = std::count(line.begin(), line.end(), ',');
  for (const char c : {';', '\t'}) {
    const auto n = std::count(line.begin(), line.end(), c);
    if (n > most) {
      most = n;
      best = c;
    }
  }
  return best;
}

bool blank(const std::vector<std::string>& cells) {
  return std::all_of(cells.begin(), cells.end(), [](const auto& cell) { return cell.empty(); });
}

bool among(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string listed(std::initializer_list<std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

}  // namespace

std::string_view Sheet::cell(const SheetRow& row, std::string_view column) const {
  for (size_t i = 0; i < columns.size() && i < row.cells.size(); ++i)
    if (columns[i] == column) return row.cells[i];
  return {};
}

base::Error sheet_error(
    const Sheet& sheet, size_t line, std::string_view column, std::string cause, std::string next) {
  std::string place = sheet.name;
  if (line != 0) place += ":" + std::to_string(line);
  if (!column.empty()) place += " " + std::string(column);
  return base::config_error("MAPPING", std::move(place), std::move(cause), std::move(next));
}

Sheet read_sheet(std::string name,
                 std::string file,
                 std::string_view bytes,
                 std::initializer_list<std::string_view> required,
                 std::initializer_list<std::string_view> optional,
                 base::Errors& errors) {
  Sheet sheet;
  sheet.name = std::move(name);
  sheet.file = std::move(file);
  sheet.hash = base::sha256_hex(bytes).substr(0, 8);
  sdk::CsvOptions options;
  options.name = sheet.name;
  if (bytes.starts_with("\xEF\xBB\xBF")) sheet.remarks.emplace_back("saved with a byte order mark");
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    errors.push_back(sheet_error(sheet, 1, "", "this is UTF-16", "save as CSV UTF-8"));
    return sheet;
  }
  if (bytes.starts_with("PK")) {
    errors.push_back(sheet_error(
        sheet, 1, "", "this is a spreadsheet program's own format", "save as CSV UTF-8"));
    return sheet;
  }
  // "sep=;" alone in the first line: how one spreadsheet program tells another.
  const size_t mark = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const size_t named_end = std::min(bytes.find_first_of("\r\n", mark), bytes.size());
  const bool named = bytes.substr(mark).starts_with("sep=") && named_end == mark + 5;
  options.delimiter = named ? bytes[mark + 4] : delimiter_of(bytes);
  if (options.delimiter != ',')
    sheet.remarks.emplace_back(options.delimiter == ';' ? "saved with semicolons"
                                                        : "saved with tabs");
  if (bytes.find("\r\n") != std::string_view::npos)
    sheet.remarks.emplace_back("saved with CRLF line ends");
  sdk::CsvReader reader(bytes, options);
  if (named) reader.seek(bytes.find_first_not_of("\r\n", named_end), 2);
  base::Errors too_wide;  // told only where the columns are right: else there are too few of them
  for (;;) {
    auto row = reader.next();
    if (!row) {
      const sdk::Error& e = row.error();
      // The reader speaks of settings, which a table has not.
      const bool encoding = e.code.starts_with("CSV_ENCODING");
      errors.push_back(
          base::config_error("MAPPING", e.place, e.cause, encoding ? "save as CSV UTF-8" : e.next));
      continue;
    }
    if (!*row) break;
    std::vector<std::string> cells;
    for (const std::string& cell : (*row)->cells) cells.emplace_back(trimmed(cell));
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    if (blank(cells)) continue;
    if (sheet.columns.empty()) {
      sheet.columns = std::move(cells);
      continue;
    }
    if (cells.size() > sheet.columns.size()) {
      too_wide.push_back(sheet_error(sheet,
                                     (*row)->line,
                                     "",
                                     std::to_string(cells.size()) + " cells under " +
                                         std::to_string(sheet.columns.size()) + " columns",
                                     "quote a cell that holds the separator"));
      continue;
    }
    cells.resize(sheet.columns.size());
    sheet.rows.push_back({(*row)->line, std::move(cells)});
  }
  const size_t before = errors.size();
  for (const std::string_view column : required)
    if (std::find(sheet.columns.begin(), sheet.columns.end(), column) == sheet.columns.end())
      errors.push_back(sheet_error(sheet,
                                   1,
                                   column,
                                   "this column is missing",
                                   "the first row names the columns: " + listed(required)));
  if (errors.size() == before)
    std::move(too_wide.begin(), too_wide.end(), std::back_inserter(errors));
  for (size_t i = 0; i < sheet.columns.size(); ++i) {
    const std::string& column = sheet.columns[i];
    if (!among(required, column) && !among(optional, column))
      errors.push_back(sheet_error(sheet,
                                   1,
                                   column,
                                   "column " + std::to_string(i + 1) + " is not known",
                                   "use " + listed(required) + ", " + listed(optional)));
    if (std::find(sheet.columns.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  sheet.columns.end(),
                  column) != sheet.columns.end())
      errors.push_back(sheet_error(sheet, 1, column, "this column is there twice", "remove one"));
  }
  return sheet;
}

}  // namespace concord::translate
