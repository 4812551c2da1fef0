// The manifest, the library beside it, and the schema of the settings.
#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <filesystem>

#include "hub/base/files.hpp"
#include "hub/kit/bench.hpp"
#include "hub/kit/json_schema.hpp"

namespace concord::kit {
namespace {

base::Json read_schema(Bench& bench, const std::string& name) {
  const std::string path = bench.schemas() + "/" + name;
  auto text = base::read_file(path, 1u << 20);
  if (!text) Bench::leave_out("the SDK's schema is not installed: " + path);
  auto json = base::read_json(*text, path);
  if (!json) Bench::fail("the SDK's schema " + name + " is no JSON");
  return std::move(*json);
}

void no_faults(const std::vector<std::string>& faults) {
  if (!faults.empty())
    Bench::fail(faults.front() +
                (faults.size() > 1 ? "; and " + std::to_string(faults.size() - 1) + " more" : ""));
}

void matches_its_schema(Bench& bench) {
  const base::Json schema = read_schema(bench, "connector.schema.json");
  auto text = base::read_file(bench.manifest().path, 1u << 20);
  if (!text) Bench::fail(to_text(text.error()));
  auto json = base::read_json(*text, "manifest");
  if (!json) Bench::fail(json.error().cause);
  no_faults(faults_against(schema, *json));
}

void names_its_file(Bench& bench) {
  const std::string name = std::filesystem::path(bench.manifest().path).filename().string();
  bench.require(name == bench.manifest().id + ".connector.json",
                "the manifest of \"" + bench.manifest().id + "\" is called " + name);
}

void hash(Bench& bench) {
  if (auto checked = runtime::check_manifest(bench.manifest());
      !checked && checked.error().code == "LIBRARY_HASH")
    Bench::fail("sha256 in the manifest is not that of " +
                std::filesystem::path(bench.manifest().library).filename().string() +
                "; stamp it after the last link");
}

void abi_range(Bench& bench) {
  const runtime::Manifest& m = bench.manifest();
  bench.require(m.abi_min <= m.abi_max, "abi.min is above abi.max");
  bench.require(m.abi_min / 1000 == m.abi_max / 1000,
                "abi.min and abi.max are of different major versions");
  if (auto checked = runtime::check_manifest(m); !checked && checked.error().code == "ABI_MISMATCH")
    Bench::fail(checked.error().cause);
}

std::vector<std::string> exported(Bench& bench) {
  try {
    boost::dll::library_info library(bench.manifest().library);
    return library.symbols();
  } catch (const std::exception& fault) {
    Bench::fail(std::string("the library cannot be read: ") + fault.what());
  }
}

void exports_the_entry(Bench& bench) {
  const auto symbols = exported(bench);
  bench.require(std::find(symbols.begin(), symbols.end(), CONCORD_ENTRY_SYMBOL) != symbols.end(),
                std::string("the library does not export ") + CONCORD_ENTRY_SYMBOL);
}

void exports_nothing_else(Bench& bench) {
  size_t others = 0;
  std::string first;
  for (const std::string& symbol : exported(bench)) {
    // The linker's own, and what sanitizers and coverage bring along.
    static const char* tools[] = {"_init",
                                  "_fini",
                                  "_edata",
                                  "_end",
                                  "__bss_start",
                                  "__start_",
                                  "__stop_",
                                  "__asan",
                                  "__odr_asan",
                                  "__ubsan",
                                  "__tsan",
                                  "__gcov"};
    const bool tool = std::any_of(
        std::begin(tools), std::end(tools), [&](const char* t) { return symbol.starts_with(t); });
    if (symbol == CONCORD_ENTRY_SYMBOL || tool) continue;
    if (others++ == 0) first = symbol;
  }
  bench.require(others == 0,
                std::to_string(others) + " symbols besides the entry are exported, as " + first +
                    ": they may meet another connector's; build with -fvisibility=hidden and link "
                    "with --exclude-libs,ALL");
}

void resolves(Bench& bench) {
  (void)bench.library();
}

void schema_is_draft7(Bench& bench) {
  if (const std::string fault = schema_fault(bench.schema()); !fault.empty())
    Bench::fail("config_schema is no JSON Schema draft-07: " + fault);
  no_faults(faults_against(read_schema(bench, "config_schema.schema.json"), bench.schema()));
}

// Each object of the schema, with its place.
void each_object(const base::JsonValue& schema,
                 const std::string& place,
                 const std::function<void(const base::JsonValue&, const std::string&)>& use) {
  if (!schema.IsObject()) return;
  if (const base::JsonValue* properties = base::member(schema, "properties")) {
    use(schema, place);
    if (properties->IsObject())
      for (const auto& p : properties->GetObject())
        each_object(p.value, place + "." + std::string(base::text(p.name)), use);
  }
}

void schema_is_closed(Bench& bench) {
  each_object(
      bench.schema(), "config", [&](const base::JsonValue& schema, const std::string& place) {
        const base::JsonValue* more = base::member(schema, "additionalProperties");
        const bool open = more == nullptr || more->IsTrue();
        bench.require(!open,
                      place +
                          " allows any key, so a mistyped setting is found by nobody: say "
                          "\"additionalProperties\": false");
      });
}

// Names that hold a secret, unless they say where it is.
bool sounds_secret(const std::string& name) {
  if (name.ends_with("_file") || name.ends_with("_url") || name.ends_with("_path") ||
      name.ends_with("_column"))
    return false;
  for (const char* word : {"password", "secret", "passphrase", "private_key", "api_key"})
    if (name.find(word) != std::string::npos) return true;
  return name == "token" || name.ends_with("_token");
}

void secrets_are_marked(Bench& bench) {
  each_object(
      bench.schema(), "config", [&](const base::JsonValue& schema, const std::string& place) {
        for (const auto& p : (*base::member(schema, "properties")).GetObject()) {
          const std::string name(base::text(p.name));
          const base::JsonValue* secret = base::member(p.value, "x-secret");
          const bool is_text = base::text_of(p.value, "type") == "string";
          bench.require(!is_text || !sounds_secret(name) || (secret != nullptr && secret->IsBool()),
                        place + "." + name +
                            " sounds like a secret and is not marked: say \"x-secret\": true, or "
                            "false if it is none");
        }
      });
}

// Names of addresses and files. Which key is a folder's or a host's nobody else can know.
bool sounds_reached(const std::string& name) {
  for (const char* word : {"url", "folder", "host"})
    if (name == word || name.ends_with(std::string("_") + word)) return true;
  return name == "file" || name.ends_with("_file");
}

void addresses_are_marked(Bench& bench) {
  each_object(
      bench.schema(), "config", [&](const base::JsonValue& schema, const std::string& place) {
        const base::JsonValue& properties = *base::member(schema, "properties");
        // The host of a port that is listened on is marked there.
        const base::JsonValue* port = base::member(properties, "port");
        const bool listens = port != nullptr && base::text_of(*port, "x-access") == "listen";
        for (const auto& p : properties.GetObject()) {
          const std::string name(base::text(p.name));
          const bool is_text = base::text_of(p.value, "type") == "string";
          bench.require(!is_text || !sounds_reached(name) || (name == "host" && listens) ||
                            base::member(p.value, "x-access") != nullptr,
                        place + "." + name +
                            " sounds like an address or a file and is not marked: in a process of "
                            "its own the connector cannot reach it. Say \"x-access\": connect, "
                            "listen, read, write or write_file, or none");
        }
      });
}

void accepts_test_settings(Bench& bench) {
  auto settings = base::read_json(bench.settings(), "settings");
  if (!settings) Bench::fail("the settings of test.yaml are no JSON");
  no_faults(faults_against(bench.schema(), *settings));
}

void capabilities_are_offered(Bench& bench) {
  auto instance = bench.make();
  const auto& raw = instance->raw;
  bench.require(raw.check != nullptr, "check is missing: every connector offers it");
  bench.require(raw.describe != nullptr, "describe is missing: every connector offers it");
  bench.require(raw.destroy != nullptr, "destroy is missing: every connector offers it");
  const runtime::Manifest& m = bench.manifest();
  bench.require(!m.can("read") || raw.read != nullptr,
                "the manifest says read, and there is no such function");
  bench.require(!m.can("write") || raw.write != nullptr,
                "the manifest says write, and there is no such function");
  bench.require(!m.can("listen") || raw.listen != nullptr,
                "the manifest says listen, and there is no such function");
}

void capabilities_are_all(Bench& bench) {
  auto instance = bench.make();
  const runtime::Manifest& m = bench.manifest();
  const auto unsaid = [&](const char* what,
                          bool there,
                          const std::function<std::optional<sdk::Error>()>& ask) {
    if (m.can(what) || !there) return;
    const auto error = ask();
    bench.require(error && error->error_class == sdk::ErrorClass::config,
                  std::string("the manifest does not say ") + what + ", and the connector does it");
  };
  unsaid("read", instance->raw.read != nullptr, [&]() -> std::optional<sdk::Error> {
    auto r = instance->read("kit", "");
    return r ? std::nullopt : std::optional(r.error());
  });
  unsaid("write", instance->raw.write != nullptr, [&]() -> std::optional<sdk::Error> {
    auto r = instance->write({bench.delivery({"kit", "", "", "{}"}, "KIT-1")});
    return r ? std::nullopt : std::optional(r.error());
  });
}

}  // namespace

std::vector<Check> manifest_checks() {
  return {
      {"manifest.matches_its_schema",
       "The manifest says all that it must, in the right form",
       {},
       matches_its_schema},
      {"manifest.names_its_file",
       "The manifest's file is called <id>.connector.json",
       {},
       names_its_file},
      {"manifest.hash", "The manifest's sha256 is the library's", {}, hash},
      {"manifest.abi_range",
       "The manifest's range of the ABI is one that this hub serves",
       {},
       abi_range},
      {"library.exports_the_entry", "The library exports the entry symbol", {}, exports_the_entry},
      {"library.exports_nothing_else",
       "The library exports nothing else",
       {},
       exports_nothing_else},
      {"library.resolves", "The library opens with every symbol resolved", {}, resolves},
      {"schema.is_draft7",
       "The schema of the settings is JSON Schema draft-07",
       {},
       schema_is_draft7},
      {"schema.is_closed",
       "A mistyped setting is found: no object of the schema allows any key",
       {},
       schema_is_closed},
      {"schema.addresses_are_marked", "What is opened is marked so", {}, addresses_are_marked},
      {"schema.secrets_are_marked", "What is a secret is marked as one", {}, secrets_are_marked},
      {"schema.accepts_test_settings",
       "The settings of test.yaml satisfy the schema",
       {},
       accepts_test_settings},
      {"capabilities.are_offered",
       "What the manifest says it can, it can",
       {},
       capabilities_are_offered},
      {"capabilities.are_all",
       "What the manifest does not say it can, it refuses",
       {},
       capabilities_are_all},
  };
}

}  // namespace concord::kit
