// Writes deliveries to a FHIR server as batch Bundles, and tells for each what became of it.
//
// Order:  two deliveries of one document never share a Bundle: servers may do entries in any order.
// Poison: when a server refuses a whole Bundle for its content, its halves are tried, down to one.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "health/fhir_client.hpp"

namespace concord::health {

// One outcome a delivery, in order.
std::vector<sdk::Outcome> write_fhir(FhirClient& client,
                                     std::span<const sdk::Delivery> deliveries,
                                     const sdk::Call& call,
                                     int64_t now_us);

// What an entry's status means ("201 Created"); none: done.
std::optional<sdk::Error> entry_error(std::string_view status,
                                      std::string_view outcome,
                                      bool withdraw,
                                      const std::string& place);

}  // namespace concord::health
