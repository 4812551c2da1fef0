// An HL7 v2 message as the hub's records: one for each patient that it speaks of.
//
// Body of `adt`, `oru` and `siu` (README.md tells every key; hl7_types.hpp the data types):
//   message {type, event, control_id, time, ...}   patient {key, identifiers[], names[],
//   birth_date, sex, addresses[], contacts[], ...}   visit {key, number, class, admitted,
//   discharged, ...} diagnoses[]  observations[]  appointment {}  next_of_kin[]  merge {}
//   z_segments {}  segments []
//
// Threads: pure functions. Errors: what cannot be read is a reject with its bytes, and the answer
// that its sender must get.
#pragma once

#include <concord/connector.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "health/hl7_message.hpp"

namespace concord::health {

struct Hl7Settings {
  Hl7Options options;
  std::string zone = "UTC";                         // of times that carry none; IANA name
  std::vector<std::string> processing_ids = {"P"};  // MSH-11 that we take
  std::string home_assigner;           // keys of this assigner (PID-3.4) are given bare
  std::string identifier_type = "MR";  // which PID-3 is the patient's key
};

enum class Verdict {
  accept,  // understood: AA
  error,   // ours to read, but something in it is wrong: AE
  reject   // not for us: framing, kind, version, processing id: AR
};

struct ReadMessage {
  Verdict verdict = Verdict::accept;
  HeaderGlimpse header;
  std::string hl7_code;  // of table 0357, for ERR-3; empty when accepted
  std::vector<sdk::Record> records;
  std::optional<sdk::Reject> reject;
};

// bytes: one message without framing. origin: where it came from, for people.
ReadMessage read_message(std::string_view bytes, const Hl7Settings& settings, std::string origin);

// The record type of a message kind that we take ("ADT", "A03" -> "adt"); empty: none.
std::string_view record_type_of(std::string_view type, std::string_view event);

// What cannot even be opened, as a reject. At most 64 KiB of it are kept.
sdk::Reject rejected(std::string_view type, std::string_view raw, sdk::Error error);

}  // namespace concord::health
