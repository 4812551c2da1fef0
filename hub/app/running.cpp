// Commands that a whole coalition is needed for: serve, consent grant.
#include "hub/app/commands.hpp"
#include "hub/app/operate.hpp"
#include "hub/app/serve.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"

namespace concord::app {

int serve_coalition(const std::string& folder) {
  auto whole = load_whole(folder);
  if (!whole) return tell(whole.error());
  for (const std::string& note : whole->notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  pipeline::Setup setup;
  setup.coalition = whole->coalition;
  setup.evidence = std::move(whole->evidence);
  setup.schema = std::move(whole->schema);
  setup.mappings = std::move(whole->mappings);
  setup.engine = std::move(whole->engine);
  setup.load =
      pipeline::load_from(std::move(whole->parts.manifests), std::move(whole->parts.configs));
  return serve(std::move(setup));
}

int grant_consents(const std::string& folder, const std::string& file) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto consents = load_consents(*coalition, file);
  if (!consents) return tell(consents.error());
  for (const model::Consent& consent : *consents)
    if (const int code = grant_consent(*coalition, consent); code != EX_OK) return code;
  return EX_OK;
}

}  // namespace concord::app
