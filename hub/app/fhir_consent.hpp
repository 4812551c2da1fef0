// A FHIR R4 Consent as consents of the coalition. What has one meaning here is read; what could
// mean two things, or is restricted in a way that Concord cannot keep, is refused with its place.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/evidence.hpp"

namespace concord::app {

struct FhirSource {
  const model::Coalition& coalition;
  model::SystemId system;  // whose keys the patients' ids are
  std::string zone;        // of dates
  std::string file;        // for errors
};

// One Consent, or a Bundle of them: all, or every fault of each. A Consent with several permitted
// provisions becomes one consent for each: ID.1, ID.2.
base::Result<std::vector<model::Consent>, base::Errors> consents_of_fhir(
    const base::JsonValue& json, const FhirSource& source);

}  // namespace concord::app
