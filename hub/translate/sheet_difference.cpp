#include "hub/translate/sheet_difference.hpp"

#include <algorithm>
#include <map>

#include "hub/translate/book.hpp"

namespace concord::translate {
namespace {

constexpr size_t kCellMost = 60;

// Of a cell, as much as a line bears.
std::string quoted(std::string_view cell) {
  if (cell.size() <= kCellMost) return '"' + std::string(cell) + '"';
  size_t end = kCellMost;
  while (end > 0 && (static_cast<unsigned char>(cell[end]) & 0xC0) == 0x80) --end;  // whole letters
  return '"' + std::string(cell.substr(0, end)) + "...\"";
}

// What people know a row by.
std::string key_of(const Sheet& sheet, const SheetRow& row) {
  const std::string_view target = sheet.cell(row, "target");
  return std::string(target.empty() ? sheet.cell(row, "from") : target);
}

std::string called(const Sheet& sheet, const SheetRow& row) {
  const std::string key = key_of(sheet, row);
  return "row " + std::to_string(row.line) + (key.empty() ? "" : " " + key);
}

std::vector<std::string> columns_of(const Sheet& before, const Sheet& after) {
  std::vector<std::string> columns = after.columns;
  for (const std::string& column : before.columns)
    if (std::find(columns.begin(), columns.end(), column) == columns.end())
      columns.push_back(column);
  return columns;
}

// The rows that the other sheet does not have just so, by their keys, in order.
using Rows = std::map<std::string, std::vector<const SheetRow*>>;

Rows only_in(const Sheet& sheet, const Sheet& other, const std::vector<std::string>& columns) {
  const auto cells = [&](const Sheet& of, const SheetRow& row) {
    std::vector<std::string> all;
    all.reserve(columns.size());
    for (const std::string& column : columns) all.emplace_back(of.cell(row, column));
    return all;
  };
  std::map<std::vector<std::string>, int> there;
  for (const SheetRow& row : other.rows) ++there[cells(other, row)];
  Rows only;
  for (const SheetRow& row : sheet.rows) {
    if (there[cells(sheet, row)]-- > 0) continue;
    only[key_of(sheet, row)].push_back(&row);
  }
  return only;
}

std::string changed_cells(const Sheet& before,
                          const SheetRow& was,
                          const Sheet& after,
                          const SheetRow& is,
                          const std::vector<std::string>& columns) {
  std::string text;
  for (const std::string& column : columns) {
    const std::string_view a = before.cell(was, column);
    const std::string_view b = after.cell(is, column);
    if (a == b) continue;
    text += (text.empty() ? "" : ", ") + column + " " + quoted(a) + " → " + quoted(b);
  }
  return text;
}

using Sheets = std::map<std::string, std::pair<const Sheet*, bool>>;

Sheets sheets_of(const Book& book) {
  Sheets sheets;
  for (const auto& table : book.tables) sheets[table->name] = {&table->sheet, false};
  for (const auto& [name, table] : book.codes)
    sheets[table->sheet().name] = {&table->sheet(), true};
  return sheets;
}

}  // namespace

std::vector<std::string> difference_of(const Sheet& before, const Sheet& after) {
  const std::vector<std::string> columns = columns_of(before, after);
  Rows gone = only_in(before, after, columns);
  const Rows come = only_in(after, before, columns);
  std::vector<std::pair<size_t, std::string>> lines;
  std::map<size_t, const SheetRow*> added;
  std::map<size_t, const SheetRow*> removed;
  for (const auto& [key, rows] : come) {
    auto& old = gone[key];
    for (const SheetRow* row : rows) {
      if (old.empty()) {
        added[row->line] = row;
        continue;
      }
      lines.emplace_back(
          row->line,
          called(after, *row) + ": " + changed_cells(before, *old.front(), after, *row, columns));
      old.erase(old.begin());
    }
  }
  for (const auto& [key, rows] : gone)
    for (const SheetRow* row : rows) removed[row->line] = row;
  for (const auto& [line, row] : added) {
    // In the place of another: its key was changed.
    const auto was = before.rows.size() == after.rows.size() ? removed.find(line) : removed.end();
    if (was == removed.end()) {
      lines.emplace_back(line, called(after, *row) + ": added");
    } else {
      lines.emplace_back(
          line,
          called(after, *row) + ": " + changed_cells(before, *was->second, after, *row, columns));
      removed.erase(was);
    }
  }
  for (const auto& [line, row] : removed)
    lines.emplace_back(line, called(before, *row) + ": removed (it was in this row)");
  std::stable_sort(
      lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> told;
  told.reserve(lines.size());
  for (auto& [line, text] : lines) told.push_back(std::move(text));
  if (told.empty()) told.emplace_back("the order of its rows, or how it was saved");
  return told;
}

std::vector<SheetChange> difference_of(const Mappings& before, const Mappings& after) {
  const Sheets old = sheets_of(before.book());
  const Sheets now = sheets_of(after.book());
  std::map<std::string, SheetChange> changes;
  for (const auto& [name, sheet] : now) {
    const auto was = old.find(name);
    if (was == old.end()) {
      changes[name] = {name, sheet.second, SheetChange::How::added, {}};
    } else if (was->second.first->hash != sheet.first->hash) {
      changes[name] = {name,
                       sheet.second,
                       SheetChange::How::changed,
                       difference_of(*was->second.first, *sheet.first)};
    }
  }
  for (const auto& [name, sheet] : old)
    if (!now.contains(name)) changes[name] = {name, sheet.second, SheetChange::How::removed, {}};
  std::vector<SheetChange> all;
  all.reserve(changes.size());
  for (auto& [name, change] : changes) all.push_back(std::move(change));
  return all;
}

}  // namespace concord::translate
