// What would be withheld of a flow because its recipient's connector does not write along what must
// go with it: told by concord check, before the first record.
#pragma once

#include <string>
#include <vector>

#include "hub/app/whole.hpp"

namespace concord::app {

// A sentence a flow. No fault: another rule may allow the same without the obligation.
std::vector<std::string> duties_unmet(const Whole& whole, base::Instant now);

}  // namespace concord::app
