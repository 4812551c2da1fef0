// Commands that a whole coalition is needed for: serve, consent grant.
#include <filesystem>

#include "hub/app/commands.hpp"
#include "hub/app/operate.hpp"
#include "hub/app/serve.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"
#include "hub/base/crypto.hpp"

namespace concord::app {
namespace {

pipeline::Setup setup_of(Whole whole) {
  pipeline::Setup setup;
  setup.coalition = whole.coalition;
  setup.evidence = std::move(whole.evidence);
  setup.schema = std::move(whole.schema);
  setup.mappings = std::move(whole.mappings);
  setup.engine = std::move(whole.engine);
  for (const decide::RulePack& pack : whole.packs) setup.packs[pack.id] = pack.digest;
  for (const auto& [system, config] : whole.parts.configs)
    setup.settings[system] = base::sha256_hex(config);
  for (const runtime::Manifest& manifest : whole.parts.manifests)
    setup.libraries[manifest.id] = manifest.version + " " + manifest.sha256;
  setup.load =
      pipeline::load_from(std::move(whole.parts.manifests), std::move(whole.parts.configs));
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

int grant_consents(const std::string& folder, const std::string& file, bool json) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto consents = load_consents(*coalition, file);
  if (!consents) return tell(consents.error());
  for (const model::Consent& consent : *consents)
    if (const int code = grant_consent(*coalition, consent, json); code != EX_OK) return code;
  return EX_OK;
}

}  // namespace concord::app
