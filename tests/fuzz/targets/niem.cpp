// NIEM and GJXDM documents of juvenile justice.
#include "juvenile_justice/niem_reader.hpp"
#include "tests/fuzz/records.hpp"

namespace concord::fuzz {

void niem(std::string_view input) {
  const sdk::Limits limits{.records_max = 10, .body_bytes_max = 16u << 10};
  const auto answer = juvenile_justice::read_niem(input, "a.xml", limits);
  all_good(answer);
  must(!answer.records.empty() || !answer.rejects.empty(), "a document of which nothing is told");
  for (const sdk::Record& record : answer.records)
    must(record.body.size() <= limits.body_bytes_max, "a body beyond its limit");
  for (const sdk::Reject& reject : answer.rejects)
    must(reject.raw.size() <= limits.body_bytes_max, "a reject's bytes beyond their limit");
}

}  // namespace concord::fuzz
