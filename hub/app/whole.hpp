// A coalition with all that it stands on, loaded and checked: what serve runs and check checks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/app/coalition.hpp"
#include "hub/app/parts.hpp"
#include "hub/app/policy.hpp"
#include "hub/model/schema.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::app {

struct Whole {
  std::shared_ptr<const model::Coalition> coalition;
  model::Evidence evidence;
  Parts parts;
  std::unique_ptr<model::Schema> schema;
  std::unique_ptr<translate::Mappings> mappings;
  std::vector<decide::RulePack> packs;
  std::unique_ptr<decide::Engine> engine;
  std::vector<std::string> notes;  // what is no fault, but good to know
};

// Every fault of every part, as far as the parts before it can be read.
base::Result<Whole, base::Errors> load_whole(const std::string& folder,
                                             const Places& otherwise = places_of_binary());

}  // namespace concord::app
