// How a system's connector is run, in the lines of concord status and concord connector check.
#pragma once

#include <string>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/runtime/isolation.hpp"

namespace concord::app {

// system: one of the answer's "systems".
void print_runner(const base::JsonValue& system);
// Of a runner that is at hand.
void print_means(const runtime::Isolation& isolation);

}  // namespace concord::app
