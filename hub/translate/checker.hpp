// The shared schema compiled into a tree: tells what a mapping may write where, and checks every
// body that a mapping made. What it accepts, a JSON Schema validator accepts (a test compares them
// with valijson, which is too slow for each record).
//
// Understands what the schema's files use: type, properties, required, additionalProperties false,
// items, min/maxItems, enum, const, pattern, min/maxLength, minimum, maximum, dependencies, anyOf,
// $ref. Anything else in a file is a fault at load.
// Threads: immutable after compile.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/json.hpp"
#include "hub/model/schema.hpp"

namespace concord::translate {

struct Node {
  enum class Kind { object, array, text, integer, number, boolean, any_of } kind = Kind::object;
  std::string type;   // definition of types.json, or "code" for one of codes.json; "" elsewhere
  std::string codes;  // own code set, or ""
  bool about_person = true;  // of an entity's body
  struct Property {
    std::string name;
    const Node* node = nullptr;
    bool required = false;
  };
  std::vector<Property> properties;                               // object
  std::vector<std::pair<std::string, std::string>> dependencies;  // the first needs the second
  const Node* items = nullptr;                                    // array
  size_t items_min = 0, items_max = SIZE_MAX;
  std::vector<std::string> values;  // text: enum or const
  bool (*matches)(std::string_view) = nullptr;
  size_t length_min = 0, length_max = SIZE_MAX;  // text, in code points
  double least = 0, most = 0;
  bool has_least = false, has_most = false;
  std::vector<const Node*> any_of;

  [[nodiscard]] const Node* property(std::string_view name) const;
};

class Checker {
 public:
  static base::Result<Checker, base::Errors> compile(const model::Schema& schema);
  // The body's node, or nullptr.
  [[nodiscard]] const Node* find(std::string_view entity) const;

  struct Fault {
    std::string pointer, cause;
  };
  // is_absent: may this required member of the body be missing?
  [[nodiscard]] static std::optional<Fault> check(
      const Node& node,
      const base::JsonValue& value,
      const std::function<bool(std::string_view)>& is_absent);

 private:
  friend class CheckerBuilder;
  std::map<std::string, const Node*, std::less<>> entities_;
  std::shared_ptr<std::vector<std::unique_ptr<Node>>> nodes_;
};

// The shapes that the schema's patterns stand for; nullptr: none of ours.
bool (*matcher_of(std::string_view pattern))(std::string_view);

}  // namespace concord::translate
