// The store's layout, version by version: numbered, forward only, with a backup before each step.
#pragma once

#include <string>

#include "hub/base/result.hpp"
#include "hub/store/db.hpp"

namespace concord::store {

inline constexpr int kLayoutVersion = 3;

// Brings the layout to kLayoutVersion. A store from a newer hub is refused and left as it is.
base::Status migrate(Db& db, const std::string& path);

}  // namespace concord::store
