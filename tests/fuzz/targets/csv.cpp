// CSV: strict, in any encoding; it ends, it can be resumed, and what was read can be written again.
#include <concord/csv.hpp>

#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

sdk::CsvOptions options_of(unsigned way) {
  sdk::CsvOptions options{.name = "a.csv", .cell_bytes_max = 300, .cells_max = 20};
  switch (way) {
    case 1:
      options.delimiter = ';', options.encoding = "windows-1252";
      break;
    case 2:
      options.delimiter = '\t', options.quote = '\0';
      break;
    case 3:
      options.encoding = "utf-16le";
      break;
    case 4:
      options.encoding = "utf-16be";
      break;
    case 5:
      options.delimiter = '\x1f', options.row_end = '\x1e';
      break;
    case 6:
      options.encoding = "macintosh";
      break;
    case 7:
      options.encoding = "ebcdic";  // none that it knows
      break;
    default:
      break;
  }
  return options;
}

struct Step {
  std::optional<sdk::CsvRow> row;
  std::optional<sdk::Error> fault;
  bool end = false;
};
Step step(sdk::CsvReader& reader) {
  auto next = reader.next();
  if (!next) return {std::nullopt, next.error(), false};
  const bool end = !next->has_value();
  return {std::move(*next), std::nullopt, end};
}

void comes_back(const std::vector<std::string>& cells) {
  std::string text;
  for (const std::string& cell : cells) {
    if (!text.empty()) text += ',';
    text += '"';
    for (const char c : cell) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  sdk::CsvReader reader(text, {.cell_bytes_max = 10000});
  auto again = reader.next();
  must(again && *again && (**again).cells == cells, "cells do not come back as they were read");
}

}  // namespace

void csv(std::string_view input) {
  const sdk::CsvOptions options = options_of(choice(input, 8));
  sdk::CsvReader reader(input, options);
  size_t line = 0, rows = 0;
  for (size_t steps = 0;; ++steps) {
    must(steps <= input.size() + 1, "it does not come to an end");
    if (options.encoding == "ebcdic" && steps == 0) {
      const Step unknown = step(reader);
      must(unknown.fault && reader.raw() == input, "read in an encoding that it does not know");
      tells_all(*unknown.fault);
      continue;
    }
    const size_t offset = reader.offset(), at_line = reader.line();
    Step now = step(reader);
    if (now.end) break;
    // Resumed where it stood, another reader gives the same.
    if (options.encoding.starts_with("utf-16") == false && steps < 50) {
      sdk::CsvReader resumed(input, options);
      if (offset > 0) resumed.seek(offset, at_line);
      Step same = step(resumed);
      must(same.fault.has_value() == now.fault.has_value() && resumed.offset() == reader.offset(),
           "resumed, it reads something else");
      if (now.row) must(same.row && same.row->cells == now.row->cells, "resumed, other cells");
      if (now.row) must(same.row->line == now.row->line, "resumed, another line");
      if (now.fault) must(same.fault->place == now.fault->place, "resumed, another place");
    }
    must(reader.offset() > offset, "it stands still");
    if (now.fault) {
      tells_all(*now.fault);
      must(now.fault->place.starts_with("a.csv:"), "a fault of no place in the file");
      continue;
    }
    ++rows;
    must(now.row->line > line, "lines do not rise");
    line = now.row->line;
    must(now.row->cells.size() <= options.cells_max, "more cells than allowed");
    for (const std::string& cell : now.row->cells) {
      must(cell.find('\0') == std::string::npos, "a NUL in a cell");
      must(cell.size() <= 4 * options.cell_bytes_max, "a cell beyond its limit");
      must(sdk::utf8_fault(cell) == std::string_view::npos, "a cell that is no UTF-8");
    }
    if (rows < 20) comes_back(now.row->cells);
  }
}

}  // namespace concord::fuzz
