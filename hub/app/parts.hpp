// What a coalition stands on besides its texts: connectors, mappings and the secrets of its
// systems.
#pragma once

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "hub/app/substitute.hpp"
#include "hub/model/coalition.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::app {

struct Parts {
  // Of the connectors that systems use, by the words that a system names one with; checked.
  std::map<std::string, runtime::Manifest> manifests;
  std::map<model::SystemId, std::string> configs;  // secrets resolved: not to be printed
};

// Every fault at once: a connector that is missing or damaged, a config that its schema refuses, a
// mapping folder, entity or secret that is not there, a flow to a system that cannot write.
base::Result<Parts, base::Errors> load_parts(const model::Coalition& coalition,
                                             const Environment& environment = ::getenv);

// The folder mappings/schema of the coalition: the first mapping folder that has one; or "".
std::string schema_folder(const model::Coalition& coalition);

}  // namespace concord::app
