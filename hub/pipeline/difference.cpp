#include "hub/pipeline/difference.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "hub/pipeline/difference_words.hpp"
#include "hub/pipeline/given.hpp"
#include "hub/translate/sheet_difference.hpp"

namespace concord::pipeline {
namespace {

using How = Change::How;

std::vector<std::string> differing(const Said& before, const Said& after) {
  std::vector<std::string> details;
  for (size_t i = 0; i < before.size(); ++i)
    if (before[i].second != after[i].second)
      details.push_back(before[i].first + ": " +
                        (before[i].second.empty() ? "nothing" : before[i].second) + " → " +
                        (after[i].second.empty() ? "nothing" : after[i].second));
  return details;
}

// Things of one kind, by what people know them by.
template <class Thing>
using Named = std::map<std::string, std::vector<const Thing*>>;

template <class Thing>
Named<Thing> by_name(const std::vector<Thing>& things) {
  Named<Thing> named;
  for (const Thing& thing : things) named[called(thing)].push_back(&thing);
  return named;
}

template <class Thing>
bool same(const std::vector<const Thing*>& a, const std::vector<const Thing*>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!(*a[i] == *b[i])) return false;
  return true;
}

template <class Thing>
void compare(const char* kind,
             const std::vector<Thing>& before,
             const std::vector<Thing>& after,
             std::vector<Change>& changes) {
  const Named<Thing> old = by_name(before);
  const Named<Thing> now = by_name(after);
  for (const auto& [name, things] : now) {
    const auto was = old.find(name);
    if (was == old.end()) {
      changes.push_back({kind, name, How::added, {}});
    } else if (!same(was->second, things)) {
      const bool one = was->second.size() == 1 && things.size() == 1;
      changes.push_back(
          {kind,
           name,
           How::changed,
           one ? differing(said(*was->second[0]), said(*things[0])) : std::vector<std::string>{}});
    }
  }
  for (const auto& [name, things] : old)
    if (!now.contains(name)) changes.push_back({kind, name, How::removed, {}});
}

std::string digest(const std::map<model::SystemId, std::string>& settings,
                   const model::SystemId& system) {
  const auto found = settings.find(system);
  return found == settings.end() ? "" : found->second;
}

// The library that a system ran and the one that it is to run, where they differ.
std::optional<std::pair<Library, Library>> other_library(const model::System& system,
                                                         const Setup& now,
                                                         const Setup& next) {
  const auto was = now.libraries.find(system.connector);
  const auto is = next.libraries.find(system.connector);
  if (was == now.libraries.end() || is == next.libraries.end() || was->second == is->second)
    return std::nullopt;
  return std::pair(was->second, is->second);
}

// A process that has a library keeps it: another one at the same path takes a new process.
bool is_stuck(const model::System& system, const std::pair<Library, Library>& libraries) {
  return system.runs == model::Runs::in_process && libraries.first.path == libraries.second.path;
}

// Besides what a system says of itself: its config, and what that refers to; its library.
void compare_systems(const Setup& now, const Setup& next, std::vector<Change>& changes) {
  const size_t before = changes.size();
  compare("system", now.coalition->systems, next.coalition->systems, changes);
  for (const model::System& system : next.coalition->systems) {
    const model::System* was = now.coalition->system(system.id);
    if (was == nullptr) continue;
    std::vector<std::string> more;
    if (was->config != system.config) {
      more.push_back("config: " + differing_keys(was->config, system.config));
    } else if (digest(now.settings, system.id) != digest(next.settings, system.id)) {
      more.emplace_back("config: a secret that it refers to");
    }
    if (const auto library = other_library(system, now, next);
        library && !is_stuck(system, *library))
      more.push_back("library of its connector: " + library->first.version + " → " +
                     library->second.version);
    Change* change = nullptr;
    for (size_t i = before; i < changes.size(); ++i)
      if (changes[i].name == system.id.value) change = &changes[i];
    if (change == nullptr) {
      if (more.empty()) continue;
      changes.push_back({"system", system.id.value, How::changed, {}});
      change = &changes.back();
    }
    change->details.insert(change->details.end(), more.begin(), more.end());
    if (needs_reopening(system.id, now, next))
      change->details.emplace_back("it is stopped, and opened again");
  }
}

void compare_mappings(const Setup& now, const Setup& next, std::vector<Change>& changes) {
  for (const model::EntitySchema& entity : next.schema->entities()) {
    const model::EntitySchema* was = now.schema->find(entity.name);
    if (was == nullptr || was->json != entity.json)
      changes.push_back(
          {"entity of the schema", entity.name, was == nullptr ? How::added : How::changed, {}});
  }
  for (const model::EntitySchema& entity : now.schema->entities())
    if (next.schema->find(entity.name) == nullptr)
      changes.push_back({"entity of the schema", entity.name, How::removed, {}});
  if (now.schema->types_json() != next.schema->types_json())
    changes.push_back({"schema", "types.json", How::changed, {}});
  if (now.schema->codes_json() != next.schema->codes_json())
    changes.push_back({"schema", "codes.json", How::changed, {}});
  using Sheet = translate::SheetChange;
  for (Sheet& sheet : translate::difference_of(*now.mappings, *next.mappings))
    changes.push_back({sheet.codes ? "code table" : "mapping table",
                       std::move(sheet.name),
                       sheet.how == Sheet::How::added     ? How::added
                       : sheet.how == Sheet::How::removed ? How::removed
                                                          : How::changed,
                       std::move(sheet.rows)});
}

void compare_rules(const Setup& now, const Setup& next, std::vector<Change>& changes) {
  for (const auto& [id, digest] : next.packs) {
    const auto was = now.packs.find(id);
    if (was == now.packs.end() || was->second != digest)
      changes.push_back({"rule pack", id, was == now.packs.end() ? How::added : How::changed, {}});
  }
  for (const auto& [id, digest] : now.packs)
    if (!next.packs.contains(id)) changes.push_back({"rule pack", id, How::removed, {}});
  std::set<std::string> old_rules;
  for (const decide::Rule& rule : now.engine->rules()) old_rules.insert(rule.id);
  for (const decide::Rule& rule : next.engine->rules())
    if (old_rules.erase(rule.id) == 0) changes.push_back({"rule", rule.id, How::added, {}});
  for (const std::string& id : old_rules) changes.push_back({"rule", id, How::removed, {}});
}

template <class T>
const T* find(const std::vector<T>& all, const std::string& id) {
  for (const T& one : all)
    if (id_of(one) == id) return &one;
  return nullptr;
}

// What a command gave since stands above a file that has changed.
template <class T>
void note_of_no_effect(const std::vector<T>& was_in_file,
                       const std::vector<T>& in_file,
                       const std::vector<T>& in_force,
                       Difference& found) {
  for (const T& piece : in_file) {
    const std::string id = id_of(piece);
    const T* was = find(was_in_file, id);
    const T* rules = find(in_force, id);
    if (rules == nullptr || said(*rules) == said(piece)) continue;
    if (was != nullptr && said(*was) == said(piece)) continue;
    found.notes.push_back(kind_of(piece) + " " + id +
                          ": the file has no effect, because it was granted or revoked by command "
                          "since; give what is new an id of its own");
  }
}

// What the files say and the hub does not follow.
void note(const View& now, const View& next, Difference& found) {
  if (now.coalition().admin_address != next.coalition().admin_address)
    found.notes.push_back("admin: " + next.coalition().admin_address +
                          " takes effect when the hub starts again");
  for (const model::System& system : next.coalition().systems) {
    const auto library = other_library(system, now.setup(), next.setup());
    if (library && is_stuck(system, *library))
      found.notes.push_back("system " + system.id.value +
                            " runs in the hub's process: of connector " + system.connector +
                            " another library is installed, and the running hub keeps the one it "
                            "has until it starts again");
  }
  const model::Evidence& was = now.setup().evidence;
  const model::Evidence& files = next.setup().evidence;
  const model::Coalition& had = now.coalition();
  const model::Coalition& has = next.coalition();
  const model::Evidence& in_force = next.evidence();
  note_of_no_effect(was.consents, files.consents, in_force.consents, found);
  note_of_no_effect(was.orders, files.orders, in_force.orders, found);
  note_of_no_effect(had.roster, has.roster, in_force.roster, found);
  note_of_no_effect(had.assignments, has.assignments, in_force.assignments, found);
}

void refuse(const View& now, const View& next, Difference& found) {
  if (now.coalition().data_folder != next.coalition().data_folder)
    found.faults.push_back(base::config_error("NEEDS_RESTART",
                                              next.coalition().folder + "/concord.yaml data",
                                              "the hub keeps its store in " +
                                                  now.coalition().data_folder +
                                                  " and cannot change that while it runs",
                                              "put it back; or stop the hub, move the folder, and "
                                              "start it"));
}

}  // namespace

std::string_view name_of(Change::How how) {
  switch (how) {
    case How::added:
      return "added";
    case How::removed:
      return "removed";
    case How::changed:
      return "changed";
  }
  return "";
}

bool needs_reopening(const model::SystemId& id, const Setup& now, const Setup& next) {
  const model::System* before = now.coalition->system(id);
  const model::System* after = next.coalition->system(id);
  const auto library = other_library(*after, now, next);
  if (library && !is_stuck(*after, *library)) return true;
  return before->connector != after->connector || before->config != after->config ||
         before->listens != after->listens || digest(now.settings, id) != digest(next.settings, id);
}

Difference difference_of(const View& now, const View& next) {
  Difference found;
  const model::Coalition& before = now.coalition();
  const model::Coalition& after = next.coalition();
  if (auto details = differing(said(before), said(after)); !details.empty())
    found.changes.push_back({"coalition", after.name, How::changed, std::move(details)});
  compare("agency", before.agencies, after.agencies, found.changes);
  compare_systems(now.setup(), next.setup(), found.changes);
  compare("job", before.jobs, after.jobs, found.changes);
  compare("flow", before.flows, after.flows, found.changes);
  compare("mandate", before.mandates, after.mandates, found.changes);
  compare("seat", now.evidence().roster, next.evidence().roster, found.changes);
  compare("assignment", now.evidence().assignments, next.evidence().assignments, found.changes);
  compare("consent", now.evidence().consents, next.evidence().consents, found.changes);
  compare("order", now.evidence().orders, next.evidence().orders, found.changes);
  compare("fact", now.evidence().facts, next.evidence().facts, found.changes);
  compare_mappings(now.setup(), next.setup(), found.changes);
  compare_rules(now.setup(), next.setup(), found.changes);
  note(now, next, found);
  refuse(now, next, found);
  return found;
}

}  // namespace concord::pipeline
