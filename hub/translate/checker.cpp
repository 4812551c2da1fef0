#include "hub/translate/checker.hpp"

#include <algorithm>
#include <cmath>

namespace concord::translate {
namespace {

using base::JsonValue;
using base::member;
using base::text;
using base::text_of;
using Fault = Checker::Fault;

size_t code_points(std::string_view bytes) {
  return static_cast<size_t>(std::count_if(bytes.begin(), bytes.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// What may stand in a schema file besides what the checker acts on.
bool is_remark(std::string_view key) {
  return key.starts_with("x-") || key == "description" || key == "title" || key == "format" ||
         key == "$schema" || key == "definitions";
}

}  // namespace

// Builds the trees of all entities; shared definitions once.
class CheckerBuilder {
 public:
  explicit CheckerBuilder(const model::Schema& schema) : schema_(schema) {
    out_.nodes_ = std::make_shared<std::vector<std::unique_ptr<Node>>>();
  }

  base::Result<Checker, base::Errors> build() {
    load("types.json", schema_.types_json());
    load("codes.json", schema_.codes_json());
    for (const model::EntitySchema& entity : schema_.entities()) {
      auto file = base::read_json(entity.json, entity.name);
      if (!file) {
        errors_.push_back(std::move(file).error());
        continue;
      }
      Node* body = node(*file, "", entity.name);
      if (body != nullptr) body->about_person = entity.about_person;
      out_.entities_[entity.name] = body;
    }
    if (!errors_.empty()) return std::move(errors_);
    return std::move(out_);
  }

 private:
  void load(const std::string& name, const std::string& json) {
    auto file = base::read_json(json, name);
    if (!file) return errors_.push_back(std::move(file).error());
    files_[name] = std::move(*file);
  }

  void say(const std::string& place, const std::string& cause) {
    errors_.push_back(base::config_error(
        "SCHEMA", place, cause, "use what hub/translate/checker.hpp lists, or teach it"));
  }

  const Node* refer(std::string_view ref, const std::string& file, const std::string& place) {
    const size_t hash = ref.find('#');
    const std::string in = hash == 0 ? file : std::string(ref.substr(0, hash));
    const std::string name(ref.substr(ref.rfind('/') + 1));
    const std::string key = in + "#" + name;
    if (const auto made = made_.find(key); made != made_.end()) return made->second;
    const auto found = files_.find(in);
    const JsonValue* all = found == files_.end() ? nullptr : member(found->second, "definitions");
    const JsonValue* shape = all == nullptr ? nullptr : member(*all, name);
    if (shape == nullptr) {
      say(place, "there is no definition \"" + std::string(ref) + "\"");
      return nullptr;
    }
    Node* made = node(*shape, in, key);
    if (made == nullptr) return nullptr;
    made->type = in == "codes.json" ? "code" : name;
    if (in == "codes.json") made->codes = name;
    made_[key] = made;
    return made;
  }

  Node* node(const JsonValue& shape, const std::string& file, const std::string& place) {
    if (const std::string_view ref = text_of(shape, "$ref"); !ref.empty())
      return const_cast<Node*>(refer(ref, file, place));
    out_.nodes_->push_back(std::make_unique<Node>());
    Node& made = *out_.nodes_->back();
    if (!read_kind(shape, made)) {
      say(place, "a value without a type that is known here");
      return &made;
    }
    for (const auto& [key, value] : shape.GetObject())
      read_keyword(text(key), value, made, file, place);
    if (const JsonValue* required = member(shape, "required"))
      for (Node::Property& property : made.properties)
        for (const JsonValue& name : required->GetArray())
          property.required |= text(name) == property.name;
    return &made;
  }

  static bool read_kind(const JsonValue& shape, Node& made) {
    const std::string_view type = text_of(shape, "type");
    using Kind = Node::Kind;
    if (member(shape, "anyOf") != nullptr)
      made.kind = Kind::any_of;
    else if (type == "object")
      made.kind = Kind::object;
    else if (type == "array")
      made.kind = Kind::array;
    else if (type == "string" || member(shape, "const") != nullptr)
      made.kind = Kind::text;
    else if (type == "integer")
      made.kind = Kind::integer;
    else if (type == "number")
      made.kind = Kind::number;
    else if (type == "boolean")
      made.kind = Kind::boolean;
    else
      return false;
    return true;
  }

  void read_keyword(std::string_view key,
                    const JsonValue& value,
                    Node& made,
                    const std::string& file,
                    const std::string& place) {
    const auto size = [&] { return static_cast<size_t>(value.GetUint64()); };
    if (is_remark(key) || key == "type" || key == "required") return;
    if (key == "properties") {
      for (const auto& [name, shape] : value.GetObject()) {
        const std::string word(text(name));
        made.properties.push_back({word, node(shape, file, place + "." + word), false});
      }
    } else if (key == "additionalProperties" && value.IsFalse()) {
    } else if (key == "items") {
      made.items = node(value, file, place + "[]");
    } else if (key == "minItems") {
      made.items_min = size();
    } else if (key == "maxItems") {
      made.items_max = size();
    } else if (key == "minLength") {
      made.length_min = size();
    } else if (key == "maxLength") {
      made.length_max = size();
    } else if (key == "minimum") {
      made.has_least = true;
      made.least = value.GetDouble();
    } else if (key == "maximum") {
      made.has_most = true;
      made.most = value.GetDouble();
    } else if (key == "enum") {
      for (const JsonValue& one : value.GetArray()) made.values.emplace_back(text(one));
    } else if (key == "const" && value.IsString()) {
      made.values = {std::string(text(value))};
    } else if (key == "pattern") {
      made.matches = matcher_of(text(value));
      if (made.matches == nullptr) say(place, "this pattern has no matcher in patterns.cpp");
    } else if (key == "dependencies") {
      for (const auto& [name, needs] : value.GetObject())
        for (const JsonValue& need : needs.GetArray())
          made.dependencies.emplace_back(text(name), text(need));
    } else if (key == "anyOf") {
      for (const JsonValue& one : value.GetArray()) made.any_of.push_back(node(one, file, place));
    } else {
      say(place, "\"" + std::string(key) + "\" is not understood");
    }
  }

  const model::Schema& schema_;
  Checker out_;
  base::Errors errors_;
  std::map<std::string, base::Json> files_;
  std::map<std::string, const Node*> made_;
};

namespace {

using IsAbsent = std::function<bool(std::string_view)>;

std::optional<Fault> fault(std::string cause) {
  return Fault{"", std::move(cause)};
}

std::optional<Fault> below(std::optional<Fault> found, std::string_view name) {
  if (found) found->pointer = "/" + std::string(name) + found->pointer;
  return found;
}

std::optional<Fault> check_text(const Node& node, const JsonValue& value) {
  if (!value.IsString()) return fault("expected text");
  const std::string_view is = text(value);
  if (is.size() < node.length_min || is.size() > node.length_max) {
    const size_t points = code_points(is);
    if (points < node.length_min) return fault("the text is too short");
    if (points > node.length_max)
      return fault("text of " + std::to_string(points) + " characters, more than " +
                   std::to_string(node.length_max));
  }
  if (!node.values.empty() &&
      std::find(node.values.begin(), node.values.end(), is) == node.values.end())
    return fault("none of the values that may stand here");
  if (node.matches != nullptr && !node.matches(is)) return fault("the text has not the right form");
  return std::nullopt;
}

std::optional<Fault> check_number(const Node& node, const JsonValue& value) {
  if (node.kind == Node::Kind::integer ? !value.IsInt64() : !value.IsNumber())
    return fault(node.kind == Node::Kind::integer ? "expected a whole number"
                                                  : "expected a number");
  const double is = value.GetDouble();
  if ((node.has_least && is < node.least) || (node.has_most && is > node.most) ||
      !std::isfinite(is))
    return fault("a number out of range");
  return std::nullopt;
}

std::optional<Fault> check_object(const Node& node,
                                  const JsonValue& value,
                                  const IsAbsent& absent) {
  if (!value.IsObject()) return fault("expected an object");
  for (const auto& [key, one] : value.GetObject()) {
    const Node* property = node.property(text(key));
    if (property == nullptr) return below(fault("there is no such field"), text(key));
    if (auto found = Checker::check(*property, one, nullptr))
      return below(std::move(found), text(key));
  }
  for (const Node::Property& property : node.properties) {
    if (!property.required || member(value, property.name) != nullptr) continue;
    if (absent && absent(property.name)) continue;
    return below(fault("a required field is missing"), property.name);
  }
  for (const auto& [one, other] : node.dependencies)
    if (member(value, one) != nullptr && member(value, other) == nullptr)
      return below(fault("this needs " + other + " beside it"), one);
  return std::nullopt;
}

}  // namespace

const Node* Node::property(std::string_view name) const {
  for (const Property& one : properties)
    if (one.name == name) return one.node;
  return nullptr;
}

base::Result<Checker, base::Errors> Checker::compile(const model::Schema& schema) {
  return CheckerBuilder(schema).build();
}

const Node* Checker::find(std::string_view entity) const {
  const auto found = entities_.find(entity);
  return found == entities_.end() ? nullptr : found->second;
}

std::optional<Fault> Checker::check(const Node& node,
                                    const JsonValue& value,
                                    const IsAbsent& is_absent) {
  switch (node.kind) {
    case Node::Kind::object:
      return check_object(node, value, is_absent);
    case Node::Kind::array: {
      if (!value.IsArray()) return fault("expected a list");
      if (value.Size() < node.items_min || value.Size() > node.items_max)
        return fault("a list of " + std::to_string(value.Size()) + " items, out of bounds");
      for (rapidjson::SizeType i = 0; i < value.Size(); ++i)
        if (auto found = check(*node.items, value[i], nullptr))
          return below(std::move(found), std::to_string(i));
      return std::nullopt;
    }
    case Node::Kind::text:
      return check_text(node, value);
    case Node::Kind::integer:
    case Node::Kind::number:
      return check_number(node, value);
    case Node::Kind::boolean:
      return value.IsBool() ? std::nullopt : fault("expected true or false");
    case Node::Kind::any_of:
      for (const Node* one : node.any_of)
        if (!check(*one, value, nullptr)) return std::nullopt;
      return fault("none of the shapes that may stand here");
  }
  return fault("no kind");
}

}  // namespace concord::translate
