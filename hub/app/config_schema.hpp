// Checks a system's config against the schema that its connector's manifest gives. Unknown keys are
// told with the nearest known one; a key that the schema marks "x-secret" must hold a reference.
// Threads: any; pure.
#pragma once

#include <string>

#include "hub/base/yaml.hpp"

namespace concord::app {

// config: references replaced, secrets still references. file names it in errors.
void check_config(const base::Yaml& config,
                  const std::string& schema_json,
                  const std::string& file,
                  base::Errors& errors);

}  // namespace concord::app
