#include "hub/app/coalition.hpp"

#include <algorithm>
#include <filesystem>

#include "hub/app/coalition_files.hpp"
#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_jurisdiction(const std::string& text) {
  auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text == "US" ||
         (text.size() == 5 && text.starts_with("US-") && upper(text[3]) && upper(text[4]));
}

std::vector<std::string> folders(Fields& fields,
                                 const char* key,
                                 const Loading& loading,
                                 const std::vector<std::string>& otherwise) {
  if (!fields.has(key)) return otherwise;
  std::vector<std::string> found;
  for (const std::string& given : fields.list(key)) {
    if (given == "installed") {  // those that came with concord, beside the binary
      found.insert(found.end(), otherwise.begin(), otherwise.end());
      continue;
    }
    found.push_back(loading.path(given));
    if (!is_folder(found.back()))
      fields.fault("CONFIG_FOLDER",
                   key,
                   "there is no folder \"" + given + "\"",
                   "paths are relative to the coalition's folder");
  }
  return found;
}

bool is_address(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string port = text.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         port.find_first_not_of("0123456789") == std::string::npos && std::stoi(port) <= 65535;
}

}  // namespace

Places places_of_binary() {
  std::error_code fault;
  const fs::path binary = fs::read_symlink("/proc/self/exe", fault);
  const fs::path root = binary.parent_path().parent_path();
  Places places;
  for (const fs::path& folder : {root / "lib/concord/connectors"})
    if (is_folder(folder)) places.connectors.push_back(folder.string());
  places.share = (root / "share/concord").string();
  const std::string mappings = places.share + "/mappings";
  if (is_folder(mappings)) places.mappings.push_back(mappings);
  if (is_folder(mappings + "/policy")) places.policy.push_back(mappings + "/policy");
  return places;
}

std::string runner_beside_binary() {
  std::error_code fault;
  return (fs::read_symlink("/proc/self/exe", fault).parent_path() / "concord-runner").string();
}

std::optional<base::Yaml> Loading::read(const std::string& file, bool needed) {
  const std::string whole = folder + "/" + file;
  std::error_code ignored;
  if (!fs::exists(whole, ignored)) {
    if (needed)
      errors.push_back(base::config_error(
          "CONFIG_FILE", whole, "the file is missing", "write it; see examples/coalition"));
    return std::nullopt;
  }
  auto yaml = base::read_yaml_file(whole);
  if (!yaml) {
    errors.push_back(std::move(yaml).error());
    return std::nullopt;
  }
  substitute(*yaml, folder, whole, errors, environment);
  return std::move(*yaml);
}

std::vector<std::string> Loading::files_of(const std::string& name) const {
  std::vector<std::string> files;
  std::error_code ignored;
  if (fs::exists(folder + "/" + name + ".yaml", ignored)) files.push_back(name + ".yaml");
  for (const std::string& file : base::files_below(folder + "/" + name, ".yaml"))
    files.push_back(name + "/" + file);
  return files;
}

Where Loading::where(const std::string& file, const char* what) const {
  return {folder + "/" + file, what, zone};
}

void Loading::define(const char* kind, const std::string& id, const std::string& place) {
  if (id.empty()) return;
  const auto [at, fresh] = defined.emplace(std::string(kind) + " " + id, place);
  if (fresh) return;
  errors.push_back(base::config_error("CONFIG_TWICE",
                                      place,
                                      std::string(kind) + " \"" + id + "\" is there twice",
                                      "rename one; the other is at " + at->second));
}

std::string Loading::path(const std::string& given) const {
  if (given.starts_with('/')) return given;
  return fs::path(folder + "/" + given).lexically_normal().string();
}

std::vector<std::string> Loading::agency_ids() const {
  std::vector<std::string> ids;
  for (const model::Agency& known : coalition.agencies) ids.push_back(known.id.value);
  return ids;
}

std::vector<std::string> Loading::system_ids() const {
  std::vector<std::string> ids;
  for (const model::System& known : coalition.systems) ids.push_back(known.id.value);
  return ids;
}

model::AgencyId Loading::agency(Fields& fields, std::string_view key, bool needed) {
  model::AgencyId id(needed ? fields.text(key) : fields.text_or(key, ""));
  if (!id.empty() && !knows(id))
    fields.fault("CONFIG_UNKNOWN_AGENCY",
                 key,
                 "there is no agency \"" + id.value + "\"",
                 base::advice(id.value, agency_ids()));
  return id;
}

model::SystemId Loading::system(Fields& fields, std::string_view key) {
  model::SystemId id(fields.text(key));
  if (!id.empty() && !knows(id))
    fields.fault("CONFIG_UNKNOWN_SYSTEM",
                 key,
                 "there is no system \"" + id.value + "\"",
                 base::advice(id.value, system_ids()));
  return id;
}

model::ChildRef Loading::child(Fields& fields, const Where& where) {
  const base::Yaml* yaml = fields.need("child");
  if (yaml == nullptr) return {};
  Fields child(*yaml, {where.file, "child", where.zone}, errors);
  if (yaml->kind != base::Yaml::Kind::map) return {};
  model::ChildRef ref{system(child, "system"), child.text("key")};
  child.end();
  return ref;
}

void read_runners(const base::Yaml& yaml, Loading& loading) {
  Fields fields(yaml, loading.where("concord.yaml", "limit of runners"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::RunnerLimits& limits = loading.coalition.runners;
  limits.ends_max = static_cast<unsigned>(fields.number("ends_max", 0, 1000000, limits.ends_max));
  if (const auto window = fields.duration("ends_window")) limits.ends_window = *window;
  limits.memory_mb =
      static_cast<unsigned>(fields.number("memory_mb", 64, 1 << 20, limits.memory_mb));
  fields.end();
}

void read_signer(const base::Yaml& yaml,
                 const char* what,
                 std::vector<model::Publisher>& signers,
                 Loading& loading) {
  Fields fields(yaml, loading.where("concord.yaml", what), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Publisher signer{fields.text("name"), {}};
  auto key = base::from_hex(fields.text("key"));
  if (key && key->size() == 32)
    signer.key = std::move(*key);
  else
    fields.fault("CONFIG_VALUE", "key", "this is no Ed25519 public key", "write its 64 hex digits");
  fields.end();
  signers.push_back(std::move(signer));
}

// Whose signature counts: a list of names and keys.
void read_signers(const base::Yaml& yaml,
                  const char* list,
                  const char* each,
                  std::vector<model::Publisher>& signers,
                  Loading& loading) {
  each_item(yaml, list, loading.folder + "/concord.yaml", loading.errors, [&](const auto& item) {
    read_signer(item, each, signers, loading);
  });
}

void read_concord_yaml(Loading& loading, const Places& otherwise) {
  model::Coalition& coalition = loading.coalition;
  coalition.folder = loading.folder;
  const auto yaml = loading.read("concord.yaml", true);
  if (!yaml) return;
  Fields fields(*yaml, loading.where("concord.yaml", "coalition"), loading.errors);
  coalition.name = fields.text("name");
  coalition.jurisdiction = fields.text_or("jurisdiction", "US");
  if (!is_jurisdiction(coalition.jurisdiction))
    fields.fault("CONFIG_VALUE",
                 "jurisdiction",
                 "\"" + coalition.jurisdiction + "\" is none",
                 "write US, or US- and the state's two letters");
  coalition.coordinator = fields.text("coordinator");
  coalition.hub_is_intermediary = fields.flag("hub_is_intermediary", true);
  coalition.exchange_policy = fields.one_of("exchange_policy", {"opt_in"}, "");
  coalition.data_folder = loading.path(fields.text_or("data", "data"));
  coalition.admin_address = fields.text_or("admin", "127.0.0.1:0");
  // Not looked for: a share that is away for an hour keeps no hub from starting.
  for (const std::string& file : fields.list("witnesses"))
    coalition.witnesses.push_back(loading.path(file));
  if (!is_address(coalition.admin_address))
    fields.fault("CONFIG_VALUE", "admin", "this is no address", "write it as in 127.0.0.1:8700");
  loading.zone = fields.text_or("zone", "");
  if (!loading.zone.empty() && !base::is_zone(loading.zone)) {
    fields.fault("ZONE_UNKNOWN",
                 "zone",
                 "there is no time zone \"" + loading.zone + "\"",
                 "use an IANA name such as America/New_York");
    loading.zone.clear();
  }
  coalition.connector_folders = folders(fields, "connectors", loading, otherwise.connectors);
  coalition.mapping_folders = folders(fields, "mappings", loading, otherwise.mappings);
  coalition.policy_folders = folders(fields, "policy", loading, otherwise.policy);
  coalition.trust.own_folders = otherwise.connectors;
  coalition.trust.unsigned_ids = fields.list("unsigned");
  if (fields.raw("publishers") != nullptr)
    read_signers(*yaml, "publishers", "publisher", coalition.trust.publishers, loading);
  if (fields.raw("testers") != nullptr)
    read_signers(*yaml, "testers", "tester", coalition.trust.testers, loading);
  if (const base::Yaml* runners = fields.raw("runners")) read_runners(*runners, loading);
  fields.end();
}

// A file that is named wrongly would be read by nobody.
void check_file_names(Loading& loading) {
  const std::vector<std::string> known = {"concord.yaml",
                                          "agencies.yaml",
                                          "systems.yaml",
                                          "flows.yaml",
                                          "jobs.yaml",
                                          "roster.yaml",
                                          "assignments.csv",
                                          "consents.yaml",
                                          "orders.yaml",
                                          "facts.yaml"};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(loading.folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const std::string ending = entry.path().extension().string();
    const bool ours = ending == ".yaml" || ending == ".yml" || ending == ".csv";
    if (!entry.is_regular_file(ignored) || name.starts_with(".") || !ours ||
        std::find(known.begin(), known.end(), name) != known.end())
      continue;
    loading.errors.push_back(base::config_error("CONFIG_FILE",
                                                loading.folder + "/" + name,
                                                "nothing reads a file of this name",
                                                base::advice(name, known)));
  }
  for (const char* part : {"systems", "flows", "consents", "orders", "facts"})
    for (const std::string& file : base::files_below(loading.folder + "/" + part, ".yml"))
      loading.errors.push_back(base::config_error("CONFIG_FILE",
                                                  loading.folder + "/" + part + "/" + file,
                                                  "nothing reads a file of this name",
                                                  "rename it to end in .yaml"));
}

namespace {

// The folder, looked up, and its concord.yaml.
Loading begin(const std::string& folder, const Places& otherwise, const Environment& environment) {
  Loading loading;
  std::error_code ignored;
  // Absolute, so that it stands whatever folder a program is in later.
  loading.folder = fs::absolute(folder, ignored).lexically_normal().string();
  while (loading.folder.size() > 1 && loading.folder.ends_with('/')) loading.folder.pop_back();
  loading.environment = environment;
  if (!is_folder(loading.folder)) {
    loading.errors.push_back(base::config_error("CONFIG_FOLDER",
                                                loading.folder,
                                                "there is no such folder",
                                                "give the coalition's folder: -C FOLDER"));
  } else if (!fs::exists(loading.folder + "/concord.yaml", ignored)) {
    loading.errors.push_back(base::config_error(
        "CONFIG_FILE",
        loading.folder,
        "this folder holds no coalition: it has no concord.yaml",
        "give the coalition's folder: -C FOLDER; to begin one, copy examples/coalition"));
  } else {
    read_concord_yaml(loading, otherwise);
  }
  return loading;
}

}  // namespace

base::Result<model::Coalition, base::Errors> load_head(const std::string& folder,
                                                       const Places& otherwise,
                                                       const Environment& environment) {
  Loading loading = begin(folder, otherwise, environment);
  if (!loading.errors.empty()) return std::move(loading.errors);
  return std::move(loading.coalition);
}

base::Result<model::Coalition, base::Errors> load_coalition(const std::string& folder,
                                                            const Places& otherwise,
                                                            const Environment& environment) {
  Loading loading = begin(folder, otherwise, environment);
  std::error_code ignored;
  if (!fs::exists(loading.folder + "/concord.yaml", ignored)) return std::move(loading.errors);
  read_agencies(loading);
  read_systems(loading);
  read_flows(loading);
  read_roster(loading);
  read_assignments(loading);
  check_file_names(loading);
  if (!loading.errors.empty()) return std::move(loading.errors);
  return std::move(loading.coalition);
}

}  // namespace concord::app
