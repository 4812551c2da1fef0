// concord serve: the hub as a daemon, from checked parts to a clean end.
#pragma once

#include "hub/pipeline/hub.hpp"

namespace concord::app {

// Runs until SIGTERM or SIGINT, then drains: takes in nothing more, finishes what is in hand. No
// port is open before all is ready. The exit code.
int serve(pipeline::Setup setup);

}  // namespace concord::app
