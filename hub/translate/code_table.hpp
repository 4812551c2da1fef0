// A code table: what one side calls a value, and what the other does. CSV, one row a value:
//   from, to, valid_from, valid_to, owner, note
// from may end in "*": every code that begins so; the longest wins. to may be "absent:<reason>",
// for a sentinel. valid_from and valid_to are days, both included.
// Threads: immutable after load.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/translate/sheet.hpp"

namespace concord::translate {

struct CodeRow {
  std::string from, to;
  std::string valid_from, valid_to;  // YYYY-MM-DD or empty
  bool absent = false;               // to is then the reason alone: "unknown"
  size_t line = 0;
};

class CodeTable {
 public:
  static std::shared_ptr<const CodeTable> read(Sheet sheet, base::Errors& errors);
  // on: the day to judge validity by; empty: whichever row is open at its end.
  [[nodiscard]] const CodeRow* find(std::string_view from, std::string_view on) const;
  [[nodiscard]] const std::vector<CodeRow>& rows() const { return rows_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Sheet& sheet() const { return sheet_; }
  [[nodiscard]] bool only_sentinels() const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  [[nodiscard]] const CodeRow* valid(const std::vector<size_t>& rows, std::string_view on) const;
  std::string name_;
  Sheet sheet_;
  std::vector<CodeRow> rows_;
  std::unordered_map<std::string, std::vector<size_t>, Hash, std::equal_to<>> exact_;
  std::map<std::string, std::vector<size_t>, std::less<>> prefixes_;
};

// Is this a data-absent-reason of the envelope?
bool is_absent_reason(std::string_view reason);

}  // namespace concord::translate
