// The store's layout, version by version: numbered, forward only, with a backup before each step.
#pragma once

#include <string>

#include "hub/base/result.hpp"
#include "hub/store/db.hpp"

namespace concord::store {

inline constexpr int kLayoutVersion = 6;

// Refuses a store from a newer hub, and to read one that migrate() has not seen yet. Looks only, so
// that it stays as it is.
base::Status check_layout(Db& db, const std::string& path, bool to_read);
// Brings the layout to kLayoutVersion, from any that check_layout() lets pass.
base::Status migrate(Db& db, const std::string& path);

}  // namespace concord::store
