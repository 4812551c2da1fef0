// The shared schema as the hub uses it: entities, their fields, and the labels that these carry.
// Read once from mappings/schema/*.json (JSON Schema draft-07 with x-labels, x-codes ...).
// Threads: immutable after load.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/model/label.hpp"

namespace concord::model {

struct SchemaField {
  std::string path;  // below the body, dots between, no indexes: "start", "allegations.kind"
  std::string type;  // a definition of types.json: pdate, instant, when, period, name, code, ident,
                     // flag, text, integer ...; "struct": see the fields below it
  bool list = false;
  bool required = false;
  LabelSet labels;    // added by the schema: of the entity and of this field
  std::string codes;  // own code set ("sex"), or empty
};

struct EntitySchema {
  std::string name;  // "Placement"
  bool about_person = true;
  std::vector<SchemaField> fields;
  std::string json;  // the file's text, for a validator
  [[nodiscard]] const SchemaField* find(std::string_view path) const;
};

class Schema {
 public:
  // Every fault of every file, with place. folder: mappings/schema.
  static base::Result<Schema, base::Errors> load(const std::string& folder);
  [[nodiscard]] const EntitySchema* find(std::string_view entity) const;
  [[nodiscard]] const std::vector<EntitySchema>& entities() const { return entities_; }
  // Values of an own code set, or nullptr.
  [[nodiscard]] const std::vector<std::string>* codes(std::string_view set) const;
  // types.json's text, which the entities refer to.
  [[nodiscard]] const std::string& types_json() const { return types_json_; }
  // codes.json's text: the own code sets, which the entities refer to.
  [[nodiscard]] const std::string& codes_json() const { return codes_json_; }

 private:
  std::vector<EntitySchema> entities_;
  std::unordered_map<std::string, size_t> by_name_;
  std::unordered_map<std::string, std::vector<std::string>> codes_;
  std::string types_json_, codes_json_;
};

}  // namespace concord::model
