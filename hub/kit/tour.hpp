// Through everything that a connector does, well and badly: for checks of what it leaves behind.
#pragma once

#include "hub/kit/bench.hpp"

namespace concord::kit {

struct Toured {
  std::vector<std::string> bodies;  // of all records that were read and documents that were written
};

// Settings good and bad, check, describe, reading with every odd record that test.yaml can add,
// acks, writes with a refused one, and each failure that test.yaml can provoke. Results are not
// judged here.
Toured tour(Bench& bench);

}  // namespace concord::kit
