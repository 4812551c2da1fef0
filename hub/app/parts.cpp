#include "hub/app/parts.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "hub/app/coalition_files.hpp"
#include "hub/app/config_schema.hpp"
#include "hub/base/files.hpp"
#include "hub/base/nearest.hpp"
#include "hub/runtime/trust.hpp"
#include "hub/runtime/versions.hpp"

namespace concord::app {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// "MissingEvent" → "missing_event"
std::string snake(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isupper(letter) != 0 && !out.empty()) out += '_';
    out += static_cast<char>(std::tolower(letter));
  }
  return out;
}

std::string camel(const std::string& name) {
  std::string out;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return out;
}

// A system's file and its place in it.
struct Told {
  std::string file;
  const base::Yaml* yaml;
};

// The line of a key such as "config.api.token"; of what is above it where it stands in a list.
size_t line_of(const base::Yaml& yaml, std::string_view path) {
  for (size_t i = 0; i < yaml.map.size(); ++i) {
    const auto& [key, value] = yaml.map[i];
    if (path == key || value.kind != base::Yaml::Kind::map)
      if (path == key || path.starts_with(key + ".")) return yaml.key_lines[i];
    if (path.starts_with(key + ".")) return line_of(value, path.substr(key.size() + 1));
  }
  return yaml.line;
}

class Checking {
 public:
  Checking(const model::Coalition& coalition, const Environment& environment)
      : coalition_(coalition) {
    loading_.folder = coalition.folder;
    loading_.environment = environment;
  }

  base::Result<Parts, base::Errors> check() {
    find_connectors();
    read_systems();
    for (const model::System& system : coalition_.systems) check_system(system);
    for (const model::Job& job : coalition_.jobs) check_job(job);
    for (const model::Flow& flow : coalition_.flows) check_flow(flow);
    if (!loading_.errors.empty()) return std::move(loading_.errors);
    return std::move(parts_);
  }

 private:
  void complain(std::string code, std::string place, std::string cause, std::string next) {
    loading_.errors.push_back(
        base::config_error(std::move(code), std::move(place), std::move(cause), std::move(next)));
  }

  void find_connectors() {
    auto found = runtime::find_manifests(coalition_.connector_folders);
    if (found) {
      known_ = std::move(*found);
      return;
    }
    for (const base::Error& error : found.error()) loading_.errors.push_back(error);
    broken_ = true;  // which one is broken was told; that it is not there need not be
  }

  // Read again, for the lines.
  void read_systems() {
    for (const std::string& file : loading_.files_of("systems")) {
      auto yaml = loading_.read(file, true);
      if (!yaml) continue;
      trees_.push_back(std::make_unique<base::Yaml>(std::move(*yaml)));
      const base::Yaml& tree = *trees_.back();
      const size_t slash = file.rfind('/') + 1;
      if (tree.find("systems") == nullptr) {
        told_[tree.text("id", file.substr(slash, file.size() - slash - 5))] = {file, &tree};
        continue;
      }
      for (const base::Yaml& item : tree.find("systems")->list)
        told_[item.text("id")] = {file, &item};
    }
  }

  std::string place(const model::SystemId& system, std::string_view key) {
    const auto told = told_.find(system.value);
    if (told == told_.end()) return coalition_.folder + "/systems";
    const base::Yaml& yaml = *told->second.yaml;
    size_t line = yaml.line;
    for (size_t i = 0; i < yaml.map.size(); ++i)
      if (yaml.map[i].first == key) line = yaml.key_lines[i];
    return coalition_.folder + "/" + told->second.file + ":" + std::to_string(line);
  }

  const runtime::Manifest* connector(const std::string& reference) const {
    auto chosen = runtime::choose(known_, reference);
    return chosen ? *chosen : nullptr;
  }

  void check_system(const model::System& system) {
    check_mapping(system);
    auto chosen = runtime::choose(known_, system.connector);
    if (!chosen) {
      base::Error fault = std::move(chosen).error();
      const bool unknown = fault.code == "CONNECTOR_UNKNOWN";
      if (unknown) fault.cause += " in " + searched();
      fault.place = place(system.id, "connector");
      if (!broken_ || !unknown) loading_.errors.push_back(std::move(fault));
      return;
    }
    const runtime::Manifest* manifest = *chosen;
    use(system.connector, *manifest);
    const auto told = told_.find(system.id.value);
    if (told != told_.end())
      if (const base::Yaml* config = told->second.yaml->find("config"))
        check_config(*config,
                     manifest->config_schema,
                     coalition_.folder + "/" + told->second.file,
                     loading_.errors);
    if (system.listens && !manifest->can("listen"))
      complain("CONNECTOR_CANNOT",
               place(system.id, "listens"),
               "the connector \"" + system.connector + "\" takes in no events",
               "remove \"listens\"");
    auto config = resolve_secrets(system.config, coalition_.folder, "config");
    if (config) {
      parts_.configs[system.id] = std::move(*config);
      return;
    }
    for (base::Error& error : config.error()) {
      if (told != told_.end())
        error.place = coalition_.folder + "/" + told->second.file + ":" +
                      std::to_string(line_of(*told->second.yaml, error.place)) + ": " + error.place;
      loading_.errors.push_back(std::move(error));
    }
  }

  // Each connector's library is hashed once.
  void use(const std::string& reference, const runtime::Manifest& manifest) {
    if (!parts_.manifests.emplace(reference, manifest).second) return;
    if (auto good = runtime::check_manifest(manifest); !good)
      loading_.errors.push_back(std::move(good).error());
    else if (auto vouched = runtime::voucher(manifest, coalition_.trust); !vouched)
      loading_.errors.push_back(std::move(vouched).error());
  }

  void check_mapping(const model::System& system) {
    std::vector<std::string> names;
    for (const std::string& folder : coalition_.mapping_folders) {
      if (exists(folder + "/" + system.mapping)) return;
      std::error_code ignored;
      for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (entry.is_directory(ignored)) names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    complain("MAPPING_UNKNOWN",
             place(system.id, "mapping"),
             "there is no mapping folder \"" + system.mapping + "\"",
             coalition_.mapping_folders.empty() ? "name the folders of mappings in concord.yaml"
                                                : base::advice(system.mapping, names));
  }

  void check_job(const model::Job& job) {
    const model::System* system = coalition_.system(job.system);
    const runtime::Manifest* manifest = system == nullptr ? nullptr : connector(system->connector);
    if (manifest != nullptr && !manifest->can("read"))
      complain("CONNECTOR_CANNOT",
               coalition_.folder + "/flows",
               "job " + job.id.value + ": the connector \"" + manifest->id + "\" cannot read",
               "remove the job");
  }

  void check_flow(const model::Flow& flow) {
    const std::string where = coalition_.folder + "/flows";
    const model::System* system = coalition_.system(flow.to);
    const runtime::Manifest* manifest = system == nullptr ? nullptr : connector(system->connector);
    if (manifest != nullptr && !manifest->can("write"))
      complain("CONNECTOR_CANNOT",
               where,
               "flow " + flow.id.value + ": the connector \"" + manifest->id + "\" cannot write",
               "send it to another system");
    const std::string schema = schema_folder(coalition_);
    if (schema.empty()) {
      if (!schema_told_)
        complain("SCHEMA_MISSING",
                 coalition_.folder + "/concord.yaml",
                 "no folder of mappings holds the shared schema",
                 "name the folder that has schema/ in it under \"mappings\"");
      schema_told_ = true;
      return;
    }
    for (const std::string& entity : flow.entities) {
      if (exists(schema + "/" + snake(entity) + ".json")) continue;
      std::vector<std::string> names;
      for (const std::string& file : base::files_below(schema, ".json"))
        if (file != "types.json" && file != "envelope.json" && file != "codes.json")
          names.push_back(camel(file.substr(0, file.size() - 5)));
      complain("ENTITY_UNKNOWN",
               where,
               "flow " + flow.id.value + ": the shared schema has no entity \"" + entity + "\"",
               base::advice(entity, names));
    }
  }

  std::string searched() const {
    if (coalition_.connector_folders.empty()) return "any folder: none is named";
    std::string all;
    for (const std::string& folder : coalition_.connector_folders)
      all += (all.empty() ? "" : ", ") + folder;
    return all;
  }

  const model::Coalition& coalition_;
  Loading loading_;
  Parts parts_;
  std::vector<runtime::Manifest> known_;
  std::vector<std::unique_ptr<base::Yaml>> trees_;
  std::map<std::string, Told> told_;
  bool broken_ = false, schema_told_ = false;
};

}  // namespace

std::string schema_folder(const model::Coalition& coalition) {
  for (const std::string& folder : coalition.mapping_folders)
    if (exists(folder + "/schema/types.json")) return folder + "/schema";
  return {};
}

base::Result<Parts, base::Errors> load_parts(const model::Coalition& coalition,
                                             const Environment& environment) {
  return Checking(coalition, environment).check();
}

}  // namespace concord::app
