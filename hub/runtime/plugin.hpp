// Opens a connector's library and makes its one instance; in the hub and in a runner alike.
#pragma once

#include <concord/abi.h>

#include <string>
#include <string_view>

#include "hub/base/result.hpp"

namespace concord::runtime {

// The library was checked before. It is never closed: what it started may outlive any use of it.
// The newest ABI is offered first, then down to the oldest that the manifest names.
base::Result<concord_connector> open_plugin(const std::string& library,
                                            int abi_min,
                                            std::string_view config,
                                            const std::string& system);

}  // namespace concord::runtime
