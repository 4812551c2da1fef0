// Deliveries as HL7 v2 messages: the same JSON shape that reading gives (hl7_read.hpp), written.
//
// Threads: pure functions. Messages are UTF-8 (MSH-18 says so) with the usual delimiters.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "health/settings.hpp"

namespace concord::health {

struct OutMessage {
  std::string control_id;  // the same in every attempt: made of the idempotency key
  std::string bytes;       // without framing
};

// 20 characters of A-Z and 2-7, 100 bits of the key's SHA-256.
std::string control_id_of(std::string_view idempotency_key);

// type `adt` (event of body.message.event, else A08) or `oru` (R01). Errors: bad_record, with the
// path in the body.
sdk::Result<OutMessage> write_message(const sdk::Delivery& delivery,
                                      const SendSettings& settings,
                                      int64_t now_us);

}  // namespace concord::health
