// concord mandate: what must be reported by when, and whose move it is.
#pragma once

#include <string>

#include "hub/base/json.hpp"
#include "hub/model/coalition.hpp"

namespace concord::app {

// Those that run, or all. 1 where one that runs is late.
int list_mandates(const model::Coalition& coalition, bool all, bool json);
// It was done by phone, or otherwise beside the hub.
int attest_mandate(const model::Coalition& coalition,
                   const std::string& id,
                   const std::string& by,
                   const std::string& how,
                   bool json);

// For status: how many are late, and a line for each that runs.
int64_t late_mandates(const base::JsonValue& status);
void print_mandates(const base::JsonValue& status);

}  // namespace concord::app
