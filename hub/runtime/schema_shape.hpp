// Whether a manifest's config schema has the shape that its readers count on: what checks a
// system's settings by it, what lists its keys, what finds addresses and files in it. Threads:
// pure.
#pragma once

#include <optional>
#include <string>

#include "hub/base/json.hpp"

namespace concord::runtime {

// What is wrong, and where: "/properties/url/required is no list of texts". None: all is well.
std::optional<std::string> schema_fault(const base::JsonValue& schema);

}  // namespace concord::runtime
