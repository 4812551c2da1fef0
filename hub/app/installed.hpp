// The folder of installed connectors of a coalition, and what lies in it.
#pragma once

#include <string>
#include <vector>

#include "hub/model/coalition.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::app {

// Where connectors are installed to: the first folder of connectors that is not the hub's own.
base::Result<std::string> install_folder(const model::Coalition& coalition);
bool is_own(const model::Coalition& coalition, const std::string& folder);
// Those that a coalition sees, by id, the oldest version first.
base::Result<std::vector<runtime::Manifest>, base::Errors> installed(
    const model::Coalition& coalition);
// The systems that run this one.
std::vector<model::SystemId> users_of(const model::Coalition& coalition,
                                      const std::vector<runtime::Manifest>& all,
                                      const runtime::Manifest& manifest);
base::Status make_current(const std::string& root,
                          const std::string& id,
                          const std::string& version);

}  // namespace concord::app
