// Rule packs, read and compiled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/decide/engine.hpp"
#include "hub/model/coalition.hpp"

namespace concord::app {

struct Policy {
  std::vector<decide::RulePack> packs;
  std::unique_ptr<decide::Engine> engine;
};

// Every fault of every pack. That there is none at all is one.
base::Result<Policy, base::Errors> load_policy(const std::vector<std::string>& folders);

// A capacity that neither a rule names nor a default label knows is most likely misspelt: it would
// withhold in silence. Each with file and line.
base::Errors check_capacities(const model::Coalition& coalition,
                              const std::vector<decide::RulePack>& packs);

}  // namespace concord::app
