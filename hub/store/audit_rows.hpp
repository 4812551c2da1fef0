// The audit's rows, for the sources of this room only: the tree as of the last commit, and the
// newest head. Thrown: Fault.
#pragma once

#include "hub/store/reading.hpp"

namespace concord::store {

// None: there was no entry yet. A tip that is not this hub's own is a Fault.
std::optional<audit::Tree> tip_of(Db& db, const Keys& keys);
void put_tip(Db& db, const Keys& keys, const audit::Tree& tree);
std::optional<audit::Head> newest_head_of(Db& db);

}  // namespace concord::store
