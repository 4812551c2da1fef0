// What a hub is made of, from a whole coalition: serve, and what apply reads.
#include <filesystem>

#include "hub/app/commands.hpp"
#include "hub/app/serve.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"
#include "hub/base/crypto.hpp"

namespace concord::app {

runtime::RunnerSettings runner_settings(const model::Coalition& coalition) {
  runtime::RunnerSettings settings;
  settings.binary = runner_beside_binary();
  settings.ends_max = coalition.runners.ends_max;
  settings.ends_window = coalition.runners.ends_window;
  settings.memory_bytes_max = uint64_t{coalition.runners.memory_mb} << 20;
  return settings;
}

pipeline::Library library_of(const runtime::Manifest& manifest) {
  return {manifest.version, manifest.sha256, manifest.library, manifest.honours};
}

namespace {

// Whatever a connector stands on: when it changes, the connector is opened anew.
std::string digest_of(const std::string& config,
                      const model::System& system,
                      const model::RunnerLimits& limits) {
  std::string all = config + (system.runs == model::Runs::isolated ? "\nisolated" : "\nin_process");
  for (const auto* list : {&system.allows.connect, &system.allows.read, &system.allows.write})
    for (const std::string& one : *list) all += "\n" + one;
  all += "\n" + std::to_string(limits.ends_max) + " " + std::to_string(limits.ends_window.count()) +
         " " + std::to_string(limits.memory_mb);
  return base::sha256_hex(all);
}

pipeline::Setup setup_of(Whole whole) {
  pipeline::Setup setup;
  setup.coalition = whole.coalition;
  setup.evidence = std::move(whole.evidence);
  setup.schema = std::move(whole.schema);
  setup.mappings = std::move(whole.mappings);
  setup.engine = std::move(whole.engine);
  for (const decide::RulePack& pack : whole.packs) setup.packs[pack.id] = pack.digest;
  for (const model::System& system : setup.coalition->systems)
    if (const auto config = whole.parts.configs.find(system.id);
        config != whole.parts.configs.end())
      setup.settings[system.id] = digest_of(config->second, system, setup.coalition->runners);
  for (const auto& [reference, manifest] : whole.parts.manifests)
    setup.libraries[reference] = library_of(manifest);
  setup.load = pipeline::load_from(std::move(whole.parts.manifests),
                                   std::move(whole.parts.configs),
                                   runner_settings(*setup.coalition));
  return setup;
}

base::Error another_folder(const std::string& mine, const std::string& asked) {
  return base::config_error("FOLDER_DIFFERS",
                            asked,
                            "the running hub was started with " + mine + " and reads that",
                            "name that folder: concord -C " + mine + " apply");
}

// Reads the hub's own directory anew; nothing of it travels.
api::Apply::Read reading(std::string mine) {
  return [mine = std::move(mine)](const std::string& asked)
             -> base::Result<std::shared_ptr<const pipeline::Setup>, base::Errors> {
    std::error_code ignored;
    if (!asked.empty() && !std::filesystem::equivalent(asked, mine, ignored))
      return base::Errors{another_folder(mine, asked)};
    auto whole = load_whole(mine);
    if (!whole) return std::move(whole).error();
    return std::make_shared<const pipeline::Setup>(setup_of(std::move(*whole)));
  };
}

}  // namespace

int serve_coalition(const std::string& folder) {
  auto whole = load_whole(folder);
  if (!whole) return tell(whole.error());
  for (const std::string& note : whole->notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  const std::string absolute = whole->coalition->folder;
  return serve(setup_of(std::move(*whole)), reading(absolute));
}

}  // namespace concord::app
