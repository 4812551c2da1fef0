// Host names of a runner are looked up by the hub, which knows the few that the system's settings
// name: the runner itself has no way to a name server.
#pragma once

#include "hub/runtime/runner/holder.hpp"

namespace concord::runtime {

// From now on this process's getaddrinfo() asks the holder. Call once, before any library loads.
void look_up_names_with(Holder& holder);

}  // namespace concord::runtime
