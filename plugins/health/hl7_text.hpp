// Text of HL7 v2: character sets and escapes, each decoded exactly once.
//
// Threads: pure functions. Errors: told by place (byte) and shape, never by content.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace concord::health {

// The five characters of MSH-1 and MSH-2, and the truncation character of HL7 2.7.
struct Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  char truncation = 0;  // 0: none declared
};

enum class Charset { utf_8, iso_8859_1, iso_8859_15, windows_1252, ascii };

// As MSH-18 spells it ("UNICODE UTF-8", "8859/1", "ASCII", ...) or as settings do ("windows-1252").
std::optional<Charset> charset_named(std::string_view name);

struct CharsetFault {
  size_t offset = 0;  // byte, from 0
  std::string cause;  // "byte 0x92 is no text in 8859/1"
};

// The same text in UTF-8; or the first byte that is no text in this set.
std::optional<CharsetFault> to_utf8(std::string_view bytes, Charset charset, std::string& out);

// Undoes \F\ \S\ \T\ \R\ \E\ \P\ \.br\ \.sp\ \Xhh\ and leaves out highlighting. An escape that is
// not known, not closed, or not text in this character set stays as it came: nothing is lost.
std::string unescape(std::string_view raw, const Delimiters& delimiters, Charset charset);

// The reverse, for messages that we send (standard delimiters, UTF-8): line ends become \.br\.
std::string escape(std::string_view text, const Delimiters& delimiters);

std::string_view trimmed(std::string_view text);  // without blanks and tabs around it

}  // namespace concord::health
