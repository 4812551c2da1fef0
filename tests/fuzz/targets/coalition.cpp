// A coalition's folder, one of whose files is the input: the file's name, a line end, its text. The
// others stay as they are.
#include "hub/app/coalition.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "hub/base/files.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

const std::map<std::string, std::string, std::less<>>& files() {
  static const std::map<std::string, std::string, std::less<>> files{
      {"concord.yaml",
       "name: SYN coalition\njurisdiction: US-MA\ncoordinator: a\nzone: America/New_York\n"
       "data: data\nadmin: 127.0.0.1:8700\nmappings: .\npolicy: .\nconnectors: .\n"},
      {"agencies.yaml",
       "agencies:\n- {id: a, name: Agency A, capacities: [cwa], agreements: [mou], supports: "
       "[\"*\"]}\n"
       "- {id: b, name: Agency B, capacities: [juvenile_court], supports: [\"*\"]}\n"},
      {"systems.yaml",
       "systems:\n- {id: one, agency: a, connector: court, config: {zone: UTC}}\n"
       "- {id: two, agency: b, connector: court, config: {zone: UTC}}\n"},
      {"flows.yaml",
       "jobs:\n- {id: j, system: one, records: [party], every: 5m}\n"
       "flows:\n- {id: f, from: [a], to: two, entities: [Placement], purpose: case_planning}\n"},
      {"roster.yaml", "roster:\n- {agency: b, role: clerk, start: 2026-01-01}\n"},
      {"assignments.csv", "agency,system,child,start,end\nb,one,SYN-1,2026-01-01,\n"},
      {"consents.yaml",
       "consents:\n- {id: C1, child: {system: one, key: SYN-1}, form: hipaa_auth, decision: "
       "permit, "
       "signers: [parent], recipients: [b], signed: 2026-01-02, start: 2026-01-02, end: "
       "2030-12-31}\n"},
      {"orders.yaml",
       "orders:\n- {id: O1, child: {system: one, key: SYN-1}, recipient: b, fields: "
       "[detention.in], start: 2026-01-15, end: 2030-12-31}\n"},
      {"facts.yaml", "facts:\n- {child: {system: one, key: SYN-1}, name: active}\n"}};
  return files;
}

const char* no_variable(const char* name) {
  return std::string_view(name) == "SYN" ? "value" : nullptr;
}

// The folder with every file as it is above.
const std::string& folder() {
  static const std::string folder = [] {
    const std::string made = own_folder() + "/coalition";
    std::filesystem::create_directories(made);
    for (const auto& [name, text] : files())
      must(base::write_file(made + "/" + name, text).ok(), "the folder can be written to");
    const auto whole = app::load_coalition(made, {}, no_variable);
    must(whole.ok(), "the coalition is good as it stands");
    must(app::load_evidence(*whole, no_variable).ok(), "its evidence is good as it stands");
    return made;
  }();
  return folder;
}

}  // namespace

void coalition(std::string_view input) {
  const auto file = files().find(cut_at(input, "\n"));
  if (file == files().end()) return;
  const std::string path = folder() + "/" + file->first;
  must(base::write_file(path, std::string(input)).ok(), "the folder can be written to");
  const app::Places nowhere;
  const auto loaded = app::load_coalition(folder(), nowhere, no_variable);
  if (!loaded) tells_all(loaded.error());
  if (loaded) {
    for (const model::System& system : loaded->systems)
      must(loaded->agency(system.agency) != nullptr, "a system of no agency");
    const auto evidence = app::load_evidence(*loaded, no_variable);
    if (!evidence) tells_all(evidence.error());
  }
  must(base::write_file(path, file->second).ok(), "the folder can be written to");
}

}  // namespace concord::fuzz
