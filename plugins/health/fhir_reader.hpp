// Reads what changed on a FHIR server, page by page.
//
// The checkpoint, as JSON:
//   since   no resource with an earlier lastUpdated is asked for again
//   seen    "microseconds:hash" of what was given already and lies at or after `since`; so equal
//           timestamps are neither skipped nor given twice
//   newest  the latest lastUpdated of this pass
//   page    path and query of the page to go on with; none: the pass is complete
//   first   how many entries of that page were given already (a server that ignores _count)
// A pass begins `overlap` before the newest of the last one: servers commit late what they stamped
// early.
#pragma once

#include <concord/connector.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "health/fhir_client.hpp"

namespace concord::health {

sdk::Result<sdk::Batch> read_fhir(FhirClient& client,
                                  std::string_view type,
                                  std::string_view checkpoint,
                                  const sdk::Limits& limits,
                                  const sdk::Call& call);

// Path and query of a link, absolute or relative to the base; none: another server, or no URL.
std::optional<std::string> same_origin_path(const std::string& base_url, const std::string& url);

}  // namespace concord::health
