#include "hub/identify/normalise.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "hub/base/time.hpp"

namespace concord::identify {
namespace {

struct Range {
  char32_t first, last;
  std::string_view folded;
};

// Letters of Latin-1, Latin Extended-A, -B (Vietnamese, Romanian, Pinyin) and Extended Additional,
// upper and lower case together. In order.
constexpr Range kLatin[] = {
    {0xC0, 0xC5, "a"},     {0xC6, 0xC6, "ae"},    {0xC7, 0xC7, "c"},     {0xC8, 0xCB, "e"},
    {0xCC, 0xCF, "i"},     {0xD0, 0xD0, "d"},     {0xD1, 0xD1, "n"},     {0xD2, 0xD6, "o"},
    {0xD8, 0xD8, "o"},     {0xD9, 0xDC, "u"},     {0xDD, 0xDD, "y"},     {0xDE, 0xDE, "th"},
    {0xDF, 0xDF, "ss"},    {0xE0, 0xE5, "a"},     {0xE6, 0xE6, "ae"},    {0xE7, 0xE7, "c"},
    {0xE8, 0xEB, "e"},     {0xEC, 0xEF, "i"},     {0xF0, 0xF0, "d"},     {0xF1, 0xF1, "n"},
    {0xF2, 0xF6, "o"},     {0xF8, 0xF8, "o"},     {0xF9, 0xFC, "u"},     {0xFD, 0xFD, "y"},
    {0xFE, 0xFE, "th"},    {0xFF, 0xFF, "y"},     {0x100, 0x105, "a"},   {0x106, 0x10D, "c"},
    {0x10E, 0x111, "d"},   {0x112, 0x11B, "e"},   {0x11C, 0x123, "g"},   {0x124, 0x127, "h"},
    {0x128, 0x131, "i"},   {0x132, 0x133, "ij"},  {0x134, 0x135, "j"},   {0x136, 0x138, "k"},
    {0x139, 0x142, "l"},   {0x143, 0x14B, "n"},   {0x14C, 0x151, "o"},   {0x152, 0x153, "oe"},
    {0x154, 0x159, "r"},   {0x15A, 0x161, "s"},   {0x162, 0x167, "t"},   {0x168, 0x173, "u"},
    {0x174, 0x175, "w"},   {0x176, 0x178, "y"},   {0x179, 0x17E, "z"},   {0x17F, 0x17F, "s"},
    {0x1A0, 0x1A1, "o"},   {0x1AF, 0x1B0, "u"},   {0x1CD, 0x1CE, "a"},   {0x1CF, 0x1D0, "i"},
    {0x1D1, 0x1D2, "o"},   {0x1D3, 0x1DC, "u"},   {0x218, 0x219, "s"},   {0x21A, 0x21B, "t"},
    {0x1E00, 0x1E01, "a"}, {0x1E02, 0x1E07, "b"}, {0x1E08, 0x1E09, "c"}, {0x1E0A, 0x1E13, "d"},
    {0x1E14, 0x1E1D, "e"}, {0x1E1E, 0x1E1F, "f"}, {0x1E20, 0x1E21, "g"}, {0x1E22, 0x1E2B, "h"},
    {0x1E2C, 0x1E2F, "i"}, {0x1E30, 0x1E35, "k"}, {0x1E36, 0x1E3D, "l"}, {0x1E3E, 0x1E43, "m"},
    {0x1E44, 0x1E4B, "n"}, {0x1E4C, 0x1E53, "o"}, {0x1E54, 0x1E57, "p"}, {0x1E58, 0x1E5F, "r"},
    {0x1E60, 0x1E69, "s"}, {0x1E6A, 0x1E71, "t"}, {0x1E72, 0x1E7B, "u"}, {0x1E7C, 0x1E7F, "v"},
    {0x1E80, 0x1E89, "w"}, {0x1E8A, 0x1E8D, "x"}, {0x1E8E, 0x1E8F, "y"}, {0x1E90, 0x1E95, "z"},
    {0x1EA0, 0x1EB7, "a"}, {0x1EB8, 0x1EC7, "e"}, {0x1EC8, 0x1ECB, "i"}, {0x1ECC, 0x1EE3, "o"},
    {0x1EE4, 0x1EF1, "u"}, {0x1EF2, 0x1EF9, "y"},
};

// The next code point; what is no UTF-8 is taken byte by byte.
char32_t next(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  char32_t code = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  if (text.size() < size) {
    text.remove_prefix(1);
    return lead;
  }
  for (size_t i = 1; i < size; ++i)
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(size);
  return code;
}

void append(std::string& out, char32_t code) {
  auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

char32_t without_case(char32_t code) {
  if (code >= 0x391 && code <= 0x3A9) return code + 0x20;  // Greek
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;  // Cyrillic
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

bool is_apostrophe(char32_t code) {
  return code == '\'' || code == '`' || code == 0xB4 || code == 0x2BC || code == 0x2BB ||
         code == 0x2018 || code == 0x2019;
}

void fold_one(std::string& out, char32_t code) {
  if (code < 0x80) {
    const char c = static_cast<char>(code);
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c + ('a' - 'A'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (c != '\'' && c != '`') {
      out += ' ';
    }
    return;
  }
  // Combining marks (a letter and its accent apart), soft hyphen, joiners, apostrophes: nothing.
  if ((code >= 0x300 && code <= 0x36F) || code == 0xAD || (code >= 0x200B && code <= 0x200D) ||
      is_apostrophe(code))
    return;
  if (code <= 0xBF || (code >= 0x2000 && code <= 0x206F) || code == 0x3000) {
    out += ' ';
    return;
  }
  const auto* found =
      std::lower_bound(std::begin(kLatin), std::end(kLatin), code, [](const Range& r, char32_t c) {
        return r.last < c;
      });
  if (found != std::end(kLatin) && found->first <= code) {
    out += found->folded;
  } else {
    append(out, without_case(code));
  }
}

bool is_suffix(std::string_view word) {
  constexpr std::array<std::string_view, 8> kSuffixes = {
      "jr", "sr", "ii", "iii", "iv", "junior", "senior", "2nd"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), word) != kSuffixes.end();
}

bool is_filler(std::string_view value) {
  constexpr std::array<std::string_view, 13> kFillers = {"unknown",
                                                         "unk",
                                                         "none",
                                                         "null",
                                                         "na",
                                                         "test",
                                                         "temp",
                                                         "pending",
                                                         "notassigned",
                                                         "123456789",
                                                         "1234567890",
                                                         "987654321",
                                                         "12345678"};
  return std::find(kFillers.begin(), kFillers.end(), value) != kFillers.end();
}

bool is_ssn_system(std::string_view folded_system) {
  return folded_system.find("ssn") != std::string_view::npos ||
         folded_system.find("social security") != std::string_view::npos ||
         folded_system.ends_with("2 16 840 1 113883 4 1");
}

// Numbers that were never given out, or that advertisements printed.
bool is_ssn(std::string_view digits) {
  if (digits.size() != 9 || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  const std::string_view area = digits.substr(0, 3);
  return area != "000" && area != "666" && area[0] != '9' && digits.substr(3, 2) != "00" &&
         digits.substr(5) != "0000" && digits != "078051120" && digits != "219099999";
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) fold_one(out, next(text));
  return out;
}

std::vector<std::string> words(std::string_view folded) {
  std::vector<std::string> found;
  size_t at = folded.find_first_not_of(' ');
  while (at != std::string_view::npos) {
    const size_t end = std::min(folded.find(' ', at), folded.size());
    found.emplace_back(folded.substr(at, end - at));
    at = folded.find_first_not_of(' ', end);
  }
  return found;
}

std::string NameParts::given_joined() const {
  std::string joined;
  for (const std::string& name : given) joined += name;
  return joined;
}

NameParts name_parts(std::string_view family, std::string_view given) {
  NameParts parts;
  auto family_words = words(fold(family));
  while (family_words.size() > 1 && is_suffix(family_words.back())) family_words.pop_back();
  for (const std::string& word : family_words) parts.family += word;
  parts.given = words(fold(given));
  return parts;
}

std::string usable_identifier(std::string_view system, std::string_view value) {
  const size_t first = value.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  value = value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1);
  std::string plain;
  for (const std::string& word : words(fold(value))) plain += word;
  const bool repeated =
      plain.find_first_not_of(plain.empty() ? '0' : plain[0]) == std::string::npos;
  if (plain.size() < 3 || repeated || is_filler(plain)) return {};
  if (!is_ssn_system(fold(system))) return std::string(value);  // zeros and hyphens kept
  return is_ssn(plain) ? plain : std::string{};
}

bool usable_birth_date(std::string_view date) {
  return base::is_date(date) && date > "1900-01-01" && date < "9999-01-01";
}

}  // namespace concord::identify
