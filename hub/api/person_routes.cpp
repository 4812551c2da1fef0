#include "hub/api/person_routes.hpp"

#include "hub/api/json_parts.hpp"

namespace concord::api {
namespace {

using pipeline::PersonChange;
using sdk::JsonWriter;

// A key that nobody has stays as it is: the hub says that there is no such person.
model::PersonId person_in(const pipeline::Hub& hub, const std::string& word) {
  const size_t colon = word.find(':');
  if (colon == std::string::npos) return model::PersonId(word);
  const auto found =
      hub.person_of({model::SystemId(word.substr(0, colon)), word.substr(colon + 1)});
  return found.value_or(model::PersonId(word));
}

std::optional<int64_t> number_in(const base::JsonValue& json, const char* name) {
  const base::JsonValue* found = base::member(json, name);
  return found != nullptr && found->IsInt64() ? std::optional<int64_t>(found->GetInt64())
                                              : std::nullopt;
}

bool flag_in(const base::JsonValue& json, const char* name) {
  const base::JsonValue* found = base::member(json, name);
  return found != nullptr && found->IsTrue();
}

void keys(JsonWriter& out, const char* name, const pipeline::Keys& list) {
  out.key(name).array();
  for (const model::ChildRef& key : list)
    out.object().field("system", key.system.value).field("key", key.key).end();
  out.end_array();
}

std::string as_json(const PersonChange& change) {
  const pipeline::IdentityDecision& decision = change.decision;
  const pipeline::Effects& effects = change.effects;
  JsonWriter out;
  out.object().field("done", change.done).field("decision", name_of(decision.kind));
  out.field("person", decision.person.value).field("other", decision.other.value);
  keys(out, "keys", decision.keys);
  keys(out, "rest", decision.rest);
  out.field("documents", static_cast<uint64_t>(change.part.documents.size()));
  out.field("owed", static_cast<uint64_t>(effects.owed.size()));
  out.field("recalled", static_cast<uint64_t>(effects.recalls.size()));
  out.field("withdrawn", static_cast<uint64_t>(effects.withdrawn.size()));
  out.field("waiting", effects.waiting).field("sealed", effects.sealed);
  std::vector<std::string> labels;
  for (const model::Label label : {model::Label::VSP, model::Label::LOC, model::Label::SEALED})
    if (effects.labels.has(label)) labels.emplace_back(model::name_of(label));
  texts(out, "labels", labels);
  out.key("systems").array();
  for (const auto& [system, counts] : effects.systems)
    out.object()
        .field("system", system.value)
        .field("owed", counts.owed)
        .field("recalled", counts.recalled)
        .end();
  out.end_array().end();
  return out.text();
}

}  // namespace

base::Result<std::string> change_persons(pipeline::Hub& hub,
                                         const std::string& what,
                                         const base::JsonValue& asked) {
  auto text = [&](const char* name) { return std::string(base::text_of(asked, name)); };
  const pipeline::PersonAsked how{text("by"),
                                  text("why"),
                                  flag_in(asked, "dry_run"),
                                  flag_in(asked, "anyway"),
                                  number_in(asked, "owed")};
  auto changed = [&]() -> base::Result<PersonChange> {
    if (what == "merge")
      return hub.merge(person_in(hub, text("survivor")), person_in(hub, text("other")), how);
    if (what == "split")
      return hub.split(
          {model::SystemId(text("system")), text("key")}, person_in(hub, text("from")), how);
    return hub.unmerge(person_in(hub, text("person")), how);
  }();
  if (!changed) return std::move(changed).error();
  return as_json(*changed);
}

}  // namespace concord::api
