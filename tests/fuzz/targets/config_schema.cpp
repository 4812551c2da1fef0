// A system's settings against the schema that its connector's manifest gives: both from outside.
// The schema as JSON, a line "---", the settings as YAML.
#include "hub/app/config_schema.hpp"

#include "hub/runtime/access.hpp"
#include "hub/runtime/schema_shape.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

// As deep as references lead: whoever lists the keys must come to an end.
size_t keys_of(const base::JsonValue& root, const base::JsonValue& schema, size_t depth) {
  must(depth < 2000, "the keys have no end");
  const base::JsonValue* at = &schema;
  for (std::string_view ref; !(ref = base::text_of(*at, "$ref")).empty();)
    at = base::member(*base::member(root, "definitions"), ref.substr(14));
  size_t keys = 0;
  if (const base::JsonValue* properties = base::member(*at, "properties"))
    for (const auto& one : properties->GetObject())
      if (++keys < 20) keys += keys_of(root, one.value, depth + 1);
  return keys;
}

}  // namespace

void config_schema(std::string_view input) {
  const std::string text(cut_at(input, "\n---\n"));
  const auto schema = base::read_json(text, "schema");
  if (!schema || !schema->IsObject()) return;
  if (const auto fault = runtime::schema_fault(*schema)) return must(!fault->empty(), "no cause");
  if (text.size() < 2000) (void)keys_of(*schema, *schema, 0);
  const auto config = base::read_yaml(input, "x.yaml");
  if (!config) return tells_all(config.error());
  base::Errors errors;
  app::check_config(*config, text, "x.yaml", errors);
  if (!errors.empty()) tells_all(errors);
  (void)runtime::access_of(text, base::to_json(*config));
}

}  // namespace concord::fuzz
