#include "hub/pipeline/setup.hpp"

namespace concord::pipeline {

base::Result<std::unique_ptr<runtime::Connector>> load_connector(
    const runtime::Manifest& manifest,
    const model::System& system,
    const std::string& config,
    const runtime::RunnerSettings& settings,
    const runtime::Timeouts& timeouts) {
  if (system.runs == model::Runs::in_process)
    return runtime::load_in_process(manifest, system.id, config, timeouts);
  runtime::Access access = runtime::access_of(manifest.config_schema, config);
  for (const std::string& address : system.allows.connect)
    if (auto to = runtime::read_host_port(address)) access.connect.push_back(*to);
  const auto also = [](std::vector<std::string>& to, const std::vector<std::string>& more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  also(access.read, system.allows.read);
  also(access.write, system.allows.write);
  return runtime::load_isolated(manifest, system.id, config, access, timeouts, settings);
}

Setup::Load load_from(std::map<std::string, runtime::Manifest> manifests,
                      std::map<model::SystemId, std::string> configs,
                      runtime::RunnerSettings settings,
                      runtime::Timeouts timeouts) {
  return
      [manifests = std::move(manifests),
       configs = std::move(configs),
       settings = std::move(settings),
       timeouts](const model::System& system) -> base::Result<std::unique_ptr<runtime::Connector>> {
        const auto manifest = manifests.find(system.connector);
        if (manifest == manifests.end())
          return base::config_error("CONNECTOR_UNKNOWN",
                                    "system " + system.id.value,
                                    "there is no connector \"" + system.connector + "\"",
                                    "install it, or name the folder it is in under connectors");
        const auto config = configs.find(system.id);
        return load_connector(manifest->second,
                              system,
                              config == configs.end() ? "{}" : config->second,
                              settings,
                              timeouts);
      };
}

}  // namespace concord::pipeline
