// HL7 v2 as it comes: messages, batches of them, answers; and its escapes there and back.
#include <algorithm>

#include "health/hl7_ack.hpp"
#include "health/hl7_read.hpp"
#include "tests/fuzz/records.hpp"

namespace concord::fuzz {
namespace {

using namespace concord::health;

bool holds_utf8(std::string_view text) {
  std::string out;
  return !to_utf8(text, Charset::utf_8, out);
}

void escapes(std::string_view text) {
  const bool ends_line = text.find_first_of("\r\n") != std::string_view::npos;
  if (ends_line || !holds_utf8(text)) return;
  const Delimiters delimiters;
  const std::string escaped = escape(text, delimiters);
  must(escaped.find_first_of("|^~&\r") == std::string::npos, "a delimiter passed unescaped");
  must(unescape(escaped, delimiters, Charset::utf_8) == text, "an escape does not come back");
}

void one_message(std::string_view bytes, const Hl7Settings& settings) {
  const ReadMessage read = read_message(bytes, settings, "mllp");
  for (const sdk::Record& record : read.records) good(record);
  if (read.reject) good(*read.reject);
  must(read.header.fields.size() >= 20, "a header too short to be answered");
  if (read.verdict == Verdict::accept) {
    must(!read.reject && read.hl7_code.empty(), "accepted and refused");
    must(!read.records.empty(), "accepted, and nothing read");
  } else {
    must(read.reject.has_value(), "refused without a reject");
    must(read.records.empty(), "refused, and read all the same");
  }
  for (const Verdict verdict : {read.verdict, Verdict::reject})
    for (const std::string& answer : answers(read.header,
                                             verdict,
                                             Kept::committed,
                                             {"207", "PID-3", "cause"},
                                             "SYN1",
                                             1'700'000'000'000'000))
      must(answer.starts_with("MSH"), "an answer that is no message");
}

}  // namespace

void hl7(std::string_view input) {
  Hl7Settings settings;
  const unsigned way = choice(input, 5);
  if (way == 4) return escapes(input);
  settings.options.any_segment_end = way != 1;
  settings.options.trust_msh18 = way != 2;
  if (way == 2) settings.options.charset = Charset::windows_1252;
  if (way == 3) settings.zone = "America/New_York";
  one_message(input, settings);

  const BatchPieces pieces = split_batch(input);
  size_t held = 0;
  for (const std::string_view piece : pieces.messages) {
    must(piece.data() >= input.data() && piece.data() + piece.size() <= input.data() + input.size(),
         "a piece of something else");
    held += piece.size();
  }
  must(held <= input.size(), "pieces overlap");
  const auto ack = parse_ack(input);
  if (!ack) return tells_all(ack.error());
  if (const auto error = error_of(*ack, "peer")) tells_all(*error);
}

}  // namespace concord::fuzz
