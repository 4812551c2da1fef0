#include "hub/app/pieces.hpp"

#include <algorithm>
#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/app/coalition.hpp"
#include "hub/app/fhir_consent.hpp"
#include "hub/app/missing.hpp"
#include "hub/app/remote.hpp"
#include "hub/app/tell.hpp"
#include "hub/base/files.hpp"
#include "hub/base/nearest.hpp"
#include "hub/pipeline/given.hpp"

namespace concord::app {
namespace {

using Pieces = std::vector<pipeline::Piece>;
using Loaded = base::Result<Pieces, base::Errors>;

template <class T>
Loaded pieces_of(base::Result<std::vector<T>, base::Errors> loaded) {
  if (!loaded) return std::move(loaded).error();
  return Pieces(std::make_move_iterator(loaded->begin()), std::make_move_iterator(loaded->end()));
}

Loaded load(const model::Coalition& coalition,
            const PieceKind& kind,
            const base::Yaml& yaml,
            const std::string& file) {
  const std::string path = kind.path;
  if (path == "orders") return pieces_of(load_orders(coalition, yaml, file));
  if (path == "roster") return pieces_of(load_seats(coalition, yaml, file));
  if (path == "assignments") return pieces_of(load_assignments(coalition, yaml, file));
  return pieces_of(load_consents(coalition, yaml, file));
}

using Lacks = std::vector<std::pair<std::string, std::vector<std::string>>>;

Lacks lacks_of(const Pieces& pieces,
               const model::Coalition& coalition,
               const std::vector<decide::RulePack>& packs) {
  Lacks found;
  for (const pipeline::Piece& piece : pieces)
    if (auto lacks = missing_in(piece, coalition, packs, base::now()); !lacks.empty())
      found.emplace_back(pipeline::kind_of(piece) + " " + pipeline::id_of(piece), std::move(lacks));
  return found;
}

// Of a file of many, each id once: the second would silently stand above the first.
base::Errors twice(const Pieces& pieces) {
  base::Errors errors;
  std::vector<std::string> ids;
  for (const pipeline::Piece& piece : pieces) ids.push_back(pipeline::id_of(piece));
  std::sort(ids.begin(), ids.end());
  for (auto at = ids.begin(); (at = std::adjacent_find(at, ids.end())) != ids.end(); ++at)
    errors.push_back(base::config_error(
        "CONFIG_TWICE", "import", "\"" + *at + "\" is there twice", "give each an id of its own"));
  return errors;
}

std::string items_of(const Pieces& pieces) {
  std::string body = "{\"items\":[";
  for (size_t i = 0; i < pieces.size(); ++i)
    body += (i == 0 ? "" : ",") + pipeline::Given::row_of({pieces[i], false}).json;
  return body + "]}";
}

std::string answer_json(bool saved, const Pieces& pieces, const Lacks& lacks) {
  sdk::JsonWriter out;
  out.object().field("done", saved).key("ids").array();
  for (const pipeline::Piece& piece : pieces) out.value(pipeline::id_of(piece));
  out.end_array().key("missing").array();
  for (const auto& [what, words] : lacks) {
    out.object().field("what", what).key("lacks").array();
    for (const std::string& word : words) out.value(word);
    out.end_array().end();
  }
  out.end_array().end();
  return out.text();
}

// Seats may have been added and ended by command since: who sits in the team, the hub knows best.
void seats_in_force(model::Coalition& coalition) {
  auto answer = ask_hub(coalition.data_folder, "GET", "roster");
  if (!answer) return;  // told when it is to save
  auto json = base::read_json(*answer, "roster");
  const base::JsonValue* seats = json ? base::member(*json, "roster") : nullptr;
  if (seats == nullptr) return;
  coalition.roster.clear();
  for (const auto& seat : seats->GetArray()) {
    if (base::text_of(seat, "status") != "active") continue;
    coalition.roster.emplace_back();
    coalition.roster.back().agency = model::AgencyId(std::string(base::text_of(seat, "agency")));
  }
}

int save(model::Coalition coalition,
         const PieceKind& kind,
         const Pieces& pieces,
         const Saving& how) {
  if (const base::Errors errors = twice(pieces); !errors.empty()) return tell(errors);
  auto packs = decide::load_packs(coalition.policy_folders);
  if (!packs) return tell(packs.error());
  if (kind.path == std::string("assignments")) seats_in_force(coalition);
  const Lacks lacks = lacks_of(pieces, coalition, *packs);
  for (const auto& [what, words] : lacks)
    for (const std::string& word : words)
      std::fprintf(stderr, "%s lacks %s\n", what.c_str(), word.c_str());
  const bool refused = !lacks.empty() && !how.as_is;
  if (refused || how.dry_run) {
    std::fprintf(stderr,
                 "nothing was saved.  Next: %s\n",
                 refused ? "mend it; or save it as it is, with no more effect than it has: --as-is"
                         : "leave out --dry-run");
    if (how.json) std::cout << answer_json(false, pieces, lacks) << "\n";
    return refused ? 1 : EX_OK;
  }
  auto answer = ask_hub(coalition.data_folder, "POST", kind.path, items_of(pieces));
  if (!answer) return tell(answer.error());
  if (how.json) std::cout << answer_json(true, pieces, lacks) << "\n";
  for (const pipeline::Piece& piece : pieces) {
    if (how.json) break;
    std::fprintf(stderr, "%s %s is in force\n", kind.one, pipeline::id_of(piece).c_str());
  }
  if (!how.json) std::fputs("what was withheld for want of it is decided again\n", stderr);
  return EX_OK;
}

void put(base::Yaml& map, const char* key, base::Yaml value) {
  map.kind = base::Yaml::Kind::map;
  map.map.emplace_back(key, std::move(value));
  map.key_lines.push_back(0);
}

void put(base::Yaml& map, const char* key, const std::string& text) {
  if (text.empty()) return;
  base::Yaml value;
  value.kind = base::Yaml::Kind::scalar;
  value.scalar = text;
  put(map, key, std::move(value));
}

// What the options say, as the file would say it: so both are judged alike.
base::Yaml yaml_of(const PieceKind& kind, const PieceWords& words) {
  base::Yaml one;
  one.kind = base::Yaml::Kind::map;
  put(one, "id", words.id);
  put(one, "agency", words.agency);
  put(one, "role", words.role);
  put(one, "status", words.status);
  put(one, "recipient", words.recipient);
  put(one, "kind", words.kind);
  put(one, "start", words.start);
  put(one, "end", words.end);
  base::Yaml child;
  put(child, "system", words.system);
  put(child, "key", words.child);
  if (!child.map.empty()) put(one, "child", std::move(child));
  base::Yaml fields;
  fields.kind = base::Yaml::Kind::list;
  for (const std::string& field : words.fields) {
    base::Yaml item;
    item.kind = base::Yaml::Kind::scalar;
    item.scalar = field;
    fields.list.push_back(std::move(item));
  }
  if (!fields.list.empty()) put(one, "fields", std::move(fields));
  if (words.parent_party) put(one, "parent_party", std::string("true"));
  base::Yaml list, file;
  list.kind = base::Yaml::Kind::list;
  list.list.push_back(std::move(one));
  put(file, kind.path, std::move(list));
  return file;
}

std::string zone_of(const model::Coalition& coalition) {
  auto yaml = base::read_yaml_file(coalition.folder + "/concord.yaml");
  return yaml ? yaml->text("zone") : "";
}

void print(const base::JsonValue& one) {
  auto text = [&](const char* name) { return std::string(base::text_of(one, name)); };
  std::string line = text("id");
  for (const char* name : {"form", "kind", "decision", "agency", "role", "status"})
    if (const std::string said = text(name); !said.empty()) line += "  " + said;
  if (const std::string child = text("child"); !child.empty())
    line += "  child " + text("system") + " " + child;
  std::string to = text("recipient");
  if (const base::JsonValue* list = base::member(one, "recipients"))
    for (const auto& agency : list->GetArray())
      to += (to.empty() ? "" : ", ") + std::string(base::text(agency));
  if (!to.empty()) line += ", to " + to;
  for (const char* name : {"start", "end", "revoked_at"})
    if (const std::string at = text(name); !at.empty())
      line += std::string(", ") + (name == std::string("revoked_at") ? "revoked" : name) + " " + at;
  std::printf("  %s\n", line.c_str());
}

}  // namespace

int add_piece(const std::string& folder,
              const PieceKind& kind,
              const PieceWords& words,
              const Saving& how) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  auto pieces = load(*coalition, kind, yaml_of(kind, words), "options");
  return pieces ? save(*coalition, kind, *pieces, how) : tell(pieces.error());
}

int import_pieces(const std::string& folder,
                  const PieceKind& kind,
                  const std::string& file,
                  const Saving& how) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  if (kind.path == std::string("assignments") && file.ends_with(".csv")) {
    auto rows = pieces_of(load_assignments_csv(*coalition, file));
    return rows ? save(*coalition, kind, *rows, how) : tell(rows.error());
  }
  auto yaml = base::read_yaml_file(file);
  if (!yaml) return tell(yaml.error());
  auto pieces = load(*coalition, kind, *yaml, file);
  return pieces ? save(*coalition, kind, *pieces, how) : tell(pieces.error());
}

int import_fhir(const std::string& folder,
                const std::string& file,
                const std::string& system,
                const Saving& how) {
  auto coalition = load_coalition(folder);
  if (!coalition) return tell(coalition.error());
  const model::SystemId id(system);
  if (coalition->system(id) == nullptr) {
    std::vector<std::string> known;
    for (const model::System& one : coalition->systems) known.push_back(one.id.value);
    return tell(base::config_error("CONFIG_UNKNOWN_SYSTEM",
                                   "--system",
                                   "there is no system \"" + system + "\"",
                                   base::advice(system, known)));
  }
  auto bytes = base::read_file(file, 16u << 20);
  if (!bytes) return tell(bytes.error());
  auto json = base::read_json(*bytes, file);
  if (!json) return tell(json.error());
  auto pieces = pieces_of(consents_of_fhir(*json, {*coalition, id, zone_of(*coalition), file}));
  return pieces ? save(*coalition, kConsents, *pieces, how) : tell(pieces.error());
}

int list_pieces(const model::Coalition& coalition, const PieceKind& kind, bool json) {
  auto answer = ask_hub(coalition.data_folder, "GET", kind.path);
  if (!answer) return tell(answer.error());
  if (json) {
    std::cout << *answer << "\n";
    return EX_OK;
  }
  auto list = base::read_json(*answer, kind.path);
  if (!list) return tell(list.error());
  std::printf("%s\n", counted((*list)[kind.path].Size(), kind.one, kind.many).c_str());
  for (const auto& one : (*list)[kind.path].GetArray()) print(one);
  return EX_OK;
}

int end_piece(const model::Coalition& coalition,
              const PieceKind& kind,
              const std::string& id,
              bool json) {
  const bool consent = kind.path == std::string("consents");
  auto answer = ask_hub(coalition.data_folder,
                        "POST",
                        std::string(kind.path) + "/" + id + (consent ? "/revoke" : "/end"));
  if (!answer) return tell(answer.error());
  if (json) {
    std::cout << *answer << "\n";
  } else {
    std::fprintf(stderr,
                 "%s; nothing starts under it from now on, and what was given is asked back\n",
                 consent ? "revoked" : "ended");
  }
  return EX_OK;
}

}  // namespace concord::app
