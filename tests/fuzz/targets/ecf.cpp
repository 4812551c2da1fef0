// Court filings: ECF messages read, and filings written as such. After the first digit: a message,
// or a delivery's body.
#include "court/ecf.hpp"

#include "tests/fuzz/records.hpp"

namespace concord::fuzz {
namespace {

void read(std::string_view input) {
  const auto records = court::read_ecf(input, "a.xml");
  if (!records) return tells_all(records.error());
  must(!records->empty(), "a message read as nothing");
  for (const sdk::Record& record : *records) good(record);
}

void write(std::string_view input, bool withdraw) {
  sdk::Delivery delivery;
  delivery.withdraw = withdraw;
  delivery.idempotency_key = "SYN-IK-1";
  delivery.type = "filing";
  delivery.key = "SYN-DOC-7";
  delivery.subject = cut_at(input, "\n");
  delivery.body = input;
  if (!sdk::is_text(delivery.subject)) return;  // the hub lets no other through
  const auto written = court::write_ecf(delivery, {});
  if (!written) return tells_all(written.error());
  if (withdraw) return;
  const auto records = court::read_ecf(*written, "b.xml");
  must(static_cast<bool>(records), "our own reader refuses what we wrote");
  must(records->size() == 1, "one filing is read as several");
  must((*records)[0].key == "SYN-DOC-7", "the filing has another key");
}

}  // namespace

void ecf(std::string_view input) {
  switch (choice(input, 3)) {
    case 0:
      return read(input);
    case 1:
      return write(input, false);
    default:
      return write(input, true);
  }
}

}  // namespace concord::fuzz
