// What is asked back from those who were given it, and who says that it is done.
#pragma once

#include <string>

#include "hub/model/coalition.hpp"

namespace concord::app {

// Those that are open, oldest first; all: also those that are done. Exit 1 where one is late.
int list_recalls(const model::Coalition& coalition, bool all, bool json);
// who: name or role at the agency, for the record.
int attest_recall(const model::Coalition& coalition, int64_t id, const std::string& who);

}  // namespace concord::app
