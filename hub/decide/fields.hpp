// From a document to the fields that a decision speaks of.
//
// A field is named `placement.start`: the entity's name in snake case (as its schema file is
// called), a dot, and the path below the body without indexes. Its labels are those of the
// document, of its pointer, of those above and below, of the schema, and of the source agency's
// capacities (SCHEMA.md section 8). Items of a list that bear unlike labels are fields of their
// own: `person.addresses[1]`. Free text inside a code or an attachment is too:
// `charge.statute.text`. Threads: values; no shared state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/base/result.hpp"
#include "hub/model/decision.hpp"
#include "hub/model/entity.hpp"
#include "hub/model/schema.hpp"

namespace concord::decide {

// "WelfareCase" → "welfare_case"
std::string entity_word(std::string_view type);

// What an agency's capacity alone says of all it sends, and of one entity of it.
model::LabelSet capacity_labels(std::span<const std::string> capacities, std::string_view entity);

// One value of a document that is released or withheld as a whole.
struct Leaf {
  std::string path;                 // the field's name in the decision
  std::vector<std::string> tokens;  // where it is in the body; indexes as "#1"
  const base::JsonValue* value = nullptr;
  std::string type;                  // data type of the schema
  std::vector<std::string> without;  // members of value that are leaves of their own
  model::LabelSet labels;
};

struct EntityFields {
  base::Json body;
  std::vector<Leaf> leaves;                  // in the document's order; they point into body
  std::vector<model::DecisionField> fields;  // one for each name, for DecisionInput.fields

  // Leaves out what no pattern names: "placement.start", "placement", "*.start". No pattern: all.
  void keep_only(std::span<const std::string> patterns);
};

// The error is of a body that is no JSON object.
base::Result<EntityFields> fields_of(const model::Entity& entity,
                                     const model::Schema& schema,
                                     std::span<const std::string> source_capacities);

}  // namespace concord::decide
