#include "hub/pipeline/setup.hpp"

#include <algorithm>

namespace concord::pipeline {

Setup::Load load_from(std::vector<runtime::Manifest> manifests,
                      std::map<model::SystemId, std::string> configs,
                      runtime::Timeouts timeouts) {
  return [manifests = std::move(manifests), configs = std::move(configs), timeouts](
             const model::System& system) -> base::Result<std::unique_ptr<runtime::Connector>> {
    const auto manifest =
        std::find_if(manifests.begin(), manifests.end(), [&](const runtime::Manifest& m) {
          return m.id == system.connector;
        });
    if (manifest == manifests.end())
      return base::config_error("CONNECTOR_UNKNOWN",
                                "system " + system.id.value,
                                "there is no connector \"" + system.connector + "\"",
                                "install it, or name the folder it is in under connectors");
    const auto config = configs.find(system.id);
    return runtime::load_in_process(
        *manifest, system.id, config == configs.end() ? "{}" : config->second, timeouts);
  };
}

}  // namespace concord::pipeline
