#include "hub/decide/release.hpp"

#include <algorithm>
#include <map>

#include "hub/decide/words.hpp"

namespace concord::decide {
namespace {

using base::JsonValue;
using Memory = rapidjson::MemoryPoolAllocator<>;
using model::Decision;
using model::Label;
using model::LabelSet;

// How a leaf goes out: not at all, as it is, or generalised.
struct Way {
  bool out = false;
  std::string_view transform;
};

Way way_of(const Decision& decision, const std::string& path) {
  for (const auto& [name, how] : decision.transformed)
    if (name == path) return {true, how};
  const auto& released = decision.released;
  return {std::find(released.begin(), released.end(), path) != released.end(), {}};
}

// Puts released leaves into a new body. Items of a list close up; nothing tells how many there
// were.
class Builder {
 public:
  explicit Builder(base::Json& document) : memory_(document.GetAllocator()) { body_.SetObject(); }

  // Returns the pointer under which the value now is.
  std::string put(const std::vector<std::string>& tokens, JsonValue value) {
    JsonValue* at = &body_;
    std::string pointer, old;
    for (size_t i = 0; i < tokens.size(); ++i) {
      old += '/' + tokens[i];
      const bool last = i + 1 == tokens.size();
      const bool list = !last && tokens[i + 1].starts_with('#');
      if (tokens[i].starts_with('#'))
        at = item(*at, old, pointer, list);
      else
        at = field(*at, tokens[i], pointer, list);
    }
    *at = std::move(value);
    return pointer;
  }
  JsonValue take() { return std::move(body_); }

 private:
  static JsonValue empty(bool list) {
    return JsonValue(list ? rapidjson::kArrayType : rapidjson::kObjectType);
  }
  JsonValue* field(JsonValue& object, const std::string& name, std::string& pointer, bool list) {
    pointer += '/';
    for (char c : name) add_escaped(pointer, c);
    auto found = object.FindMember(name);
    if (found != object.MemberEnd()) return &found->value;
    object.AddMember(base::json_text(name, memory_), empty(list), memory_);
    return &(object.MemberEnd() - 1)->value;
  }
  JsonValue* item(JsonValue& array, const std::string& old, std::string& pointer, bool list) {
    auto [known, added] = places_.try_emplace(old, array.Size());
    if (added) array.PushBack(empty(list), memory_);
    pointer += '/' + std::to_string(known->second);
    return &array[known->second];
  }
  static void add_escaped(std::string& pointer, char c) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }

  Memory& memory_;
  JsonValue body_;
  std::map<std::string, rapidjson::SizeType> places_;  // old item → its new index
};

JsonValue list_of(LabelSet labels, Memory& memory) {
  JsonValue out(rapidjson::kArrayType);
  for (Label label : labels.list()) out.PushBack(base::json_text(name_of(label), memory), memory);
  return out;
}

struct Labelled {
  std::string pointer;
  LabelSet labels;
};

// What all released fields bear stands once for the document, the rest with its pointer.
JsonValue labels_of(const std::vector<Labelled>& released, Memory& memory) {
  uint32_t common = released.empty() ? 0 : ~uint32_t{0};
  for (const Labelled& field : released) common &= field.labels.bits();
  JsonValue fields(rapidjson::kObjectType);
  for (const Labelled& field : released) {
    const LabelSet rest = LabelSet::of_bits(field.labels.bits() & ~common);
    if (!rest.empty())
      fields.AddMember(base::json_text(field.pointer, memory), list_of(rest, memory), memory);
  }
  JsonValue out(rapidjson::kObjectType);
  out.AddMember("document", list_of(LabelSet::of_bits(common), memory), memory);
  out.AddMember("fields", fields, memory);
  return out;
}

void add_effective(const model::Entity& entity, base::Json& document) {
  Memory& memory = document.GetAllocator();
  JsonValue period(rapidjson::kObjectType);
  if (!entity.effective_start.empty())
    period.AddMember("start", base::json_text(entity.effective_start, memory), memory);
  if (!entity.effective_end.empty())
    period.AddMember("end", base::json_text(entity.effective_end, memory), memory);
  if (period.MemberCount() > 0) document.AddMember("effective", period, memory);
}

}  // namespace

base::Result<std::string> release(const model::Entity& entity,
                                  const EntityFields& fields,
                                  const Decision& decision,
                                  base::Instant at) {
  if (decision.verdict == model::Verdict::deny)
    return base::fatal_error("RELEASE_DENIED",
                             entity.type,
                             "a document was to be cut for a recipient that may have none of it",
                             "send nothing; this is a fault of the hub");
  base::Json document(rapidjson::kObjectType);
  Memory& memory = document.GetAllocator();
  const auto& obligations = decision.obligations;
  const bool no_proceedings =
      std::find(obligations.begin(), obligations.end(), "no_proceedings") != obligations.end();
  Builder builder(document);
  std::vector<Labelled> released;
  for (const Leaf& leaf : fields.leaves) {
    const Way way = way_of(decision, leaf.path);
    if (!way.out) continue;
    JsonValue value;
    if (way.transform.empty())
      value.CopyFrom(*leaf.value, memory);
    else if (!generalise(*leaf.value, way.transform, at, value, memory))
      continue;
    if (value.IsObject())
      for (const std::string& name : leaf.without) value.RemoveMember(name.c_str());
    if (value.IsObject() && value.ObjectEmpty() && !leaf.without.empty()) continue;
    LabelSet labels = leaf.labels;
    if (no_proceedings && labels.has(Label::PART2)) labels.add(Label::no_proceedings);
    released.push_back({builder.put(leaf.tokens, std::move(value)), labels});
  }
  auto text = [&memory](std::string_view value) { return base::json_text(value, memory); };
  document.AddMember("id", text(entity.id.value), memory);
  document.AddMember("type", text(entity.type), memory);
  document.AddMember("schema", text(kSchemaVersion), memory);
  document.AddMember("version", entity.version, memory);
  document.AddMember("status", text(model::name_of(entity.status)), memory);
  JsonValue subject(rapidjson::kObjectType), source(rapidjson::kObjectType);
  if (entity.person.empty())
    subject.AddMember("person", JsonValue(), memory);
  else
    subject.AddMember("person", text(entity.person.value), memory);
  source.AddMember("agency", text(entity.agency.value), memory);
  document.AddMember("subject", subject, memory);
  document.AddMember("source", source, memory);
  if (decision.verdict == model::Verdict::permit) add_effective(entity, document);
  document.AddMember("labels", labels_of(released, memory), memory);
  document.AddMember("body", builder.take(), memory);
  return base::write_json(document);
}

}  // namespace concord::decide
