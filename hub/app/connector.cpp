// concord connector inspect, concord connector check
#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <filesystem>

#include "hub/app/commands.hpp"
#include "hub/app/runner_lines.hpp"
#include "hub/app/schema_walk.hpp"
#include "hub/app/serve.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"
#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "hub/base/nearest.hpp"
#include "hub/runtime/versions.hpp"

namespace concord::app {

base::Result<runtime::Manifest> find_connector(const std::string& what,
                                               const std::vector<std::string>& folders) {
  std::error_code ignored;
  if (what.ends_with(".so")) {
    const std::string manifest = what.substr(0, what.size() - 3) + ".connector.json";
    if (std::filesystem::is_regular_file(manifest, ignored))
      return runtime::read_manifest(manifest);
  }
  if (std::filesystem::is_directory(what, ignored)) {
    for (const std::string& file : base::files_below(what, ".connector.json"))
      if (file.find('/') == std::string::npos)
        return runtime::read_manifest((std::filesystem::path(what) / file).string());
    return base::config_error("CONNECTOR_UNKNOWN",
                              what,
                              "no manifest (*.connector.json) is in this folder",
                              "name the folder that the connector was installed to");
  }
  if (std::filesystem::is_regular_file(what, ignored)) return runtime::read_manifest(what);
  auto found = runtime::find_manifests(folders);
  if (!found) return found.error().front();
  auto chosen = runtime::choose(*found, what);
  if (chosen) return **chosen;
  base::Error fault = std::move(chosen).error();
  if (fault.code == "CONNECTOR_UNKNOWN")
    fault.cause = "there is no connector and no folder \"" + what + "\"";
  if (found->empty()) fault.next = "name the folder of connectors: --connectors FOLDER";
  return fault;
}

namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string manifest_json(const runtime::Manifest& m, const base::Status& checked) {
  sdk::JsonWriter out;
  out.object().field("id", m.id).field("name", m.name).field("version", m.version);
  out.field("abi_min", version_text(m.abi_min)).field("abi_max", version_text(m.abi_max));
  out.field("library", m.library).field("sha256", m.sha256).field("good", checked.ok());
  if (!checked) out.field("fault", checked.error().code);
  out.key("capabilities").array();
  for (const std::string& capability : m.capabilities) out.value(capability);
  out.end_array().key("honours").array();
  for (const std::string& code : m.honours) out.value(code);
  out.end_array();
  if (auto schema = base::read_json(m.config_schema, m.path)) out.field("config_schema", *schema);
  out.end();
  return out.text();
}

// What a key may be, what it is where it is left out, and what it is for.
std::string about(const base::JsonValue& given, const base::JsonValue& followed, bool needed) {
  std::string text = expectation(followed);
  if (needed) text += ", needed";
  const base::JsonValue* secret = base::member(followed, "x-secret");
  if (secret != nullptr && secret->IsTrue()) text += ", secret: by reference";
  // What the system's setting of this key lets the connector reach.
  const std::string access(base::text_of(given, "x-access"));
  if (!access.empty())
    text += access == "write_file" ? ", may write it and beside it" : ", may " + access;
  for (const base::JsonValue* one : {&given, &followed})
    if (const base::JsonValue* otherwise = base::member(*one, "default")) {
      text += ", default " + base::write_json(*otherwise);
      break;
    }
  std::string_view words = base::text_of(given, "description");
  if (words.empty()) words = base::text_of(followed, "description");
  return words.empty() ? text : text + ". " + std::string(words);
}

// The keys of the config, a line each, as deep as they go.
void print_keys(const SchemaWalk& walk, const base::JsonValue& schema, const std::string& before) {
  const base::JsonValue* properties = base::member(schema, "properties");
  if (properties == nullptr) return;
  const base::JsonValue* required = base::member(schema, "required");
  for (const auto& property : properties->GetObject()) {
    const std::string name(base::text(property.name));
    const base::JsonValue& followed = *walk.follow(&property.value);
    const bool needed = required != nullptr &&
                        std::any_of(required->Begin(), required->End(), [&](const auto& one) {
                          return base::text(one) == name;
                        });
    std::printf(
        "  %-34s %s\n", (before + name).c_str(), about(property.value, followed, needed).c_str());
    print_keys(walk, followed, before + name + ".");
  }
}

int print_description(const std::string& system, const std::string& description, bool json) {
  if (json) {
    std::printf(
        "{\"system\":\"%s\",\"good\":true,\"describe\":%s}\n", system.c_str(), description.c_str());
    return EX_OK;
  }
  std::printf("good: %s answers\n", system.c_str());
  auto described = base::read_json(description, "describe");
  const base::JsonValue* types = described ? base::member(*described, "record_types") : nullptr;
  if (types == nullptr || !types->IsArray()) return EX_OK;
  for (const auto& type : types->GetArray()) {
    const auto is = [&](const char* name) {
      const base::JsonValue* flag = base::member(type, name);
      return flag != nullptr && flag->IsTrue();
    };
    std::printf("  %-20s %-14s %s\n",
                std::string(base::text_of(type, "name")).c_str(),
                is("reads") ? (is("writes") ? "read, written" : "read") : "written",
                std::string(base::text_of(type, "description")).c_str());
  }
  std::printf("next: concord connector check %s --json shows a sample of each\n", system.c_str());
  return EX_OK;
}

}  // namespace

int inspect_connector(const std::string& what, const std::vector<std::string>& folders, bool json) {
  auto manifest = find_connector(what, folders);
  if (!manifest) return tell(manifest.error());
  const base::Status checked = runtime::check_manifest(*manifest);
  if (json) {
    std::printf("%s\n", manifest_json(*manifest, checked).c_str());
    return checked ? EX_OK : exit_code_of(checked.error());
  }
  if (!checked) return tell(checked.error());
  std::printf("good: %s %s (%s)\n",
              manifest->id.c_str(),
              manifest->version.c_str(),
              manifest->name.c_str());
  std::printf("  ABI %s to %s, can %s\n  library %s\n  sha256  %s, as the manifest names it\n",
              version_text(manifest->abi_min).c_str(),
              version_text(manifest->abi_max).c_str(),
              joined(manifest->capabilities).c_str(),
              manifest->library.c_str(),
              manifest->sha256.c_str());
  if (!manifest->honours.empty())
    std::printf("  writes along %s\n", joined(manifest->honours).c_str());
  if (auto schema = base::read_json(manifest->config_schema, manifest->path)) {
    std::printf("config:\n");
    print_keys(SchemaWalk(*schema), *schema, "");
  }
  return EX_OK;
}

int check_system(const std::string& folder, const std::string& system_id, bool json) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  const model::System* system = coalition->system(model::SystemId(system_id));
  if (system == nullptr) {
    std::vector<std::string> ids;
    for (const model::System& known : coalition->systems) ids.push_back(known.id.value);
    return tell(base::config_error("CONFIG_UNKNOWN_SYSTEM",
                                   "system",
                                   "there is no system \"" + system_id + "\"",
                                   base::advice(system_id, ids)));
  }
  // Alone: whoever looks at one system need not have the others' secrets.
  model::Coalition alone = *coalition;
  alone.systems = {*system};
  alone.jobs.clear();
  alone.flows.clear();
  auto parts = load_parts(alone);
  if (!parts) return tell(parts.error());
  auto connector = pipeline::load_connector(parts->manifests.at(system->connector),
                                            *system,
                                            parts->configs.at(system->id),
                                            runner_settings(*coalition));
  if (!connector) return tell(connector.error());
  if (auto begun = (*connector)->begun(); !begun) return tell(begun.error());
  if (auto checked = (*connector)->check(); !checked) return tell(checked.error().error);
  auto description = (*connector)->describe();
  if (!description) return tell(description.error().error);
  const auto isolation = (*connector)->isolation();
  const int code = print_description(system_id, *description, json);
  if (!json) std::printf("runs %s\n", isolation ? "isolated:" : "inside the hub");
  if (!json && isolation) print_means(*isolation);
  return code;
}

}  // namespace concord::app
