#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "hub/translate/tools.hpp"

namespace concord::translate {
namespace {

bool like_formula(std::string_view cell) {
  if (cell.size() < 2) return false;
  if (cell[0] == '=' || cell[0] == '@' || cell[0] == '+') return true;
  return cell[0] == '#' &&
         (cell == "#NAME?" || cell == "#REF!" || cell == "#VALUE!" || cell == "#N/A");
}

// What Excel makes of a date when it saves: "4/9/2012".
bool like_changed_date(std::string_view cell) {
  const size_t one = cell.find('/');
  const size_t two = one == std::string_view::npos ? one : cell.find('/', one + 1);
  if (two == std::string_view::npos || cell.size() - two != 5 || one == 0 || one > 2) return false;
  return std::all_of(
      cell.begin(), cell.end(), [](char c) { return c == '/' || (c >= '0' && c <= '9'); });
}

class Linter {
 public:
  Linter(const Book& book, const model::Schema& schema, std::ostream& out)
      : book_(book), schema_(schema), out_(out) {}
  size_t remarks = 0;

  void run() {
    for (const auto& table : book_.tables) {
      cells(table->sheet);
      rows(*table);
    }
    for (const auto& [key, codes] : book_.codes) {
      cells(codes->sheet());
      code_rows(*codes);
      if (!used_.contains(codes.get()))
        say(codes->sheet().name,
            0,
            "",
            "no row uses this table",
            "remove it, or name it in a codes cell");
    }
    values();
  }

 private:
  void say(const std::string& name,
           size_t line,
           std::string_view column,
           const std::string& cause,
           const std::string& next) {
    ++remarks;
    out_ << name;
    if (line != 0) out_ << ":" << line;
    if (!column.empty()) out_ << " " << column;
    out_ << ": " << cause << ".  Next: " << next << ".\n";
  }

  // What a spreadsheet program does to a file.
  void cells(const Sheet& sheet) {
    for (const std::string& remark : sheet.remarks)
      say(sheet.name,
          1,
          "",
          remark + ": understood",
          "save as CSV with commas and LF, so that differences read well");
    for (const SheetRow& row : sheet.rows) {
      for (size_t i = 0; i < row.cells.size(); ++i) {
        if (like_formula(row.cells[i]))
          say(sheet.name,
              row.line,
              sheet.columns[i],
              "a spreadsheet takes this for a formula, or made it of one",
              "format the column as text");
        else if (like_changed_date(row.cells[i]) && sheet.columns[i] != "example" &&
                 sheet.columns[i] != "note")
          say(sheet.name,
              row.line,
              sheet.columns[i],
              "a date as a spreadsheet writes it",
              "format the column as text and write YYYY-MM-DD");
      }
    }
  }

  void rows(const Table& table) {
    std::map<std::string, const Row*> given;
    for (const Row& row : table.rows) {
      for (const auto& codes : row.codes) used_.insert(codes.get());
      const bool adds = row.target.list || row.target.kind == Target::Kind::labels;
      if (const auto found = given.find(row.target_text); found != given.end() && !adds) {
        const Row& before = *found->second;
        const bool always = before.when.empty() && before.rule == Rule::constant;
        if (always)
          say(table.name,
              row.line,
              "target",
              "never applies: row " + std::to_string(before.line) + " always gives " +
                  row.target_text,
              "remove it, or move it before that row");
        else if (before.when.empty() && row.when.empty())
          say(table.name,
              row.line,
              "target",
              row.target_text + " is given by row " + std::to_string(before.line) +
                  " too; the first that has something wins",
              "name both sources in one row, or give them conditions");
      }
      given.emplace(row.target_text, &row);
      if (row.rule != Rule::constant && row.example.empty())
        say(table.name,
            row.line,
            "example",
            "this row has no example, so no test",
            "add a value of the source, and what comes of it under expect");
      if (row.example.empty() != row.expect.empty() && !row.expect.empty())
        say(table.name,
            row.line,
            "example",
            "expect without an example",
            "add the value that gives it");
      contradictions(table, row);
      if (row.rule == Rule::lookup && !table.outward && row.target.node != nullptr)
        for (const auto& codes : row.codes)
          for (const CodeRow& code : codes->rows())
            if (!row.target.node->codes.empty() && !code.absent)
              reached_[row.target.node->codes].insert(code.to);
    }
    for (const SheetRow& row : table.sheet.rows)
      if (table.sheet.cell(row, "target") == "$sentinels")
        for (const auto& [key, codes] : book_.codes)
          if (("," + std::string(table.sheet.cell(row, "codes")) + ",").find(codes->name()) !=
              std::string::npos)
            used_.insert(codes.get());
  }

  // Conditions that cannot hold together, or never hold for this table.
  void contradictions(const Table& table, const Row& row) {
    std::vector<const Condition*> all;
    for (const Condition& one : table.when) all.push_back(&one);
    for (const Condition& one : row.when) all.push_back(&one);
    using Test = Condition::Test;
    for (size_t i = 0; i < all.size(); ++i)
      for (size_t j = i + 1; j < all.size(); ++j) {
        if (all[i]->path.text() != all[j]->path.text()) continue;
        const auto either = [&](Test a, Test b) {
          return (all[i]->test == a && all[j]->test == b) ||
                 (all[i]->test == b && all[j]->test == a);
        };
        const bool never =
            either(Test::there, Test::missing) || either(Test::is, Test::missing) ||
            (all[i]->test == Test::is && all[j]->test == Test::is &&
             std::none_of(all[i]->values.begin(), all[i]->values.end(), [&](const auto& v) {
               return v.ends_with('*') ||
                      std::any_of(all[j]->values.begin(), all[j]->values.end(), [&](const auto& w) {
                        return w == v || w.ends_with('*');
                      });
             }));
        if (never)
          say(table.name,
              row.line,
              "when",
              "can never hold: it says two things of " + all[i]->path.text(),
              "correct the conditions");
      }
  }

  // Numbers of unlike length: zeros may have been lost.
  void code_rows(const CodeTable& codes) {
    bool padded = false;
    const auto digits = [](std::string_view text) {
      return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    for (const CodeRow& row : codes.rows())
      padded |= digits(row.from) && row.from.size() > 1 && row.from[0] == '0';
    for (const CodeRow& row : codes.rows())
      if (padded && digits(row.from) && row.from.size() == 1)
        say(codes.sheet().name,
            row.line,
            "from",
            "one digit where others have a leading zero",
            "see whether a spreadsheet dropped it");
  }

  // Own code values that no table gives although one gives others of the set.
  void values() {
    for (const auto& [set, values] : reached_) {
      const auto* all = schema_.codes(set);
      if (all == nullptr) continue;
      std::string unused;
      for (const std::string& value : *all)
        if (!values.contains(value)) unused += (unused.empty() ? "" : ", ") + value;
      if (!unused.empty())
        out_ << "note: of code set " << set << " no table gives " << unused << "\n";
    }
  }

  const Book& book_;
  const model::Schema& schema_;
  std::ostream& out_;
  std::set<const CodeTable*> used_;
  std::map<std::string, std::set<std::string>> reached_;
};

}  // namespace

base::Result<size_t, base::Errors> map_lint(const std::vector<std::string>& folders,
                                            const model::Schema& schema,
                                            std::ostream& out) {
  auto mappings = Mappings::load(folders, schema);
  if (!mappings) return std::move(mappings).error();
  Linter linter(mappings->book(), schema, out);
  linter.run();
  return linter.remarks;
}

}  // namespace concord::translate
