// What describe() tells: the record types of this system, with synthetic samples. The HL7 v2
// samples are made by the reader itself, so they always have its shape.
#pragma once

#include <string>

#include "health/settings.hpp"

namespace concord::health {

std::string description(const Settings& settings);

}  // namespace concord::health
