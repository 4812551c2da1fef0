// FHIR: bundles cut into resources, and single resources.
#include "health/fhir_bundle.hpp"
#include "tests/fuzz/records.hpp"

namespace concord::fuzz {

void fhir(std::string_view input) {
  constexpr uint64_t kBodyMax = 4096;
  if (choice(input, 2) == 1) {
    const auto read = health::read_resource(input, "GET /x", kBodyMax, "urn:x/Patient/1");
    must(read.record.has_value() != read.reject.has_value(), "neither or both");
    if (read.record) good(*read.record);
    if (read.reject) good(*read.reject);
    (void)health::outcome_text(input);
    return;
  }
  const auto page = health::read_bundle(input, "GET /x", kBodyMax);
  if (!page) return tells_all(page.error());
  all_good(*page);
  must(page->records.size() + page->rejects.size() + page->outcomes <= page->entries,
       "more than the bundle has entries");
  for (const sdk::Record& record : page->records)
    must(record.body.size() <= kBodyMax, "a body beyond its limit");
  // In two halves it gives the same.
  const auto first = health::read_bundle(input, "GET /x", kBodyMax, 0, 2);
  const auto rest = health::read_bundle(input, "GET /x", kBodyMax, 2);
  must(first && rest, "a part of it is refused");
  must(first->records.size() + rest->records.size() == page->records.size() &&
           first->rejects.size() + rest->rejects.size() == page->rejects.size(),
       "in parts it holds something else");
}

}  // namespace concord::fuzz
