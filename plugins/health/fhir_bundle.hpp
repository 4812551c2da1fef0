// FHIR R4 JSON as the hub's records: single resources, and Bundles of type searchset and history
// (batch, transaction, collection and document are read the same way).
//
// Threads: pure functions. Errors: a resource that cannot be read is a reject with its bytes; only
// a page that is no Bundle at all is an Error.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace concord::health {

struct BundlePage {
  std::vector<sdk::Record> records;  // in the order of the Bundle
  std::vector<sdk::Reject> rejects;
  std::string next;     // as the server wrote it; empty: the last page
  size_t entries = 0;   // of the Bundle, skipped ones too
  size_t outcomes = 0;  // OperationOutcomes among the entries: the server's remarks
};

// first, most: entries of the Bundle that are wanted. origin: "GET /fhir/Patient".
sdk::Result<BundlePage> read_bundle(std::string_view text,
                                    const std::string& origin,
                                    uint64_t body_bytes_max,
                                    size_t first = 0,
                                    size_t most = SIZE_MAX);

// One resource; its place is for people. full_url: of its Bundle entry, where there is one.
struct ResourceRead {
  std::optional<sdk::Record> record;
  std::optional<sdk::Reject> reject;
};
ResourceRead read_resource(std::string_view text,
                           const std::string& place,
                           uint64_t body_bytes_max,
                           std::string_view full_url = {});

// What a server said was wrong: "error invalid at Patient.birthDate". Codes and paths only, no
// diagnostics: they quote content. Empty: the text is no OperationOutcome.
std::string outcome_text(std::string_view operation_outcome);

// "2026-03-01T12:00:00Z", "7" -> sorts by time, then by number.
std::string version_of(std::string_view last_updated,
                       std::string_view version_id,
                       std::string_view text);

}  // namespace concord::health
