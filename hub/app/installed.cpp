#include "hub/app/installed.hpp"

#include <algorithm>
#include <tuple>

#include "hub/base/files.hpp"
#include "hub/runtime/versions.hpp"

namespace concord::app {

bool is_own(const model::Coalition& coalition, const std::string& folder) {
  const auto& own = coalition.trust.own_folders;
  return std::find(own.begin(), own.end(), folder) != own.end();
}

base::Result<std::string> install_folder(const model::Coalition& coalition) {
  for (const std::string& folder : coalition.connector_folders)
    if (!is_own(coalition, folder)) return folder;
  return base::config_error("INSTALL_NOWHERE",
                            coalition.folder + "/concord.yaml",
                            "no folder of connectors is named there that connectors can be "
                            "installed to",
                            "make the folder and name it: connectors: [connectors, installed]");
}

base::Result<std::vector<runtime::Manifest>, base::Errors> installed(
    const model::Coalition& coalition) {
  auto found = runtime::find_manifests(coalition.connector_folders);
  if (!found) return found;
  std::stable_sort(found->begin(), found->end(), [](const auto& a, const auto& b) {
    if (a.id != b.id) return a.id < b.id;
    return runtime::is_older(a.version, b.version);
  });
  return found;
}

std::vector<model::SystemId> users_of(const model::Coalition& coalition,
                                      const std::vector<runtime::Manifest>& all,
                                      const runtime::Manifest& manifest) {
  std::vector<model::SystemId> users;
  for (const model::System& system : coalition.systems) {
    auto chosen = runtime::choose(all, system.connector);
    if (chosen && (*chosen)->path == manifest.path) users.push_back(system.id);
  }
  return users;
}

base::Status make_current(const std::string& root,
                          const std::string& id,
                          const std::string& version) {
  return base::write_file(root + "/" + id + "/current", version + "\n");
}

}  // namespace concord::app
