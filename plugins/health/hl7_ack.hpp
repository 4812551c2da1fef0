// Acknowledgements of HL7 v2: made for who sent to us, and understood from who answers us.
//
// Threads: pure functions. No content of a message is repeated in an answer: only its header.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "health/hl7_read.hpp"

namespace concord::health {

// What became of a message at the hub.
enum class Kept {
  committed,   // the hub has it
  for_repair,  // the hub has it, but cannot use it as it is
  not_kept     // the sender must send again
};

struct AnswerText {
  std::string hl7_code;  // table 0357, "101"; empty: none
  std::string place;     // "PID-3"
  std::string text;      // cause and next step
};

// The answers that this message asks for, without framing: one in original mode; in enhanced mode
// (MSH-15 or MSH-16 given) a commit answer, an application answer, both or none.
// id: of our answer, unique. now_us: the time written into it.
std::vector<std::string> answers(const HeaderGlimpse& to,
                                 Verdict verdict,
                                 Kept kept,
                                 const AnswerText& text,
                                 std::string_view id,
                                 int64_t now_us);

// What somebody answered to a message of ours.
struct Ack {
  std::string code;        // AA AE AR CA CE CR
  std::string control_id;  // MSA-2
  std::string hl7_code;    // ERR-3, else MSA-6; empty: not told
  std::string place;       // ERR-2 as "PID-3"; empty: not told
};
sdk::Result<Ack> parse_ack(std::string_view bytes);

// None: durable there. Otherwise by code: 206 and 207 retry, 200 to 203 config, the rest
// bad_record.
std::optional<sdk::Error> error_of(const Ack& ack, const std::string& peer);

}  // namespace concord::health
