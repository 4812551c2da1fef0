#include "court/text.hpp"

#include <chrono>
#include <cstdio>

namespace concord::court {

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  size_t digits = 0, padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (value < 0 || padding > 0) return std::nullopt;
    ++digits;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xFF);
    }
  }
  if ((digits + padding) % 4 != 0 || padding > 2) return std::nullopt;
  return out;
}

std::optional<int64_t> instant_of(std::string_view text) {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, used = 0;
  const std::string copy(text.substr(0, 40));
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &s, &used) != 6)
    return std::nullopt;
  size_t at = static_cast<size_t>(used);
  int64_t micros = 0, unit = 100000;
  if (at < copy.size() && copy[at] == '.') {
    for (++at; at < copy.size() && copy[at] >= '0' && copy[at] <= '9'; ++at, unit /= 10)
      micros += unit * (copy[at] - '0');
  }
  int64_t offset_minutes = 0;
  if (copy.compare(at, std::string::npos, "Z") != 0) {
    int oh = 0, om = 0;
    char sign = 0;
    if (copy.size() - at != 6 ||
        std::sscanf(copy.c_str() + at, "%c%2d:%2d", &sign, &oh, &om) != 3 ||
        (sign != '+' && sign != '-') || oh > 14 || om > 59)
      return std::nullopt;
    offset_minutes = (sign == '-' ? -1 : 1) * (oh * 60 + om);
  }
  const year_month_day date{
      year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60) return std::nullopt;
  const auto instant =
      sys_days{date} + hours{h} + minutes{mi} + seconds{s} - minutes{offset_minutes};
  return duration_cast<microseconds>(instant.time_since_epoch()).count() + micros;
}

std::string padded(uint64_t number) {
  std::string digits = std::to_string(number);
  return digits.size() < 12 ? std::string(12 - digits.size(), '0') + digits : digits;
}

std::string cut(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

}  // namespace concord::court
