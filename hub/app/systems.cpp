// agencies.yaml and systems/*.yaml
#include <algorithm>

#include "hub/app/coalition_files.hpp"
#include "hub/base/nearest.hpp"
#include "hub/runtime/access.hpp"
#include "hub/runtime/versions.hpp"

namespace concord::app {

namespace {

void read_agency(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, loading.where(file, "agency"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::Agency agency;
  agency.id = model::AgencyId(fields.id("id"));
  loading.define("agency", agency.id.value, fields.place("id"));
  agency.name = fields.text("name");
  agency.capacities = fields.list("capacities");
  agency.agreements = fields.list("agreements");
  agency.supports = fields.list("supports");
  if (const base::Yaml* credentials = fields.raw("credentials")) {
    if (credentials->kind != base::Yaml::Kind::map)
      fields.fault(
          "CONFIG_SHAPE", "credentials", "expected keys", "write it as {ori: \"SYN0001\"}");
    for (const auto& [name, value] : credentials->map) agency.credentials[name] = value.scalar;
  }
  fields.end();
  loading.coalition.agencies.push_back(std::move(agency));
}

std::string zone_of(Fields& fields, const Loading& loading) {
  std::string zone = fields.text_or("zone", loading.zone);
  if (zone.empty())
    fields.fault("ZONE_UNKNOWN",
                 "zone",
                 "is missing",
                 "say the IANA zone of the system's times, here or in concord.yaml");
  else if (!base::is_zone(zone))
    fields.fault("ZONE_UNKNOWN",
                 "zone",
                 "there is no time zone \"" + zone + "\"",
                 "use an IANA name such as America/New_York");
  return zone;
}

// Paths must be whole: a runner has no folder that they could start from.
std::vector<std::string> whole_paths(Fields& fields, const char* key) {
  std::vector<std::string> paths = fields.list(key);
  for (const std::string& path : paths)
    if (!path.starts_with("/"))
      fields.fault("CONFIG_VALUE", key, "\"" + path + "\" is no whole path", "begin it with /");
  return paths;
}

model::Allows read_allows(const base::Yaml& yaml, const std::string& file, Loading& loading) {
  Fields fields(yaml, loading.where(file, "list of what is allowed"), loading.errors);
  model::Allows allows;
  if (yaml.kind != base::Yaml::Kind::map) return allows;
  allows.connect = fields.list("connect");
  for (const std::string& address : allows.connect)
    if (!runtime::read_host_port(address))
      fields.fault("CONFIG_VALUE",
                   "connect",
                   "\"" + address + "\" is no address",
                   "write it as host.example:443");
  allows.read = whole_paths(fields, "read");
  allows.write = whole_paths(fields, "write");
  fields.end();
  return allows;
}

void read_system(const base::Yaml& yaml,
                 const std::string& file,
                 const std::string& name,
                 Loading& loading) {
  Fields fields(yaml, loading.where(file, "system"), loading.errors);
  if (yaml.kind != base::Yaml::Kind::map) return;
  model::System system;
  // A file of its own names its system.
  system.id = model::SystemId(name.empty() || fields.has("id") ? fields.id("id") : name);
  loading.define("system", system.id.value, fields.place("id"));
  system.agency = loading.agency(fields, "agency");
  system.connector = fields.text("connector");
  system.mapping = fields.text_or("mapping", runtime::wanted_of(system.connector).id);
  system.zone = zone_of(fields, loading);
  system.trusted_identifiers = fields.list("trusted_identifiers");
  system.read_batch = static_cast<unsigned>(fields.number("read_batch", 1, 10000, 500));
  system.write_batch = static_cast<unsigned>(fields.number("write_batch", 1, 1000, 50));
  system.listens = fields.flag("listens", false);
  system.runs = fields.one_of("runs", {"isolated", "in_process"}, "isolated") == "in_process"
                    ? model::Runs::in_process
                    : model::Runs::isolated;
  if (const base::Yaml* allows = fields.raw("allows"))
    system.allows = read_allows(*allows, file, loading);
  system.person_index = fields.flag("person_index", true);
  const base::Yaml* config = fields.need("config");
  system.config = config == nullptr ? "{}" : base::to_json(*config);
  if (config != nullptr && config->kind != base::Yaml::Kind::map)
    fields.fault("CONFIG_SHAPE", "config", "expected the connector's keys", "see its manifest");
  fields.end();
  loading.coalition.systems.push_back(std::move(system));
}

}  // namespace

void read_agencies(Loading& loading) {
  const std::string file = "agencies.yaml";
  const auto yaml = loading.read(file, true);
  loading.agencies_known = yaml.has_value();
  if (!yaml) return;
  each_item(*yaml, "agencies", loading.folder + "/" + file, loading.errors, [&](const auto& item) {
    read_agency(item, file, loading);
  });
  Fields fields(*yaml, loading.where(file, "file of agencies"), loading.errors);
  fields.need("agencies");
  fields.end();
  if (loading.coalition.agencies.empty()) loading.agencies_known = false;
  const std::string& coordinator = loading.coalition.coordinator;
  if (!coordinator.empty() && !loading.knows(model::AgencyId(coordinator)))
    loading.errors.push_back(
        base::config_error("CONFIG_UNKNOWN_AGENCY",
                           loading.folder + "/concord.yaml",
                           "coordinator: there is no agency \"" + coordinator + "\"",
                           base::advice(coordinator, loading.agency_ids())));
}

void read_systems(Loading& loading) {
  for (const std::string& file : loading.files_of("systems")) {
    const auto yaml = loading.read(file, true);
    if (!yaml) loading.systems_known = false;
    if (!yaml) continue;
    if (yaml->find("systems") == nullptr) {
      const size_t slash = file.rfind('/') + 1;
      read_system(*yaml, file, file.substr(slash, file.size() - slash - 5), loading);
      continue;
    }
    each_item(*yaml, "systems", loading.folder + "/" + file, loading.errors, [&](const auto& item) {
      read_system(item, file, "", loading);
    });
    Fields fields(*yaml, loading.where(file, "file of systems"), loading.errors);
    fields.need("systems");
    fields.end();
  }
  if (loading.coalition.systems.empty() && loading.systems_known)
    loading.errors.push_back(base::config_error("CONFIG_MISSING",
                                                loading.folder + "/systems",
                                                "the coalition has no system",
                                                "write one file a system; see examples/coalition"));
}

}  // namespace concord::app
