#include "health/hl7_message.hpp"

#include <algorithm>

namespace concord::health {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kSegmentsMax = 20000;

sdk::Error unreadable(std::string code, std::string place, std::string cause, std::string next) {
  return sdk::bad_record(std::move(code), std::move(place), std::move(cause), std::move(next));
}

std::string_view without_mark(std::string_view bytes) {
  if (bytes.substr(0, 3) == kByteOrderMark) bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of("\r\n \t");
  return first == std::string_view::npos ? std::string_view{} : bytes.substr(first);
}

std::vector<std::string_view> lines_of(std::string_view text, bool any_end) {
  std::vector<std::string_view> lines;
  const std::string_view ends = any_end ? "\r\n" : "\r";
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find_first_of(ends, start), text.size());
    const std::string_view line = text.substr(start, end - start);
    if (!trimmed(line).empty() && line != "\n") lines.push_back(line);
    start = end + 1;
  }
  return lines;
}

std::vector<std::string_view> split(std::string_view text, char delimiter) {
  std::vector<std::string_view> out;
  for (;;) {
    const size_t end = text.find(delimiter);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool is_segment_name(std::string_view name) {
  auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return name.size() == 3 && capital(name[0]) && (capital(name[1]) || digit(name[1])) &&
         (capital(name[2]) || digit(name[2]));
}

// MSH-1 and MSH-2 of a text that starts with MSH; or why they will not do.
sdk::Result<Delimiters> read_delimiters(std::string_view line) {
  auto refused = [](const char* cause) {
    return unreadable("HL7_DELIMITERS",
                      "MSH-2",
                      cause,
                      "the sender must declare four or five different characters, as in ^~\\&");
  };
  Delimiters d;
  if (line.size() < 8) return refused("the header ends before its delimiters");
  d.field = line[3];
  const size_t end = line.find(d.field, 4);
  const std::string_view encoding = line.substr(4, end == std::string_view::npos ? end : end - 4);
  if (encoding.size() < 4 || encoding.size() > 5) {
    return refused("expected 4 or 5 characters, saw another number");
  }
  std::string all(1, d.field);
  all += encoding;
  for (size_t i = 0; i < all.size(); ++i) {
    const char c = all[i];
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter || static_cast<unsigned char>(c) < 0x21 || static_cast<unsigned char>(c) > 0x7E) {
      return refused("a delimiter is a letter, a digit, a blank or no ASCII character");
    }
    if (all.find(c, i + 1) != std::string::npos) return refused("one character is declared twice");
  }
  d.component = encoding[0];
  d.repetition = encoding[1];
  d.escape = encoding[2];
  d.subcomponent = encoding[3];
  d.truncation = encoding.size() == 5 ? encoding[4] : '\0';
  return d;
}

// "segment 2 (PID), byte 57 of the message"
std::string place_of(std::string_view bytes, size_t offset) {
  size_t number = 0, start = 0;
  for (const std::string_view line : lines_of(bytes.substr(0, offset + 1), true)) {
    ++number;
    start = static_cast<size_t>(line.data() - bytes.data());
  }
  const std::string_view name = bytes.substr(start, 3);
  return "segment " + std::to_string(number) +
         (is_segment_name(name) ? " (" + std::string(name) + ")" : "") + ", byte " +
         std::to_string(offset + 1) + " of the message";
}

}  // namespace

std::string Part::exact_text() const {
  if (raw_.empty()) return {};
  if (raw_.find(coding_->delimiters.escape) == std::string_view::npos) return std::string(raw_);
  return unescape(raw_, coding_->delimiters, coding_->charset);
}

std::string Part::text() const {
  Part bare = *this;
  bare.raw_ = trimmed(raw_);
  return bare.exact_text();
}

char Part::delimiter(int level) const {
  const Delimiters& d = coding_->delimiters;
  return level == 0 ? d.repetition : level == 1 ? d.component : d.subcomponent;
}

Part Part::piece(size_t n, int level) const {
  if (coding_ == nullptr || n == 0) return {};
  if (level_ > level) return n == 1 ? *this : Part({}, coding_, level_);
  std::string_view rest = raw_;
  const char by = delimiter(level);
  for (size_t i = 1;; ++i) {
    const size_t end = rest.find(by);
    if (i == n) return {rest.substr(0, end), coding_, level + 1};
    if (end == std::string_view::npos) return {{}, coding_, level + 1};
    rest.remove_prefix(end + 1);
  }
}

std::vector<Part> Part::all(int level) const {
  if (coding_ == nullptr || raw_.empty()) return {};
  if (level_ > level) return {*this};
  std::vector<Part> parts;
  for (const std::string_view raw : split(raw_, delimiter(level)))
    parts.emplace_back(raw, coding_, level + 1);
  return parts;
}

size_t Part::pieces(int level) const {
  if (coding_ == nullptr || raw_.empty()) return 0;
  if (level_ > level) return 1;
  return 1 + static_cast<size_t>(std::count(raw_.begin(), raw_.end(), delimiter(level)));
}

Segment::Segment(std::string_view line, const Coding* coding)
    : fields_(split(line, coding->delimiters.field)), coding_(coding) {
  // MSH-1 is the delimiter itself, so everything after it moves up by one.
  if (fields_[0] == "MSH") fields_.insert(fields_.begin() + 1, line.substr(3, 1));
}

Part Segment::field(size_t n) const {
  if (n == 0 || n >= fields_.size()) return {{}, coding_, 0};
  const bool header =
      fields_[0] == "MSH" && n <= 2;  // the delimiters are not divided by themselves
  return {fields_[n], coding_, header ? 3 : 0};
}

sdk::Result<Message> Message::parse(std::string_view bytes, const Hl7Options& options) {
  bytes = without_mark(bytes);
  if (bytes.substr(0, 3) != "MSH") {
    return unreadable("HL7_NO_HEADER",
                      "segment 1",
                      bytes.empty() ? "the message is empty" : "expected MSH, saw another start",
                      "the sender must begin each message with its MSH segment");
  }
  const size_t line_end = bytes.find_first_of("\r\n");
  auto delimiters = read_delimiters(bytes.substr(0, line_end));
  if (!delimiters) return std::move(delimiters).error();

  Message message;
  message.coding_ = std::make_unique<Coding>(Coding{*delimiters, options.charset});
  // MSH is ASCII in every set that we know up to its field 18, so it can be read before decoding.
  if (options.trust_msh18) {
    const Segment header(bytes.substr(0, line_end), message.coding_.get());
    const Part declared = header.field(18).repetition(1);
    if (!declared.empty()) {
      const auto charset = charset_named(declared.raw());
      if (!charset) {
        return unreadable("HL7_CHARSET",
                          "MSH-18",
                          "a character set that is not supported",
                          "send UNICODE UTF-8, 8859/1, 8859/15 or ASCII, or set "
                          "hl7.trust_msh18 to false and hl7.character_set to what really comes");
      }
      message.coding_->charset = *charset;
    }
  }
  message.text_ = std::make_unique<std::string>();
  if (auto fault = to_utf8(bytes, message.coding_->charset, *message.text_)) {
    return unreadable("HL7_CHARSET",
                      place_of(bytes, fault->offset),
                      fault->cause,
                      "correct MSH-18 at the sender, or hl7.character_set here");
  }
  const auto lines = lines_of(*message.text_, options.any_segment_end);
  if (lines.size() > kSegmentsMax) {
    return unreadable("HL7_SIZE",
                      "segment " + std::to_string(kSegmentsMax),
                      "more segments than are allowed",
                      "send the parts as messages of their own");
  }
  message.segments_.reserve(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    Segment segment(lines[i], message.coding_.get());
    if (!is_segment_name(segment.name())) {
      return unreadable("HL7_SEGMENT_NAME",
                        "segment " + std::to_string(i + 1),
                        "expected a name of three capitals or digits, saw " +
                            std::to_string(segment.name().size()) + " characters",
                        "a line end inside a field must be sent as \\.br\\");
    }
    if (i > 0 && segment.name() == "MSH") {
      return unreadable("HL7_TWO_MESSAGES",
                        "segment " + std::to_string(i + 1),
                        "a second MSH in one message",
                        "frame each message by itself");
    }
    message.segments_.push_back(std::move(segment));
  }
  return message;
}

const Segment* Message::find(std::string_view name) const {
  for (const Segment& segment : segments_) {
    if (segment.name() == name) return &segment;
  }
  return nullptr;
}

HeaderGlimpse glimpse(std::string_view bytes) {
  HeaderGlimpse out;
  out.fields.resize(20);
  bytes = without_mark(bytes);
  if (bytes.substr(0, 3) != "MSH" || bytes.size() < 8) return out;
  const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  auto delimiters = read_delimiters(line);
  if (!delimiters) return out;
  out.has_msh = true;
  out.field = delimiters->field;
  const auto fields = split(line, out.field);
  out.encoding = fields[1];
  for (size_t i = 2; i < fields.size() && i + 1 < out.fields.size(); ++i) {
    // Only what is plain ASCII goes into an answer, whatever the character set.
    const bool plain = std::all_of(fields[i].begin(), fields[i].end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
    });
    if (plain) out.fields[i + 1] = fields[i];
  }
  return out;
}

BatchPieces split_batch(std::string_view bytes) {
  BatchPieces out;
  if (bytes.substr(0, 3) == kByteOrderMark) bytes.remove_prefix(3);
  size_t piece_start = std::string_view::npos, batch_start = 0;
  auto close = [&](size_t end) {
    if (piece_start != std::string_view::npos) {
      out.messages.push_back(bytes.substr(piece_start, end - piece_start));
    }
    piece_start = std::string_view::npos;
  };
  for (const std::string_view line : lines_of(bytes, true)) {
    const auto start = static_cast<size_t>(line.data() - bytes.data());
    const std::string_view name = line.substr(0, 3);
    if (name == "FHS" || name == "BHS" || name == "FTS" || name == "BTS") {
      close(start);
      if (name == "BHS") batch_start = out.messages.size();
      if (name == "BTS" && line.size() > 4) {
        const std::string said(line.substr(4, line.find_first_not_of("0123456789", 4) - 4));
        const std::string came = std::to_string(out.messages.size() - batch_start);
        if (!said.empty() && said != came) {
          out.count_fault =
              "the batch trailer tells another number than the " + came + " that came";
        }
      }
    } else if (name == "MSH" || piece_start == std::string_view::npos) {
      close(start);
      piece_start = start;
    }
  }
  close(bytes.size());
  return out;
}

}  // namespace concord::health
