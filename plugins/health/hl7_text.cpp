#include "health/hl7_text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace concord::health {
namespace {

// windows-1252 from 0x80 to 0x9F; 0: no character there.
constexpr std::array<uint16_t, 32> kWindows1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// How long the UTF-8 sequence at i is; 0: none that is valid (overlong, surrogate, cut, too high).
size_t utf8_length(std::string_view bytes, size_t i) {
  auto at = [&](size_t k) -> unsigned {
    return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u;
  };
  auto follows = [&](size_t k) { return (at(k) & 0xC0) == 0x80; };
  const unsigned first = at(i);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(i + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(i + 1) || !follows(i + 2)) return 0;
    if (first == 0xE0 && at(i + 1) < 0xA0) return 0;
    if (first == 0xED && at(i + 1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(i + 1) || !follows(i + 2) || !follows(i + 3)) return 0;
    if (first == 0xF0 && at(i + 1) < 0x90) return 0;
    if (first == 0xF4 && at(i + 1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

// The character of a byte from 0x80 in a single-byte set; 0: none.
uint32_t single_byte(unsigned byte, Charset charset) {
  switch (charset) {
    case Charset::windows_1252:
      return byte < 0xA0 ? kWindows1252[byte - 0x80] : byte;
    // 0x80 to 0x9F are control characters there: who sends them means another set.
    case Charset::iso_8859_1:
      return byte < 0xA0 ? 0 : byte;
    case Charset::iso_8859_15:
      switch (byte) {
        case 0xA4:
          return 0x20AC;
        case 0xA6:
          return 0x0160;
        case 0xA8:
          return 0x0161;
        case 0xB4:
          return 0x017D;
        case 0xB8:
          return 0x017E;
        case 0xBC:
          return 0x0152;
        case 0xBD:
          return 0x0153;
        case 0xBE:
          return 0x0178;
        default:
          return byte < 0xA0 ? 0 : byte;
      }
    case Charset::utf_8:
    case Charset::ascii:
      break;
  }
  return 0;
}

std::string_view spelt(Charset charset) {
  switch (charset) {
    case Charset::utf_8:
      return "UNICODE UTF-8";
    case Charset::iso_8859_1:
      return "8859/1";
    case Charset::iso_8859_15:
      return "8859/15";
    case Charset::windows_1252:
      return "windows-1252";
    case Charset::ascii:
      return "ASCII";
  }
  return "";
}

CharsetFault fault_at(size_t offset, unsigned byte, Charset charset) {
  std::array<char, 16> hex{};
  std::snprintf(hex.data(), hex.size(), "0x%02X", byte);
  return {offset,
          std::string("byte ") + hex.data() + " is no text in " + std::string(spelt(charset))};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// "0D0A" -> text; false where it is no hex, no text in this set, or a NUL.
bool decode_hex(std::string_view digits, Charset charset, std::string& out) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
    bytes += static_cast<char>(high * 16 + low);
  }
  std::string text;
  if (to_utf8(bytes, charset, text)) return false;
  out += text;
  return true;
}

// What stands between two escape characters. False: not known, stays as it came.
bool decode_escape(std::string_view body, const Delimiters& d, Charset charset, std::string& out) {
  if (body.empty()) return false;
  if (body.size() == 1) {
    switch (body[0]) {
      case 'F':
        out += d.field;
        return true;
      case 'S':
        out += d.component;
        return true;
      case 'T':
        out += d.subcomponent;
        return true;
      case 'R':
        out += d.repetition;
        return true;
      case 'E':
        out += d.escape;
        return true;
      case 'P':
        if (d.truncation == 0) return false;
        out += d.truncation;
        return true;
      case 'H':
      case 'N':
        return true;  // highlighting on and off
      default:
        return false;
    }
  }
  if (body[0] == 'X') return decode_hex(body.substr(1), charset, out);
  if (body[0] != '.') return false;
  if (body == ".br" || body == ".ce") {
    out += '\n';
    return true;
  }
  if (body.substr(0, 3) == ".sp") {
    int lines = 0;
    for (char c : body.substr(3)) {
      if (c < '0' || c > '9' || lines > 9) return false;
      lines = lines * 10 + (c - '0');
    }
    out.append(static_cast<size_t>(lines == 0 ? 1 : lines), '\n');
    return true;
  }
  const std::string_view command = body.substr(0, 3);
  return command == ".fi" || command == ".nf" || command == ".in" || command == ".ti" ||
         command == ".sk";
}

}  // namespace

std::optional<Charset> charset_named(std::string_view name) {
  name = trimmed(name);
  if (name == "UNICODE UTF-8" || name == "UTF-8" || name == "utf-8" || name == "UNICODE") {
    return Charset::utf_8;
  }
  if (name == "8859/1" || name == "ISO-8859-1" || name == "iso-8859-1") return Charset::iso_8859_1;
  if (name == "8859/15" || name == "iso-8859-15") return Charset::iso_8859_15;
  if (name == "windows-1252") return Charset::windows_1252;
  if (name == "ASCII" || name == "ISO IR6" || name == "ascii") return Charset::ascii;
  return std::nullopt;
}

std::optional<CharsetFault> to_utf8(std::string_view bytes, Charset charset, std::string& out) {
  out.clear();
  out.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size();) {
    const unsigned byte = static_cast<unsigned char>(bytes[i]);
    if (byte == 0) return fault_at(i, byte, charset);
    if (byte < 0x80) {
      out += static_cast<char>(byte);
      ++i;
    } else if (charset == Charset::utf_8) {
      const size_t length = utf8_length(bytes, i);
      if (length == 0) return fault_at(i, byte, charset);
      out.append(bytes.substr(i, length));
      i += length;
    } else {
      const uint32_t code = single_byte(byte, charset);
      if (code == 0) return fault_at(i, byte, charset);
      append_utf8(out, code);
      ++i;
    }
  }
  return std::nullopt;
}

std::string unescape(std::string_view raw, const Delimiters& delimiters, Charset charset) {
  std::string out;
  out.reserve(raw.size());
  for (size_t i = 0; i < raw.size();) {
    if (raw[i] != delimiters.escape) {
      out += raw[i++];
      continue;
    }
    const size_t close = raw.find(delimiters.escape, i + 1);
    if (close != std::string_view::npos &&
        decode_escape(raw.substr(i + 1, close - i - 1), delimiters, charset, out)) {
      i = close + 1;
    } else {
      out += raw[i++];  // not an escape that we know: the character itself
    }
  }
  return out;
}

std::string escape(std::string_view text, const Delimiters& delimiters) {
  std::string out;
  out.reserve(text.size() + 8);
  auto code = [&](std::string_view body) {
    out += delimiters.escape;
    out += body;
    out += delimiters.escape;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == delimiters.field) {
      code("F");
    } else if (c == delimiters.component) {
      code("S");
    } else if (c == delimiters.repetition) {
      code("R");
    } else if (c == delimiters.escape) {
      code("E");
    } else if (c == delimiters.subcomponent) {
      code("T");
    } else if (c == '\r') {
      if (i + 1 >= text.size() || text[i + 1] != '\n') code(".br");
    } else if (c == '\n') {
      code(".br");
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      std::array<char, 8> hex{};
      std::snprintf(hex.data(), hex.size(), "X%02X", static_cast<unsigned>(c));
      code(hex.data());
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace concord::health
