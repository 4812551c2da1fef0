// Holds what the agencies' own logs say against what ought to have come.
#pragma once

#include <string>
#include <vector>

#include "tests/crash/load.hpp"

namespace concord::crash {

// Every way in which the account is wrong, a sentence each:
//   lost      a change that an agency ought to know, and no line of its log has
//   twice     one version of one document that took effect twice
//   order     a child's changes of one topic that came in another order than they happened
//   ledger    it does not balance, or counts other deliveries than the agencies do
//   held      a source that was not told that its changes were taken
// held_before: held_by_sources() before the load, since some of what an agency has nobody reads.
std::vector<std::string> faults_of(story::Play& play,
                                   const std::vector<Owed>& owed,
                                   int64_t held_before);

// How many changes the agencies keep until the hub says that it has them.
int64_t held_by_sources(story::Play& play);

}  // namespace concord::crash
