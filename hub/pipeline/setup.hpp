// What a coalition's directory says, read and checked by app: a hub is made from it, and a changed
// one replaces it while the hub runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/decide/engine.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/evidence.hpp"
#include "hub/model/schema.hpp"
#include "hub/runtime/connector.hpp"
#include "hub/translate/mappings.hpp"

namespace concord::pipeline {

// A connector's library, as its manifest names it.
struct Library {
  std::string version, sha256, path;
  std::vector<std::string> honours{};  // obligations that it writes along with a record
  bool operator==(const Library&) const = default;
};

// Immutable once a hub has it.
struct Setup {
  std::shared_ptr<const model::Coalition> coalition;
  model::Evidence evidence;  // of the coalition's files
  std::shared_ptr<const model::Schema> schema;
  std::shared_ptr<const translate::Mappings> mappings;
  std::shared_ptr<const decide::Engine> engine;
  // To tell what changed, as digests: each rule pack, each system's config with its secrets; and
  // the library of each connector, by the words that a system names it with.
  std::map<std::string, std::string> packs;
  std::map<model::SystemId, std::string> settings;
  std::map<std::string, Library> libraries;
  // A hub keeps the clock that it began with.
  base::Clock clock = base::now;
  // How a system's connector comes to be; tests hand in their own.
  using Load =
      std::function<base::Result<std::unique_ptr<runtime::Connector>>(const model::System&)>;
  Load load;
};

// Loads one, as its system says. config: secrets resolved.
base::Result<std::unique_ptr<runtime::Connector>> load_connector(
    const runtime::Manifest& manifest,
    const model::System& system,
    const std::string& config,
    const runtime::RunnerSettings& settings,
    const runtime::Timeouts& timeouts = {});
// Loads connectors into runners, or into this process, as each system says.
Setup::Load load_from(std::map<std::string, runtime::Manifest> manifests,
                      std::map<model::SystemId, std::string> configs,
                      runtime::RunnerSettings settings,
                      runtime::Timeouts timeouts = {});

}  // namespace concord::pipeline
