// concord serve: the hub as a daemon, from checked parts to a clean end.
#pragma once

#include "hub/api/server.hpp"

namespace concord::app {

// Runs until SIGTERM or SIGINT, then drains: takes in nothing more, finishes what is in hand. No
// port is open before all is ready. read: the coalition anew, for concord apply. The exit code.
int serve(pipeline::Setup setup, api::Apply::Read read);

// As the coalition sets them, with the runner beside this binary.
runtime::RunnerSettings runner_settings(const model::Coalition& coalition);
// What the line has to know of a connector.
pipeline::Library library_of(const runtime::Manifest& manifest);

}  // namespace concord::app
