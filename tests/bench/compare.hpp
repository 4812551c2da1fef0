// What isolation costs: the same load with the connectors in the hub and in runners, in turn.
#pragma once

#include "tests/bench/bench.hpp"

namespace concord::bench {

// Prints the medians, their spread and the ratios; the exit code.
int compare_isolation(const Folders& folders, const Plan& plan, int pairs, bool json);

}  // namespace concord::bench
