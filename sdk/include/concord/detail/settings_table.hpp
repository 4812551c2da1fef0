// What a declared setting is called and may be, in the words of a JSON Schema and of a table.
#pragma once

#include <concord/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace concord::sdk::detail {

struct FieldWords {
  std::string name, says, type;  // type: as JSON Schema calls it
  bool required = false;
  bool secret = false;
  std::string pattern = {}, example = {}, access = {};
  std::vector<std::string> words = {};  // that a choice allows
  std::optional<int64_t> least = {}, most = {};

  void write_type(JsonWriter& to) const {
    to.field("type", type);
    if (type == "array") to.key("items").object().field("type", "string").end();
    if (!words.empty()) {
      to.key("enum").array();
      for (const std::string& word : words) to.value(word);
      to.end_array();
    }
    if (least) to.field("minimum", *least).field("maximum", *most);
    if (type == "string" && required && words.empty()) to.field("minLength", 1);
    if (!pattern.empty()) to.field("pattern", pattern);
    if (secret) to.field("x-secret", true);
    if (!access.empty()) to.field("x-access", access);
    if (!example.empty()) to.key("examples").array().value(example).end_array();
  }
};

inline const std::string kSettingsTableHead =
    "| setting | is | default | meaning |\n|---|---|---|---|\n";

// shown: the default as JSON, or empty.
inline std::string settings_row(const std::string& name,
                                const FieldWords& field,
                                const std::string& shown) {
  std::string is = field.type == "string" ? "text"
                   : field.type == "integer"
                       ? std::to_string(*field.least) + " to " + std::to_string(*field.most)
                   : field.type == "boolean" ? "true or false"
                   : field.type == "array"   ? "list of texts"
                                             : "settings within";
  if (!field.words.empty()) {
    is.clear();
    for (const std::string& word : field.words) is += (is.empty() ? "" : ", ") + word;
  }
  if (field.secret) is = "secret, by reference";
  const std::string otherwise = field.required ? "must be set" : shown.empty() ? "none" : shown;
  const std::string example = field.example.empty() ? "" : " Example: `" + field.example + "`";
  return "| `" + name + "` | " + is + " | " + otherwise + " | " + field.says + example + " |\n";
}

}  // namespace concord::sdk::detail
