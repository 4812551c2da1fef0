// An HL7 v2 message, opened but not interpreted: segments, fields, repetitions, components and
// subcomponents, numbered from 1 as the standard numbers them.
//
// Lifetime: Parts look into their Message and live as long as it. A Message may be moved.
// Errors:   parse() says segment and field; the error's class is bad_record.
#pragma once

#include <concord/connector.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "health/hl7_text.hpp"

namespace concord::health {

struct Coding {
  Delimiters delimiters;
  Charset charset = Charset::utf_8;
};

// Some text of a segment, escapes and all, and the delimiter that divides it further.
class Part {
 public:
  Part() = default;
  Part(std::string_view raw, const Coding* coding, int level)
      : raw_(raw), coding_(coding), level_(level) {}

  [[nodiscard]] std::string_view raw() const { return raw_; }
  [[nodiscard]] bool empty() const { return trimmed(raw_).empty(); }
  // The repetition, component or subcomponent of that number; empty where there is none. Component
  // 1 of a part without components is the part itself, as the standard has it.
  [[nodiscard]] Part repetition(size_t n) const { return piece(n, 0); }
  [[nodiscard]] Part component(size_t n) const { return repetition_one().piece(n, 1); }
  [[nodiscard]] Part sub(size_t n) const { return component_one().piece(n, 2); }
  // All of them in one pass: asking for one after the other by number takes the square of the time.
  [[nodiscard]] std::vector<Part> all_repetitions() const { return all(0); }
  [[nodiscard]] std::vector<Part> all_components() const { return repetition_one().all(1); }
  [[nodiscard]] std::vector<Part> all_subs() const { return component_one().all(2); }
  [[nodiscard]] size_t repetitions() const { return pieces(0); }
  [[nodiscard]] size_t components() const { return repetition_one().pieces(1); }
  [[nodiscard]] size_t subs() const { return component_one().pieces(2); }
  // Decoded once, without blanks around it. `""` (an order to clear) stays `""`.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string exact_text() const;  // decoded, blanks kept

 private:
  [[nodiscard]] char delimiter(int level) const;
  [[nodiscard]] Part piece(size_t n, int level) const;
  [[nodiscard]] std::vector<Part> all(int level) const;
  [[nodiscard]] size_t pieces(int level) const;
  [[nodiscard]] Part repetition_one() const { return level_ <= 0 ? piece(1, 0) : *this; }
  [[nodiscard]] Part component_one() const { return level_ <= 1 ? component(1) : *this; }

  std::string_view raw_;
  const Coding* coding_ = nullptr;
  int level_ = 3;  // what may divide it next: 0 repetition, 1 component, 2 subcomponent, 3 nothing
};

class Segment {
 public:
  Segment(std::string_view line, const Coding* coding);
  [[nodiscard]] std::string_view name() const { return fields_[0]; }
  [[nodiscard]] size_t size() const { return fields_.size() - 1; }  // number of the last field
  [[nodiscard]] Part field(size_t n) const;                         // field(3) of PID is PID-3

 private:
  std::vector<std::string_view> fields_;  // [0]: the name
  const Coding* coding_;
};

struct Hl7Options {
  Charset charset = Charset::utf_8;  // where MSH-18 says nothing
  bool trust_msh18 = true;           // false: always `charset`
  bool any_segment_end = true;       // CR, LF or CRLF; false: CR alone, as the standard has it
};

class Message {
 public:
  // bytes: one message, as it came, without MLLP framing.
  static sdk::Result<Message> parse(std::string_view bytes, const Hl7Options& options);

  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  [[nodiscard]] const Segment& header() const { return segments_[0]; }  // MSH
  [[nodiscard]] const Segment* find(std::string_view name) const;       // the first, or none
  [[nodiscard]] const Coding& coding() const { return *coding_; }

 private:
  Message() = default;
  std::unique_ptr<std::string> text_;  // UTF-8; what the parts look into
  std::unique_ptr<Coding> coding_;
  std::vector<Segment> segments_;
};

// What can be said of a message that parse() refuses: enough to answer it. Never fails.
struct HeaderGlimpse {
  bool has_msh = false;
  char field = '|';
  std::string encoding = "^~\\&";
  std::vector<std::string> fields;  // raw; [3] is MSH-3; at least 20 entries
};
HeaderGlimpse glimpse(std::string_view bytes);

// A batch file (FHS, BHS, MSH ..., BTS, FTS) or plain messages after each other, taken apart. What
// stands before the first MSH and is no batch header is a piece of its own, so that it is refused,
// not lost.
struct BatchPieces {
  std::vector<std::string_view> messages;
  std::string count_fault;  // BTS-1 tells another number than came; else empty
};
BatchPieces split_batch(std::string_view bytes);

}  // namespace concord::health
