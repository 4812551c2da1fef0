#include "court/content_lines.hpp"

namespace concord::court {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// Fills name, parameters and value; leaves name empty where the text is no content line.
void parse(std::string_view text, ContentLine& line) {
  size_t at = 0;
  auto word = [&] {
    std::string out;
    while (at < text.size() && text[at] != ':' && text[at] != ';' && text[at] != '=' &&
           text[at] != '"')
      out += upper(text[at++]);
    return out;
  };
  std::string name = word();
  for (const char c : name) {
    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return;
  }
  while (at < text.size() && text[at] == ';') {
    ++at;
    std::string key = word();
    if (at >= text.size() || text[at] != '=') return;
    ++at;
    std::string value;
    bool quoted = false;
    while (at < text.size() && (quoted || (text[at] != ';' && text[at] != ':'))) {
      // A backslash is no escape here, but some writers put one before what they should quote.
      if (text[at] == '\\' && !quoted && at + 1 < text.size()) {
        value += text[++at];
      } else if (text[at] == '"') {
        quoted = !quoted;
      } else {
        value += text[at];
      }
      ++at;
    }
    if (quoted) return;
    line.parameters.emplace_back(std::move(key), std::move(value));
  }
  if (at >= text.size() || text[at] != ':') return;
  line.value = text.substr(at + 1);
  line.name = std::move(name);
}

}  // namespace

std::vector<ContentLine> content_lines(std::string_view text) {
  struct Raw {
    size_t number;
    std::string text;
  };
  std::vector<Raw> raw;
  size_t number = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find_first_of("\r\n", at);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view line = text.substr(at, end - at);
    ++number;
    if (!raw.empty() && !line.empty() && (line.front() == ' ' || line.front() == '\t')) {
      raw.back().text += line.substr(1);
    } else if (!line.empty()) {
      raw.push_back({number, std::string(line)});
    }
    at = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  std::vector<ContentLine> lines;
  lines.reserve(raw.size());
  for (const Raw& r : raw) {
    lines.emplace_back().number = r.number;
    parse(r.text, lines.back());
  }
  return lines;
}

std::string unescape_text(std::string_view value) {
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) {
      const char c = value[++i];
      out += c == 'n' || c == 'N' ? '\n' : c;
    } else {
      out += value[i];
    }
  }
  return out;
}

std::vector<std::string> split_list(std::string_view value) {
  std::vector<std::string> out(1);
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) {
      out.back() += value[i];
      out.back() += value[++i];
    } else if (value[i] == ',') {
      out.emplace_back();
    } else {
      out.back() += value[i];
    }
  }
  return out;
}

}  // namespace concord::court
