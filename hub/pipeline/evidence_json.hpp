// Consents as the store keeps them: JSON with the names of the decision cases, plus the child.
#pragma once

#include <string>

#include "hub/base/result.hpp"
#include "hub/model/evidence.hpp"

namespace concord::pipeline {

std::string to_json(const model::Consent& consent);
base::Result<model::Consent> consent_of(const std::string& json);

}  // namespace concord::pipeline
