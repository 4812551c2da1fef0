#include "hub/model/schema.hpp"

#include "hub/base/files.hpp"
#include "hub/base/json.hpp"

namespace concord::model {
namespace {

using base::JsonValue;
using base::member;
using base::text_of;

constexpr size_t kBytesMax = 4u << 20;
constexpr std::string_view kTypes = "types.json", kCodes = "codes.json",
                           kEnvelope = "envelope.json";

base::Error fault(std::string place, std::string cause, std::string next) {
  return base::config_error("SCHEMA", std::move(place), std::move(cause), std::move(next));
}

// "types.json#/definitions/pdate" gives "pdate".
std::string_view last_part(std::string_view ref) {
  return ref.substr(ref.rfind('/') + 1);
}

// Reads one entity's file into fields; every fault with the field's place.
class Reader {
 public:
  Reader(std::string place, const JsonValue& file, base::Errors& errors)
      : place_(std::move(place)), errors_(errors) {
    out_.name = text_of(file, "title");
    if (out_.name.empty()) say("title", "the entity has no name", "give its name as title");
    if (const JsonValue* about = member(file, "x-about-person");
        about != nullptr && about->IsBool())
      out_.about_person = about->GetBool();
    const LabelSet all = labels(file, "");
    read_properties(file, "", all);
  }
  EntitySchema out_;

 private:
  void say(const std::string& field, std::string cause, std::string next) {
    errors_.push_back(fault(place_ + " " + field, std::move(cause), std::move(next)));
  }

  LabelSet labels(const JsonValue& node, const std::string& field) {
    LabelSet set;
    const JsonValue* list = member(node, "x-labels");
    if (list == nullptr) return set;
    if (!list->IsArray()) {
      say(field + " x-labels", "expected a list of labels", "write it as [\"PHI\"]");
      return set;
    }
    for (const JsonValue& item : list->GetArray()) {
      const std::string_view name = item.IsString() ? base::text(item) : std::string_view{};
      const Label label = label_of(name);
      if (label == Label::unknown)
        say(field + " x-labels",
            "there is no label \"" + std::string(name) + "\"",
            "use one of hub/model/label.hpp");
      set.add(label);
    }
    return set;
  }

  static bool listed(const JsonValue& object, std::string_view name) {
    const JsonValue* required = member(object, "required");
    if (required == nullptr || !required->IsArray()) return false;
    for (const JsonValue& item : required->GetArray())
      if (item.IsString() && base::text(item) == name) return true;
    return false;
  }

  void read_properties(const JsonValue& object, const std::string& above, LabelSet inherited) {
    const JsonValue* properties = member(object, "properties");
    const JsonValue* additional = member(object, "additionalProperties");
    if (properties == nullptr || !properties->IsObject())
      return say(above, "there are no properties", "list the fields under properties");
    if (additional == nullptr || !additional->IsBool() || additional->GetBool())
      say(above, "unknown fields are let through", "add \"additionalProperties\": false");
    for (const auto& [key, property] : properties->GetObject()) {
      SchemaField field;
      const std::string name(base::text(key));
      field.path = above.empty() ? name : above + "." + name;
      field.required = listed(object, name);
      field.labels = inherited;
      field.labels.add(labels(property, field.path));
      const JsonValue* shape = &property;
      if (text_of(property, "type") == "array") {
        field.list = true;
        shape = member(property, "items");
        if (shape == nullptr) {
          say(field.path, "a list of nothing", "say under items what it holds");
          continue;
        }
        field.labels.add(labels(*shape, field.path));
      }
      read_shape(*shape, property, std::move(field));
    }
  }

  void read_shape(const JsonValue& shape, const JsonValue& property, SchemaField field) {
    const std::string_view ref = text_of(shape, "$ref");
    const std::string path = field.path;
    const LabelSet set = field.labels;
    if (ref.starts_with(kCodes)) {
      field.type = "code";
      field.codes = last_part(ref);
      if (text_of(property, "x-codes") != field.codes && text_of(shape, "x-codes") != field.codes)
        say(path, "x-codes differs from the code set that $ref names", "make them the same");
    } else if (ref.starts_with(kTypes)) {
      field.type = last_part(ref);
    } else if (text_of(shape, "type") == "object") {
      field.type = "struct";
      out_.fields.push_back(std::move(field));
      return read_properties(shape, path, set);
    } else {
      say(path, "its type is none of types.json", "refer to types.json#/definitions/...");
    }
    out_.fields.push_back(std::move(field));
  }

  std::string place_;
  base::Errors& errors_;
};

}  // namespace

const SchemaField* EntitySchema::find(std::string_view path) const {
  for (const SchemaField& field : fields)
    if (field.path == path) return &field;
  return nullptr;
}

base::Result<Schema, base::Errors> Schema::load(const std::string& folder) {
  Schema schema;
  base::Errors errors;
  bool types = false, codes = false;
  for (const std::string& name : base::files_below(folder, ".json")) {
    const std::string place = folder + "/" + name;
    auto text = base::read_file(place, kBytesMax);
    auto file = text ? base::read_json(*text, place) : base::Result<base::Json>(text.error());
    if (!file) {
      errors.push_back(std::move(file).error());
      continue;
    }
    if (name == kEnvelope) continue;
    if (name == kTypes) {
      types = member(*file, "definitions") != nullptr;
      schema.types_json_ = std::move(*text);
    } else if (name == kCodes) {
      const JsonValue* sets = member(*file, "definitions");
      if (sets == nullptr || !sets->IsObject()) continue;
      codes = true;
      for (const auto& [set, shape] : sets->GetObject()) {
        const JsonValue* properties = member(shape, "properties");
        const JsonValue* code = properties == nullptr ? nullptr : member(*properties, "code");
        const JsonValue* values = code == nullptr ? nullptr : member(*code, "enum");
        auto& list = schema.codes_[std::string(base::text(set))];
        if (values != nullptr && values->IsArray())
          for (const JsonValue& value : values->GetArray())
            if (value.IsString()) list.emplace_back(base::text(value));
        if (list.empty())
          errors.push_back(fault(place + " " + std::string(base::text(set)),
                                 "a code set without values",
                                 "list them under properties.code.enum"));
      }
      schema.codes_json_ = std::move(*text);
    } else {
      Reader reader(place, *file, errors);
      reader.out_.json = std::move(*text);
      if (!schema.by_name_.emplace(reader.out_.name, schema.entities_.size()).second)
        errors.push_back(fault(place, "another file describes this entity too", "remove one"));
      schema.entities_.push_back(std::move(reader.out_));
    }
  }
  if (!types || !codes)
    errors.push_back(fault(folder,
                           "types.json or codes.json is missing or has no definitions",
                           "name the folder of the shared schema, mappings/schema"));
  for (const EntitySchema& entity : schema.entities_)
    for (const SchemaField& field : entity.fields)
      if (!field.codes.empty() && codes && schema.codes(field.codes) == nullptr)
        errors.push_back(fault(entity.name + "." + field.path,
                               "there is no code set \"" + field.codes + "\"",
                               "add it to codes.json"));
  if (!errors.empty()) return errors;
  return schema;
}

const EntitySchema* Schema::find(std::string_view entity) const {
  const auto found = by_name_.find(std::string(entity));
  return found == by_name_.end() ? nullptr : &entities_[found->second];
}

const std::vector<std::string>* Schema::codes(std::string_view set) const {
  const auto found = codes_.find(std::string(set));
  return found == codes_.end() ? nullptr : &found->second;
}

}  // namespace concord::model
