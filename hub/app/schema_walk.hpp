// Finds its way in a connector's config schema: $ref, properties, items. Internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/base/yaml.hpp"

namespace concord::app {

class SchemaWalk {
 public:
  explicit SchemaWalk(const base::JsonValue& root) : root_(root) {}

  // Where $ref leads; schema itself where there is none.
  [[nodiscard]] const base::JsonValue* follow(const base::JsonValue* schema) const;
  // Of the member or item; nullptr where the schema says nothing of it.
  [[nodiscard]] const base::JsonValue* below(const base::JsonValue* schema,
                                             std::string_view name) const;
  [[nodiscard]] const base::JsonValue* at(const std::vector<std::string>& path) const;

 private:
  const base::JsonValue& root_;
};

// Members that an object may have; closed: and no others.
struct Members {
  std::vector<std::string> names;
  bool closed = false;
};
Members members_of(const base::JsonValue& schema);

// What the schema expects here, in words: "one of basic, body", "a text", "a number from 1 to 10".
std::string expectation(const base::JsonValue& schema);

}  // namespace concord::app
