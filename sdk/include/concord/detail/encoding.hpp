// Text encodings that agencies still send, turned into UTF-8 without guessing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace concord::sdk {

enum class Encoding { utf8, iso_8859_1, windows_1252, macintosh, utf16le, utf16be };

// By name, as config spells it; case does not matter. nullopt: not one of ours.
inline std::optional<Encoding> encoding_named(std::string_view name) {
  std::string lower;
  for (char c : name)
    lower += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : (c == '_' ? '-' : c);
  if (lower == "utf-8" || lower == "utf8") return Encoding::utf8;
  if (lower == "iso-8859-1" || lower == "latin-1" || lower == "latin1") return Encoding::iso_8859_1;
  if (lower == "windows-1252" || lower == "cp1252") return Encoding::windows_1252;
  if (lower == "macintosh" || lower == "macroman") return Encoding::macintosh;
  if (lower == "utf-16le" || lower == "utf-16") return Encoding::utf16le;
  if (lower == "utf-16be") return Encoding::utf16be;
  return std::nullopt;
}

inline constexpr const char* kEncodingNames =
    "utf-8, windows-1252, iso-8859-1, macintosh, utf-16le or utf-16be";

inline void append_utf8(std::string& out, uint32_t point) {
  auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6)), put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12)), put(0x80 | ((point >> 6) & 0x3F)), put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18)), put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F)), put(0x80 | (point & 0x3F));
  }
}

// Where text stops being UTF-8 (overlong forms and surrogates included); npos: nowhere.
inline size_t utf8_fault(std::string_view text) {
  const size_t size = text.size();
  auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  size_t i = 0;
  while (i < size) {
    const uint8_t lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > size) return i;
    for (size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return i;
    const uint8_t second = byte(i + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
      return i;
    i += length;
  }
  return std::string_view::npos;
}
// UTF-8 without a NUL: what the boundary calls text.
inline bool is_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && utf8_fault(bytes) == std::string_view::npos;
}

// The character of one byte; nullopt where the encoding leaves it undefined. Not for UTF-8, UTF-16.
inline std::optional<uint32_t> character_of(uint8_t byte, Encoding encoding) {
  static constexpr std::array<uint16_t, 32> windows = {
      0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
  static constexpr char16_t mac[] =
      u"\u00C4\u00C5\u00C7\u00C9\u00D1\u00D6\u00DC\u00E1\u00E0\u00E2\u00E4\u00E3\u00E5\u00E7\u00E9"
      u"\u00E8\u00EA\u00EB\u00ED\u00EC\u00EE\u00EF\u00F1\u00F3\u00F2\u00F4\u00F6\u00F5\u00FA\u00F9"
      u"\u00FB\u00FC\u2020\u00B0\u00A2\u00A3\u00A7\u2022\u00B6\u00DF\u00AE\u00A9\u2122\u00B4\u00A8"
      u"\u2260\u00C6\u00D8\u221E\u00B1\u2264\u2265\u00A5\u00B5\u2202\u2211\u220F\u03C0\u222B\u00AA"
      u"\u00BA\u03A9\u00E6\u00F8\u00BF\u00A1\u00AC\u221A\u0192\u2248\u2206\u00AB\u00BB\u2026\u00A0"
      u"\u00C0\u00C3\u00D5\u0152\u0153\u2013\u2014\u201C\u201D\u2018\u2019\u00F7\u25CA\u00FF\u0178"
      u"\u2044\u20AC\u2039\u203A\uFB01\uFB02\u2021\u00B7\u201A\u201E\u2030\u00C2\u00CA\u00C1\u00CB"
      u"\u00C8\u00CD\u00CE\u00CF\u00CC\u00D3\u00D4\uF8FF\u00D2\u00DA\u00DB\u00D9\u0131\u02C6\u02DC"
      u"\u00AF\u02D8\u02D9\u02DA\u00B8\u02DD\u02DB\u02C7";
  static_assert(sizeof mac / sizeof mac[0] == 129);
  if (byte < 0x80) return byte;
  if (encoding == Encoding::macintosh) return mac[byte - 0x80];
  if (encoding == Encoding::windows_1252 && byte < 0xA0) {
    const uint16_t point = windows[byte - 0x80u];
    if (point == 0) return std::nullopt;
    return point;
  }
  return byte;
}

// UTF-16 to UTF-8. A lone surrogate or half a unit at the end becomes bytes that are no UTF-8, so
// that who checks cell by cell finds the fault at its place. A byte order mark is dropped.
inline std::string utf16_to_utf8(std::string_view bytes, bool big_endian) {
  auto unit = [&](size_t i) -> uint32_t {
    const uint32_t a = static_cast<uint8_t>(bytes[i]), b = static_cast<uint8_t>(bytes[i + 1]);
    return big_endian ? (a << 8 | b) : (b << 8 | a);
  };
  std::string out;
  out.reserve(bytes.size() / 2 + bytes.size() / 8);
  size_t i = 0;
  if (bytes.size() >= 2 && unit(0) == 0xFEFF) i = 2;
  for (; i + 1 < bytes.size(); i += 2) {
    uint32_t point = unit(i);
    if (point >= 0xD800 && point < 0xDC00 && i + 3 < bytes.size()) {
      const uint32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(out, point);
  }
  if (i < bytes.size()) out += '\xFF';
  return out;
}

}  // namespace concord::sdk
