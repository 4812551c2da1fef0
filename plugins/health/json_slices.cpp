#include "health/json_slices.hpp"

namespace concord::health {
namespace {

class Scanner {
 public:
  // A byte order mark is let be, as the strict reader does.
  explicit Scanner(std::string_view text)
      : text_(text), at_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    blanks();
    return at_ >= text_.size();
  }
  // A whole value, with nesting counted, not stacked: any depth.
  std::optional<std::string_view> value() {
    blanks();
    const size_t start = at_;
    if (at_ >= text_.size()) return std::nullopt;
    if (text_[at_] == '"') {
      if (!skip_string()) return std::nullopt;
    } else if (text_[at_] == '{' || text_[at_] == '[') {
      if (!skip_nested()) return std::nullopt;
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
      if (at_ == start) return std::nullopt;
    }
    return text_.substr(start, at_ - start);
  }

 private:
  bool skip_string() {
    ++at_;
    while (at_ < text_.size()) {
      at_ = text_.find_first_of("\"\\", at_);
      if (at_ == std::string_view::npos) break;
      if (text_[at_] == '"') return ++at_, true;
      at_ += 2;
    }
    at_ = text_.size();
    return false;
  }
  bool skip_nested() {
    size_t depth = 0;
    while (at_ < text_.size()) {
      at_ = text_.find_first_of("\"{}[]", at_);
      if (at_ == std::string_view::npos) break;
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') {
        ++depth;
      } else if (--depth == 0) {
        return true;
      }
    }
    at_ = text_.size();
    return false;
  }

  std::string_view text_;
  size_t at_;
};

}  // namespace

std::optional<JsonMembers> json_members(std::string_view text) {
  Scanner scan(text);
  JsonMembers out;
  if (!scan.take('{')) return std::nullopt;
  if (!scan.take('}')) {
    do {
      const auto key = scan.value();
      if (!key || key->size() < 2 || key->front() != '"' || !scan.take(':')) return std::nullopt;
      const auto value = scan.value();
      if (!value) return std::nullopt;
      out.emplace_back(key->substr(1, key->size() - 2), *value);
    } while (scan.take(','));
    if (!scan.take('}')) return std::nullopt;
  }
  if (!scan.at_end()) return std::nullopt;
  return out;
}

std::optional<std::vector<std::string_view>> json_items(std::string_view text) {
  Scanner scan(text);
  std::vector<std::string_view> out;
  if (!scan.take('[')) return std::nullopt;
  if (!scan.take(']')) {
    do {
      const auto value = scan.value();
      if (!value) return std::nullopt;
      out.push_back(*value);
    } while (scan.take(','));
    if (!scan.take(']')) return std::nullopt;
  }
  if (!scan.at_end()) return std::nullopt;
  return out;
}

std::string_view json_slice(const JsonMembers& members, std::string_view name) {
  for (const auto& [key, value] : members) {
    if (key == name) return value;
  }
  return {};
}

std::string_view json_plain(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.find('\\') != std::string_view::npos) {
    return {};
  }
  return value.substr(1, value.size() - 2);
}

std::string_view json_plain_at(std::string_view object,
                               std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    const auto members = json_members(object);
    if (!members) return {};
    object = json_slice(*members, name);
  }
  return json_plain(object);
}

}  // namespace concord::health
