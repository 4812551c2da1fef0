// What a piece of evidence lacks to have the effect that it seems to have.
#pragma once

#include <string>
#include <vector>

#include "hub/decide/rules.hpp"
#include "hub/pipeline/given.hpp"

namespace concord::app {

// In words, each with the law that asks for it. now: what has ended already is said too.
std::vector<std::string> missing_in(const pipeline::Piece& piece,
                                    const model::Coalition& coalition,
                                    const std::vector<decide::RulePack>& packs,
                                    base::Instant now);

}  // namespace concord::app
