// iCalendar's content lines: unfolded, with the number of the line they begin on.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace concord::court {

// NAME;PARAM=value;PARAM="value":value
struct ContentLine {
  size_t number = 0;  // from 1
  std::string name;   // upper case; empty: the line is not one
  std::vector<std::pair<std::string, std::string>> parameters;  // names upper case
  std::string value;                                            // escapes as they came

  [[nodiscard]] std::string_view parameter(std::string_view wanted) const {
    for (const auto& [key, text] : parameters)
      if (key == wanted) return text;
    return {};
  }
};

// CRLF, LF or CR end a line; one that begins with a space or tab continues the one before.
std::vector<ContentLine> content_lines(std::string_view text);

// \n, \, \; and \\ of a text value undone.
std::string unescape_text(std::string_view value);

// A value list split at commas that are not escaped.
std::vector<std::string> split_list(std::string_view value);

}  // namespace concord::court
