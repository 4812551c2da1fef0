// The schema's patterns, by hand: std::regex takes a microsecond a character.
#include <array>

#include "hub/base/time.hpp"
#include "hub/translate/checker.hpp"

namespace concord::translate {
namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// "dd" digits where d stands, the character itself elsewhere.
bool like(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (size_t i = 0; i < text.size(); ++i)
    if (form[i] == 'd' ? !digit(text[i]) : text[i] != form[i]) return false;
  return true;
}

int two(std::string_view text, size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

bool date(std::string_view text) {
  if (!like(text, "dddd-dd-dd")) return false;
  const int month = two(text, 5), day = two(text, 8);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool clock(std::string_view text) {
  return like(text, "dd:dd:dd") && two(text, 0) < 24 && two(text, 3) < 60 && two(text, 6) < 60;
}

bool wall(std::string_view text) {
  return text.size() == 19 && date(text.substr(0, 10)) && text[10] == 'T' && clock(text.substr(11));
}

bool instant(std::string_view text) {
  if (text.size() < 20 || text.back() != 'Z' || !wall(text.substr(0, 19))) return false;
  text = text.substr(19, text.size() - 20);
  if (text.empty()) return true;
  if (text[0] != '.' || text.size() < 2 || text.size() > 7) return false;
  for (const char c : text.substr(1))
    if (!digit(c)) return false;
  return true;
}

bool moment(std::string_view text) {
  return date(text) || instant(text);
}

bool zone(std::string_view text) {
  if (text.empty() || !letter(text[0])) return false;
  bool fresh = false;  // right after a slash
  for (const char c : text.substr(1)) {
    if (c == '/') {
      if (fresh) return false;
      fresh = true;
      continue;
    }
    if (!letter(c) && !digit(c) && c != '_' && c != '+' && c != '-') return false;
    fresh = false;
  }
  return !fresh;
}

bool amount(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (whole.empty() || whole.size() > 18) return false;
  for (const char c : whole)
    if (!digit(c)) return false;
  if (dot == std::string_view::npos) return true;
  const std::string_view part = text.substr(dot + 1);
  if (part.empty() || part.size() > 9) return false;
  for (const char c : part)
    if (!digit(c)) return false;
  return true;
}

bool currency(std::string_view text) {
  if (text.size() != 3) return false;
  for (const char c : text)
    if (c < 'A' || c > 'Z') return false;
  return true;
}

bool sha256(std::string_view text) {
  if (text.size() != 64) return false;
  for (const char c : text)
    if (!digit(c) && (c < 'a' || c > 'f')) return false;
  return true;
}

#define DAY "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
#define CLOCK "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
#define UTC CLOCK "(\\.[0-9]{1,6})?Z"
struct Known {
  std::string_view pattern;
  bool (*matches)(std::string_view);
};
constexpr std::array kKnown{Known{"^" DAY "$", date},
                            Known{"^" DAY UTC "$", instant},
                            Known{"^" DAY "(" UTC ")?$", moment},
                            Known{"^" DAY CLOCK "$", wall},
                            Known{"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", zone},
                            Known{"^-?[0-9]{1,18}(\\.[0-9]{1,9})?$", amount},
                            Known{"^[A-Z]{3}$", currency},
                            Known{"^[0-9a-f]{64}$", sha256}};
#undef DAY
#undef CLOCK
#undef UTC

}  // namespace

bool (*matcher_of(std::string_view pattern))(std::string_view) {
  for (const Known& known : kKnown)
    if (known.pattern == pattern) return known.matches;
  return nullptr;
}

}  // namespace concord::translate
