#include "hub/app/schema_walk.hpp"

#include <rapidjson/pointer.h>

namespace concord::app {
namespace {

using base::JsonValue;

std::string joined(const JsonValue& list) {
  std::string text;
  for (const auto& item : list.GetArray())
    text += (text.empty() ? "" : ", ") +
            (item.IsString() ? std::string(base::text(item)) : base::write_json(item));
  return text;
}

std::string number_words(const JsonValue& schema) {
  std::string words = "a number";
  if (const JsonValue* low = base::member(schema, "minimum"))
    words += " from " + base::write_json(*low);
  if (const JsonValue* high = base::member(schema, "maximum"))
    words += " to " + base::write_json(*high);
  return words;
}

}  // namespace

const JsonValue* SchemaWalk::follow(const JsonValue* schema) const {
  for (int steps = 0; schema != nullptr && steps < 16; ++steps) {
    const std::string_view ref = base::text_of(*schema, "$ref");
    if (ref.empty()) return schema;
    if (!ref.starts_with("#")) return nullptr;
    schema = rapidjson::Pointer(ref.data() + 1, ref.size() - 1).Get(root_);
  }
  return nullptr;
}

const JsonValue* SchemaWalk::below(const JsonValue* schema, std::string_view name) const {
  schema = follow(schema);
  if (schema == nullptr) return nullptr;
  if (const JsonValue* properties = base::member(*schema, "properties"))
    if (const JsonValue* found = base::member(*properties, name)) return follow(found);
  const JsonValue* more = base::member(*schema, "additionalProperties");
  if (more == nullptr || !more->IsObject()) more = base::member(*schema, "items");
  return more != nullptr && more->IsObject() ? follow(more) : nullptr;
}

const JsonValue* SchemaWalk::at(const std::vector<std::string>& path) const {
  const JsonValue* schema = follow(&root_);
  for (const std::string& name : path) schema = below(schema, name);
  return schema;
}

Members members_of(const JsonValue& schema) {
  Members members;
  if (const JsonValue* properties = base::member(schema, "properties"))
    for (const auto& property : properties->GetObject())
      members.names.emplace_back(base::text(property.name));
  const JsonValue* more = base::member(schema, "additionalProperties");
  members.closed = more != nullptr && more->IsFalse();
  return members;
}

std::string expectation(const JsonValue& schema) {
  if (const JsonValue* values = base::member(schema, "enum");
      values != nullptr && values->IsArray())
    return "one of " + joined(*values);
  const std::string_view type = base::text_of(schema, "type");
  if (type == "integer" || type == "number") return number_words(schema);
  if (type == "boolean") return "true or false";
  if (type == "object") return "keys below it";
  if (type == "array") return "a list";
  if (type != "string") return {};
  std::string words = "a text";
  if (const std::string_view pattern = base::text_of(schema, "pattern"); !pattern.empty())
    words += " of the form " + std::string(pattern);
  // Not by ==: RapidJSON's, made for C++17, calls itself without end when GCC reads it as C++20.
  const JsonValue* least = base::member(schema, "minLength");
  if (least != nullptr && !(least->IsInt() && least->GetInt() == 1))
    words += " of at least " + base::write_json(*least) + " characters";
  return words;
}

}  // namespace concord::app
