// What load_xml does before a tree is built: encoding to UTF-8, and one strict pass over the text.
//
// pugixml is lax where we may not be: it takes two roots, stray hyphens in comments, unknown
// entities and repeated attributes, and frees its tree by recursion. So well-formedness, depth and
// the refusal of declarations are settled here, over bytes, with a place for every fault.
#pragma once

#include <algorithm>
#include <concord/detail/encoding.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace concord::sdk::detail {

struct XmlFault {
  const char* code;
  std::string cause;  // without content
  size_t offset = 0;  // byte in the UTF-8 text
};

// The encoding that the XML declaration names, lower case; empty where it names none.
inline std::string declared_encoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  const std::string_view head = text.substr(0, std::min(text.find("?>"), size_t{512}));
  const size_t at = head.find("encoding");
  if (at == std::string_view::npos) return {};
  const size_t open = head.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const size_t close = head.find(head[open], open + 1);
  if (close == std::string_view::npos) return {};
  std::string name(head.substr(open + 1, close - open - 1));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name;
}

// Gives text as UTF-8 without byte order mark: a view of bytes, or of buffer where it had to be
// converted. What is not valid in UTF-8 is found by scan_xml.
inline std::optional<XmlFault> xml_as_utf8(std::string_view bytes,
                                           std::string& buffer,
                                           std::string_view& text) {
  using namespace std::string_view_literals;
  const bool utf8_mark = bytes.starts_with("\xEF\xBB\xBF"sv);
  const bool little = bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("<\0"sv);
  const bool big = bytes.starts_with("\xFE\xFF"sv) || bytes.starts_with("\0<"sv);
  if (little || big) {
    buffer = utf16_to_utf8(bytes, big);
    text = buffer;
    return std::nullopt;
  }
  if (utf8_mark) bytes.remove_prefix(3);
  text = bytes;
  const std::string name = declared_encoding(bytes);
  if (name.empty() || name == "us-ascii" || name == "ascii") return std::nullopt;
  const auto encoding = encoding_named(name);
  if (encoding == Encoding::utf8) return std::nullopt;
  if (!encoding)
    return XmlFault{"XML_ENCODING", "the declared encoding is not one that is read here", 0};
  if (utf8_mark || encoding == Encoding::utf16le || encoding == Encoding::utf16be)
    return XmlFault{"XML_ENCODING", "the declared encoding contradicts the bytes", 0};
  buffer.reserve(bytes.size() + bytes.size() / 8);
  for (const char byte : bytes) {
    const auto point = character_of(static_cast<uint8_t>(byte), *encoding);
    if (!point) {
      text = buffer;
      return XmlFault{
          "XML_ENCODING", "a byte that the declared encoding does not define", buffer.size()};
    }
    append_utf8(buffer, *point);
  }
  text = buffer;
  return std::nullopt;
}

// One pass: well-formed, no declarations, not too deep. Reads every byte once, allocates next to
// nothing, never recurses.
class XmlScan {
 public:
  XmlScan(std::string_view text, size_t depth_max) : text_(text), depth_max_(depth_max) {}

  std::optional<XmlFault> run() {
    if (!characters_allowed()) return fault_;
    while (at_ < text_.size()) {
      if (!(text_[at_] == '<' ? markup() : character_data())) return fault_;
    }
    if (!open_.empty()) {
      fail("XML_SYNTAX", "the text ends before its elements are closed", text_.size());
    } else if (!rooted_) {
      fail("XML_SYNTAX", "there is no element", text_.size());
    }
    return fault_;
  }

 private:
  static constexpr size_t kAttributesMax = 256;  // of one element: bounds the look-back

  bool fail(const char* code, const char* cause, size_t at) {
    fault_ = XmlFault{code, cause, at};
    return false;
  }
  bool syntax(const char* cause) { return fail("XML_SYNTAX", cause, at_); }
  [[nodiscard]] bool here(std::string_view what) const {
    return text_.compare(at_, what.size(), what) == 0;
  }
  static bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void skip_space() {
    while (at_ < text_.size() && space(text_[at_])) ++at_;
  }

  // Valid UTF-8, and no character that XML 1.0 forbids.
  bool characters_allowed() {
    const size_t bad = utf8_fault(text_);
    if (bad != std::string_view::npos)
      return fail("XML_ENCODING", "bytes that are not valid in the document's encoding", bad);
    for (size_t i = 0; i < text_.size(); ++i) {
      const auto c = static_cast<uint8_t>(text_[i]);
      const bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
      const bool not_character = c == 0xEF && static_cast<uint8_t>(text_[i + 1]) == 0xBF &&
                                 static_cast<uint8_t>(text_[i + 2]) >= 0xBE;
      if (control || not_character) return fail("XML_ENCODING", "a character that XML forbids", i);
    }
    return true;
  }

  bool markup() {
    if (here("<!--")) return comment();
    if (here("<![CDATA[")) {
      if (open_.empty()) return syntax("text outside the root element");
      return skip_past("]]>", "a CDATA section is not closed");
    }
    if (here("<!"))
      return fail("XML_DTD", "a document type or entity declaration, which is never read", at_);
    if (here("<?")) {
      if (at_ > 0 && here("<?xml") && at_ + 5 < text_.size() && space(text_[at_ + 5]))
        return syntax("an XML declaration that is not at the start");
      return skip_past("?>", "a processing instruction is not closed");
    }
    return here("</") ? end_tag() : start_tag();
  }

  bool skip_past(std::string_view end, const char* cause) {
    const size_t found = text_.find(end, at_ + 2);
    if (found == std::string_view::npos) return syntax(cause);
    at_ = found + end.size();
    return true;
  }

  bool comment() {
    const size_t hyphens = text_.find("--", at_ + 4);
    if (hyphens == std::string_view::npos) return syntax("a comment is not closed");
    if (text_.compare(hyphens, 3, "-->") != 0)
      return fail("XML_SYNTAX", "two hyphens inside a comment", hyphens);
    at_ = hyphens + 3;
    return true;
  }

  std::string_view name() {
    auto starts = [](uint8_t c) {
      return (c | 32) >= 'a' && (c | 32) <= 'z' ? true : c == '_' || c == ':' || c >= 0x80;
    };
    const size_t from = at_;
    if (at_ < text_.size() && starts(static_cast<uint8_t>(text_[at_]))) {
      while (at_ < text_.size()) {
        const auto c = static_cast<uint8_t>(text_[at_]);
        if (!starts(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.') break;
        ++at_;
      }
    }
    return text_.substr(from, at_ - from);
  }

  bool start_tag() {
    const size_t from = at_++;
    const std::string_view tag = name();
    if (tag.empty()) return fail("XML_SYNTAX", "'<' that begins no tag", from);
    if (open_.empty() && rooted_) return fail("XML_SYNTAX", "a second root element", from);
    rooted_ = true;
    attributes_.clear();
    while (true) {
      const bool spaced = at_ < text_.size() && space(text_[at_]);
      skip_space();
      if (at_ >= text_.size()) return fail("XML_SYNTAX", "a tag is not closed", from);
      if (here("/>")) {
        at_ += 2;
        return open_.size() < depth_max_ || fail("XML_DEPTH", "nested too deep", from);
      }
      if (text_[at_] == '>') {
        ++at_;
        open_.push_back(tag);
        return open_.size() <= depth_max_ || fail("XML_DEPTH", "nested too deep", from);
      }
      if (!spaced) return syntax("expected a space, '>' or '/>' in a tag");
      if (!attribute()) return false;
    }
  }

  bool attribute() {
    const size_t from = at_;
    const std::string_view attr = name();
    if (attr.empty()) return syntax("expected an attribute name");
    for (const std::string_view seen : attributes_) {
      if (seen == attr) return fail("XML_SYNTAX", "an attribute appears twice in one tag", from);
    }
    if (attributes_.size() >= kAttributesMax)
      return fail("XML_SIZE", "more than 256 attributes in one tag", from);
    attributes_.push_back(attr);
    skip_space();
    if (at_ >= text_.size() || text_[at_] != '=') return syntax("expected '=' after an attribute");
    ++at_;
    skip_space();
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
      return syntax("expected a quoted attribute value");
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '<') return syntax("'<' in an attribute value");
      if (text_[at_] == '&' ? !reference() : (++at_, false)) return false;
    }
    if (at_ >= text_.size()) return fail("XML_SYNTAX", "an attribute value is not closed", from);
    ++at_;
    return true;
  }

  bool end_tag() {
    const size_t from = at_;
    at_ += 2;
    const std::string_view tag = name();
    skip_space();
    if (at_ >= text_.size() || text_[at_] != '>')
      return fail("XML_SYNTAX", "an end tag is not closed", from);
    ++at_;
    if (open_.empty() || open_.back() != tag)
      return fail("XML_SYNTAX", "an end tag that does not match its start tag", from);
    open_.pop_back();
    return true;
  }

  bool character_data() {
    while (at_ < text_.size() && text_[at_] != '<') {
      const char c = text_[at_];
      if (open_.empty() && !space(c)) return syntax("text outside the root element");
      if (c == '&') {
        if (!reference()) return false;
        continue;
      }
      if (c == ']' && here("]]>")) return syntax("']]>' outside a CDATA section");
      ++at_;
    }
    return true;
  }

  // One of the five that XML knows, or a character by number. Nothing else can have been declared.
  bool reference() {
    const size_t from = at_;
    const size_t end = text_.find(';', at_);
    const std::string_view what =
        end == std::string_view::npos || end - at_ > 12 ? "" : text_.substr(at_ + 1, end - at_ - 1);
    if (what.empty()) return syntax("'&' that begins no reference");
    at_ = end + 1;
    if (what[0] != '#') {
      for (const char* known : {"lt", "gt", "amp", "quot", "apos"}) {
        if (what == known) return true;
      }
      return fail("XML_ENTITY", "a reference to an entity that XML itself does not define", from);
    }
    const bool hex = what.starts_with("#x");
    const std::string_view digits = what.substr(hex ? 2 : 1);
    uint32_t code = 0;
    for (const char c : digits) {
      const int digit = c >= '0' && c <= '9'          ? c - '0'
                        : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                      : -1;
      if (digit < 0 || code > 0x10FFFF)
        return fail("XML_SYNTAX", "a character reference that is no number", from);
      code = code * (hex ? 16 : 10) + static_cast<uint32_t>(digit);
    }
    const bool allowed = code == 9 || code == 10 || code == 13 || (code >= 0x20 && code < 0xD800) ||
                         (code >= 0xE000 && code <= 0xFFFD) ||
                         (code >= 0x10000 && code <= 0x10FFFF);
    return (allowed && !digits.empty()) ||
           fail("XML_ENCODING", "a reference to a character that XML forbids", from);
  }

  std::string_view text_;
  size_t depth_max_;
  size_t at_ = 0;
  bool rooted_ = false;
  std::vector<std::string_view> open_;
  std::vector<std::string_view> attributes_;
  std::optional<XmlFault> fault_;
};

}  // namespace concord::sdk::detail
