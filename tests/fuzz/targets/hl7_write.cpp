// A delivery as an HL7 message: whatever a body holds stays within its fields, and our own reader
// opens what we write. The record type, a line end, the body.
#include "health/hl7_write.hpp"

#include "health/hl7_message.hpp"
#include "tests/fuzz/records.hpp"

namespace concord::fuzz {

void hl7_write(std::string_view input) {
  sdk::Delivery delivery;
  delivery.withdraw = choice(input, 2) == 1;
  delivery.type = cut_at(input, "\n");
  delivery.subject = cut_at(input, "\n");
  delivery.idempotency_key = "SYN-IK-1";
  delivery.key = "SYN-DOC-7";
  delivery.body = input;
  if (!sdk::is_text(delivery.type) || !sdk::is_text(delivery.subject))
    return;  // the hub lets no other through
  health::SendSettings settings;
  settings.withdraw_event = "A08";
  const auto written = health::write_message(delivery, settings, 1'700'000'000'000'000);
  if (!written) return tells_all(written.error());
  must(written->control_id == health::control_id_of("SYN-IK-1"), "another control id");
  const auto read = health::Message::parse(written->bytes, {.any_segment_end = false});
  must(static_cast<bool>(read), "our own reader refuses what we wrote");
  must(read->header().field(10).text() == written->control_id, "the control id is not in MSH-10");
  size_t headers = 0;
  for (const health::Segment& segment : read->segments()) {
    headers += segment.name() == "MSH" ? 1 : 0;
    must(segment.name().size() == 3, "a segment without a name: something broke out of its field");
  }
  must(headers == 1, "a second header within the message");
  must(written->bytes.find_first_of("\x0b\x1c\n") == std::string::npos,
       "a mark of MLLP in a message");
}

}  // namespace concord::fuzz
