// The metrics, as Prometheus reads them. Labels name systems and outcomes; never a person or a
// case.
#pragma once

#include <string>

#include "hub/pipeline/hub.hpp"

namespace concord::api {

std::string metrics_text(pipeline::Hub& hub);

}  // namespace concord::api
