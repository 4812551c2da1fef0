// Which fault is awake in the copy of the engine that mutants_test links. The hub's engine does not
// include this.
#pragma once

#include <string_view>

namespace concord::decide {

// Is this the mutant that is awake?
bool planted(std::string_view name);

}  // namespace concord::decide
