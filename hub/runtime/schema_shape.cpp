#include "hub/runtime/schema_shape.hpp"

#include <map>

namespace concord::runtime {
namespace {

using base::JsonValue;

constexpr std::string_view kCounts[] = {
    "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"};

class Shape {
 public:
  explicit Shape(const JsonValue& root) : root_(root) {}

  // False: fault says why.
  bool holds(const JsonValue& schema, const std::string& place) {
    if (schema.IsBool() && !place.empty()) return true;
    if (!schema.IsObject()) return no(place, "no schema");
    for (const auto& one : schema.GetObject()) {
      const std::string_view name = base::text(one.name);
      const std::string at = place + "/" + std::string(name);
      if (!part_holds(name, one.value, at)) return false;
    }
    return true;
  }
  std::string fault;

 private:
  bool no(const std::string& place, const char* what) {
    fault = (place.empty() ? "it" : place) + " is " + what;
    return false;
  }

  bool part_holds(std::string_view name, const JsonValue& value, const std::string& at) {
    if (name == "properties" || name == "definitions" || name == "patternProperties") {
      if (!value.IsObject()) return no(at, "no list of schemas by name");
      for (const auto& one : value.GetObject())
        if (!holds(one.value, at + "/" + std::string(base::text(one.name)))) return false;
      return true;
    }
    if (name == "anyOf" || name == "oneOf" || name == "allOf") {
      if (!value.IsArray() || value.Empty()) return no(at, "no list of schemas");
      for (const auto& one : value.GetArray())
        if (!holds(one, at + "/…")) return false;
      return true;
    }
    if (name == "items" || name == "additionalProperties" || name == "not") return holds(value, at);
    if (name == "required") {
      if (!value.IsArray()) return no(at, "no list of texts");
      for (const auto& one : value.GetArray())
        if (!one.IsString()) return no(at, "no list of texts");
      return true;
    }
    for (const std::string_view count : kCounts)
      if (name == count) return value.IsUint() || no(at, "no count");
    if (name == "enum") return value.IsArray() || no(at, "no list");
    if (name == "$ref") return leads_somewhere(value, at);
    return true;
  }

  // To one of this schema's own definitions, and never back to where it came from: settings have an
  // end, and so has the list of their keys.
  bool leads_somewhere(const JsonValue& value, const std::string& at) {
    constexpr std::string_view kLocal = "#/definitions/";
    const std::string_view ref = value.IsString() ? base::text(value) : std::string_view();
    const JsonValue* definitions = base::member(root_, "definitions");
    if (!ref.starts_with(kLocal) || definitions == nullptr)
      return no(at, "no reference to one of its definitions");
    const std::string name(ref.substr(kLocal.size()));
    const JsonValue* definition = base::member(*definitions, name);
    // A name with / or ~ would mean another place to whoever reads it as a pointer.
    if (definition == nullptr || name.find_first_of("/~") != std::string::npos)
      return no(at, "no reference to one of its definitions");
    const auto [known, fresh] = done_.emplace(name, false);
    if (!fresh) return known->second || no(at, "a reference that comes back to itself");
    if (!holds(*definition, "/definitions/" + name)) return false;
    done_[name] = true;
    return true;
  }

  const JsonValue& root_;
  std::map<std::string, bool> done_;  // definitions; false: being looked at
};

}  // namespace

std::optional<std::string> schema_fault(const JsonValue& schema) {
  Shape shape(schema);
  if (shape.holds(schema, "")) return std::nullopt;
  return std::move(shape.fault);
}

}  // namespace concord::runtime
