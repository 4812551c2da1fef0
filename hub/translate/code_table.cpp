#include "hub/translate/code_table.hpp"

#include <algorithm>
#include <array>

#include "hub/base/time.hpp"

namespace concord::translate {
namespace {

constexpr std::array<std::string_view, 13> kAbsentReasons = {"unknown",
                                                             "asked-unknown",
                                                             "temp-unknown",
                                                             "not-asked",
                                                             "asked-declined",
                                                             "masked",
                                                             "not-applicable",
                                                             "unsupported",
                                                             "as-text",
                                                             "error",
                                                             "not-performed",
                                                             "not-permitted",
                                                             "removed"};

bool overlap(const CodeRow& a, const CodeRow& b) {
  const bool a_before = !a.valid_to.empty() && !b.valid_from.empty() && a.valid_to < b.valid_from;
  const bool b_before = !b.valid_to.empty() && !a.valid_from.empty() && b.valid_to < a.valid_from;
  return !a_before && !b_before;
}

}  // namespace

bool is_absent_reason(std::string_view reason) {
  return std::find(kAbsentReasons.begin(), kAbsentReasons.end(), reason) != kAbsentReasons.end();
}

std::shared_ptr<const CodeTable> CodeTable::read(Sheet sheet, base::Errors& errors) {
  auto table = std::make_shared<CodeTable>();
  const size_t slash = sheet.name.rfind('/');
  table->name_ = sheet.name.substr(slash + 1, sheet.name.size() - slash - 1 - 4);  // no ".csv"
  for (const SheetRow& row : sheet.rows) {
    CodeRow code;
    code.line = row.line;
    code.from = sheet.cell(row, "from");
    code.to = sheet.cell(row, "to");
    code.valid_from = sheet.cell(row, "valid_from");
    code.valid_to = sheet.cell(row, "valid_to");
    auto say = [&](std::string_view column, std::string cause, std::string next) {
      errors.push_back(sheet_error(sheet, row.line, column, std::move(cause), std::move(next)));
    };
    if (code.from.empty()) say("from", "this cell is empty", "say which value the row is about");
    if (code.to.empty()) say("to", "this cell is empty", "say what it becomes, or absent:<reason>");
    for (const auto& [column, day] :
         {std::pair<std::string_view, const std::string&>{"valid_from", code.valid_from},
          {"valid_to", code.valid_to}})
      if (!day.empty() && !base::is_date(day))
        say(column, "\"" + day + "\" is no day", "write YYYY-MM-DD, the column formatted as text");
    if (code.to.starts_with("absent:")) {
      code.absent = true;
      code.to.erase(0, 7);
      if (!is_absent_reason(code.to))
        say("to",
            "there is no reason \"" + code.to + "\"",
            "use unknown, asked-unknown, temp-unknown, not-asked, asked-declined, masked, "
            "not-applicable, unsupported, error or removed");
    }
    const size_t index = table->rows_.size();
    std::vector<size_t>& same = code.from.ends_with('*')
                                    ? table->prefixes_[code.from.substr(0, code.from.size() - 1)]
                                    : table->exact_[code.from];
    for (const size_t other : same)
      if (overlap(table->rows_[other], code))
        say("from",
            "row " + std::to_string(table->rows_[other].line) + " says what \"" + code.from +
                "\" becomes, for the same days",
            "remove one, or give them valid_from and valid_to");
    same.push_back(index);
    table->rows_.push_back(std::move(code));
  }
  table->sheet_ = std::move(sheet);
  return table;
}

const CodeRow* CodeTable::valid(const std::vector<size_t>& rows, std::string_view on) const {
  for (const size_t index : rows) {
    const CodeRow& row = rows_[index];
    if (on.empty() ? row.valid_to.empty()
                   : (row.valid_from.empty() || row.valid_from <= on) &&
                         (row.valid_to.empty() || on <= row.valid_to))
      return &row;
  }
  return nullptr;
}

const CodeRow* CodeTable::find(std::string_view from, std::string_view on) const {
  if (const auto found = exact_.find(from); found != exact_.end())
    if (const CodeRow* row = valid(found->second, on)) return row;
  const CodeRow* best = nullptr;
  for (const auto& [prefix, rows] : prefixes_) {
    if (!from.starts_with(prefix)) continue;
    const CodeRow* row = valid(rows, on);
    if (row != nullptr && (best == nullptr || row->from.size() > best->from.size())) best = row;
  }
  return best;
}

bool CodeTable::only_sentinels() const {
  return std::all_of(rows_.begin(), rows_.end(), [](const CodeRow& row) { return row.absent; });
}

}  // namespace concord::translate
