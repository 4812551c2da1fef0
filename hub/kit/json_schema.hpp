// One JSON value against one draft-07 schema, in sentences.
#pragma once

#include <string>
#include <vector>

#include "hub/base/json.hpp"

namespace concord::kit {

// What does not hold, each with its place; or that the schema itself cannot be used.
std::vector<std::string> faults_against(const base::JsonValue& schema,
                                        const base::JsonValue& value);
// Why it is no JSON Schema draft-07; empty: it is.
std::string schema_fault(const base::JsonValue& schema);

}  // namespace concord::kit
