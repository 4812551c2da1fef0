// Reads CSV as RFC 4180 has it, strictly: a file that cannot be read rightly is told so, with line
// and column, and never read by guess.
//
//   CsvReader reader(bytes, {.delimiter = ';', .encoding = "windows-1252", .name = "clients.csv"});
//   for (;;) {
//     auto row = reader.next();
//     if (!row) { keep(reader.raw(), row.error()); continue; }   // a bad row; the next one follows
//     if (!*row) break;                                          // the end
//     use((*row)->cells);
//   }
//
// A row ends with CR, LF or CRLF, mixed as they come; cells are UTF-8 whatever the file was in; a
// byte order mark is dropped; an empty line is no row. After a bad row reading goes on with the
// line after it, except where a quote is never closed: then nobody knows where rows begin, and the
// rest of the file is that row's raw().
#pragma once

#include <algorithm>
#include <concord/connector.hpp>
#include <concord/detail/encoding.hpp>

namespace concord::sdk {

// How a file is written, and what is too much. Bytes.
struct CsvOptions {
  char delimiter = ',';  // a byte of the file's encoding
  char quote = '"';      // '\0': nothing is quoted
  char row_end = '\0';   // '\0': CR, LF or CRLF; else this byte and any line end right after it
  std::string encoding = "utf-8";
  std::string name = "csv";  // the file, for errors
  size_t cell_bytes_max = 1u << 20;
  size_t cells_max = 4096;  // in one row
};

// One row, as UTF-8.
struct CsvRow {
  size_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
};

// Borrows the bytes for its life (UTF-16 is copied).
class CsvReader {
 public:
  explicit CsvReader(std::string_view bytes, CsvOptions options = {})
      : options_(std::move(options)), encoding_(encoding_named(options_.encoding)), bytes_(bytes) {
    if (encoding_ == Encoding::utf16le || encoding_ == Encoding::utf16be) {
      owned_ = utf16_to_utf8(bytes, encoding_ == Encoding::utf16be);
      encoding_ = Encoding::utf8;
      is_owned_ = true;
    } else if (encoding_ == Encoding::utf8 && bytes.substr(0, 3) == "\xEF\xBB\xBF") {
      at_ = line_start_ = 3;  // no character of the first line
    }
  }

  // The next row, nothing at the end, or what is wrong with this row (class bad_record).
  Result<std::optional<CsvRow>> next() {
    if (!encoding_) {  // told once, of the whole file
      if (std::exchange(told_, true)) return std::optional<CsvRow>{};
      row_end_ = at_ = text().size();
      return config_error("CSV_ENCODING_UNKNOWN",
                          options_.name,
                          "encoding \"" + options_.encoding + "\" is not known",
                          std::string("use ") + kEncodingNames);
    }
    while (at_ < text().size() && is_end(at_)) pass_end();
    row_start_ = row_end_ = at_;
    row_line_ = line_;
    row_column_start_ = line_start_;
    fault_.reset();
    if (at_ >= text().size()) return std::optional<CsvRow>{};
    CsvRow row;
    row.line = line_;
    while (read_cell(row.cells)) {
    }
    if (begin_again_) {  // see read_quoted
      begin_again_ = false;
      at_ = row_end_ = line_start_;
    } else {
      row_end_ = at_;
      if (at_ < text().size()) pass_end();
    }
    if (fault_) return std::move(*fault_);
    return std::optional<CsvRow>(std::move(row));
  }

  // The row last returned or refused, as it stands in the file.
  [[nodiscard]] std::string_view raw() const {
    return text().substr(row_start_, row_end_ - row_start_);
  }
  // Where reading goes on: keep both to resume.
  [[nodiscard]] size_t offset() const { return at_; }
  [[nodiscard]] size_t line() const { return line_; }
  void seek(size_t offset, size_t line) {
    at_ = row_start_ = row_end_ = line_start_ = std::min(offset, text().size());
    line_ = line;
  }

 private:
  [[nodiscard]] std::string_view text() const { return is_owned_ ? owned_ : bytes_; }
  [[nodiscard]] bool is_end(size_t i) const {
    const char c = text()[i];
    return options_.row_end != '\0' ? c == options_.row_end : c == '\n' || c == '\r';
  }
  void pass_end() {
    const std::string_view all = text();
    const char first = all[at_++];
    auto pass = [&](char c) {
      if (at_ < all.size() && all[at_] == c) ++at_;
    };
    if (options_.row_end != '\0') pass('\r');
    if (options_.row_end != '\0' || first == '\r') pass('\n');
    ++line_;
    line_start_ = at_;
  }

  // Reads one cell and the delimiter after it. False: the row has ended.
  bool read_cell(std::vector<std::string>& cells) {
    const std::string_view all = text();
    std::string cell;
    if (options_.quote != '\0' && at_ < all.size() && all[at_] == options_.quote) {
      if (!read_quoted(cell)) return false;
    } else {
      const size_t start = at_;
      for (; at_ < all.size() && all[at_] != options_.delimiter && !is_end(at_); ++at_)
        if (all[at_] == options_.quote && options_.quote != '\0')
          fail("CSV_QUOTE",
               at_,
               "a quote within a cell that does not begin with one",
               "quote the whole cell and double the quotes within it");
      append(cell, start, at_);
    }
    if (cells.size() < options_.cells_max)
      cells.push_back(std::move(cell));
    else
      fail("CSV_CELLS",
           at_,
           "more than " + std::to_string(options_.cells_max) + " cells in one row",
           "check the delimiter and the row end in the settings");
    if (at_ >= all.size() || is_end(at_)) return false;
    ++at_;
    return true;
  }

  // Reads a quoted cell. False: where it ends cannot be told.
  bool read_quoted(std::string& cell) {
    const std::string_view all = text();
    const size_t open = at_++;
    for (;;) {
      const size_t close = all.find(options_.quote, at_);
      if (close == std::string_view::npos) {
        count_lines(at_, all.size());
        at_ = all.size();
        fail("CSV_QUOTE_OPEN",
             open,
             "this quote is never closed; nothing after it was read",
             "close the quote and send the file again");
        return false;
      }
      append(cell, at_, close);
      count_lines(at_, close);
      at_ = close + 1;
      if (at_ >= all.size() || all[at_] != options_.quote) break;
      cell += options_.quote;
      ++at_;
    }
    if (at_ >= all.size() || all[at_] == options_.delimiter || is_end(at_)) return true;
    fail("CSV_QUOTE", at_, "text after the closing quote", "double the quotes within a cell");
    // The quote that seemed to close may in truth open a cell of this line: begin again with it.
    begin_again_ = line_ > row_line_;
    while (!begin_again_ && at_ < all.size() && !is_end(at_)) ++at_;
    return false;
  }

  void count_lines(size_t from, size_t to) {
    const std::string_view all = text();
    for (size_t i = from; i < to; ++i) {
      if (!is_end(i)) continue;
      if (options_.row_end == '\0' && all[i] == '\r' && i + 1 < to && all[i + 1] == '\n') ++i;
      ++line_;
      line_start_ = i + 1;
    }
  }

  // Appends a stretch of the file as UTF-8, or says what stands in the way.
  void append(std::string& cell, size_t from, size_t to) {
    const std::string_view raw = text().substr(from, to - from);
    if (cell.size() + raw.size() > options_.cell_bytes_max) {
      fail("CSV_CELL_SIZE",
           from,
           "a cell of more than " + std::to_string(options_.cell_bytes_max) + " bytes",
           "look for a quote that is not closed, or raise cell_bytes_max");
      return;
    }
    const size_t nul = raw.find('\0');
    if (nul != std::string_view::npos)
      fail("CSV_NUL", from + nul, "a NUL byte in a cell", "send text; is the file UTF-16?");
    if (encoding_ == Encoding::utf8) {
      const size_t bad = utf8_fault(raw);
      if (bad != std::string_view::npos) fail_byte(from + bad);
      cell.append(raw);
      return;
    }
    for (size_t i = 0; i < raw.size(); ++i) {
      const auto point = character_of(static_cast<uint8_t>(raw[i]), *encoding_);
      if (!point) fail_byte(from + i);
      append_utf8(cell, point.value_or('?'));
    }
  }

  void fail_byte(size_t at) {
    static constexpr char hex[] = "0123456789ABCDEF";
    const auto byte = static_cast<uint8_t>(text()[at]);
    fail("CSV_ENCODING",
         at,
         std::string("byte 0x") + hex[byte >> 4] + hex[byte & 15] + " is not valid in " +
             options_.encoding,
         std::string("set the file's true encoding: ") + kEncodingNames);
  }
  // Only the first fault of a row counts: it is the cause of the others.
  void fail(const char* code, size_t at, std::string cause, std::string next) {
    if (fault_) return;
    size_t line = row_line_, line_start = row_column_start_;
    for (size_t i = row_start_; i < at; ++i) {
      if (!is_end(i)) continue;
      if (options_.row_end == '\0' && text()[i] == '\r' && i + 1 < at && text()[i + 1] == '\n') ++i;
      ++line;
      line_start = i + 1;
    }
    size_t column = 1;  // in characters
    for (size_t i = line_start; i < at; ++i)
      if (encoding_ != Encoding::utf8 || (static_cast<uint8_t>(text()[i]) & 0xC0) != 0x80) ++column;
    fault_ = bad_record(code,
                        options_.name + ":" + std::to_string(line) + ":" + std::to_string(column),
                        std::move(cause),
                        std::move(next));
  }

  CsvOptions options_;
  std::optional<Encoding> encoding_;
  std::string_view bytes_;
  std::string owned_;
  bool is_owned_ = false;
  size_t at_ = 0, line_ = 1, line_start_ = 0;  // where reading stands
  size_t row_start_ = 0, row_end_ = 0;         // the row last read
  size_t row_line_ = 1, row_column_start_ = 0;
  bool begin_again_ = false, told_ = false;
  std::optional<Error> fault_;
};

}  // namespace concord::sdk
