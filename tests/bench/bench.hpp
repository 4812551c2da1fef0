// One run: a hub as shipped, four agencies that are played against it, and what was measured.
#pragma once

#include "tests/bench/hub.hpp"
#include "tests/bench/report.hpp"

namespace concord::bench {

struct Plan {
  int children = 1000, connections = 4;
  int64_t window = 1000;
  double pace = 1000;  // records a second: half of 2,000; 0: half of what the flood came to
  double beginning = 3, flood = 60, paced = 20, limit = 2;  // seconds
};

// False: something did not start, which was said on stderr.
bool measure(const Folders& folders, const Plan& plan, Report& report);

}  // namespace concord::bench
