// Rule packs, read and compiled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/decide/engine.hpp"

namespace concord::app {

struct Policy {
  std::vector<decide::RulePack> packs;
  std::unique_ptr<decide::Engine> engine;
};

// Every fault of every pack. That there is none at all is one.
base::Result<Policy, base::Errors> load_policy(const std::vector<std::string>& folders);

}  // namespace concord::app
