// Deliveries as FHIR resources and Bundle entries. The mapped body is kept to the byte; members are
// added to it.
//
// Threads: pure functions.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "health/settings.hpp"

namespace concord::health {

// The resource to send: without id; with our identifier (identifier_system|delivery.key), a tag
// that tells the version, and the person's reference where the body has none. Error: bad_record.
sdk::Result<std::string> resource_of(const sdk::Delivery& delivery, const FhirSettings& settings);

// One delivery's entries in a batch Bundle, joined by a comma, and how many they are: the resource
// by conditional update (or create), and its Provenance; or a conditional delete.
struct Entries {
  std::string text;
  size_t count = 0;
};
sdk::Result<Entries> entries_of(const sdk::Delivery& delivery,
                                const FhirSettings& settings,
                                int64_t now_us);

// "Observation?identifier=system%7Ckey"
std::string conditional_url(const sdk::Delivery& delivery, const FhirSettings& settings);

}  // namespace concord::health
