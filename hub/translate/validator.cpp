#include <map>

#include "hub/base/valijson.hpp"
#include "hub/translate/tools.hpp"

namespace concord::translate {

struct SchemaValidator::Parts {
  std::map<std::string, base::Json> files;
  std::map<std::string, std::unique_ptr<valijson::Schema>> schemas;
};

SchemaValidator::SchemaValidator(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SchemaValidator::~SchemaValidator() = default;
SchemaValidator::SchemaValidator(SchemaValidator&&) noexcept = default;

base::Result<SchemaValidator, base::Errors> SchemaValidator::compile(const model::Schema& schema) {
  auto parts = std::make_unique<Parts>();
  base::Errors errors;
  const auto load = [&](const std::string& name, const std::string& text) {
    auto file = base::read_json(text, name);
    if (file)
      parts->files[name] = std::move(*file);
    else
      errors.push_back(std::move(file).error());
  };
  load("types.json", schema.types_json());
  load("codes.json", schema.codes_json());
  for (const model::EntitySchema& entity : schema.entities()) load(entity.name, entity.json);
  if (!errors.empty()) return errors;
  const auto fetch = [&](const std::string& uri) -> const rapidjson::Document* {
    const auto found = parts->files.find(uri.substr(uri.rfind('/') + 1));
    return found == parts->files.end() ? nullptr : &found->second;
  };
  const auto release = [](const rapidjson::Document*) {};
  for (const model::EntitySchema& entity : schema.entities()) {
    auto compiled = std::make_unique<valijson::Schema>();
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const valijson::adapters::RapidJsonAdapter adapter(parts->files.at(entity.name));
    try {
      parser.populateSchema(adapter, *compiled, fetch, release);
      parts->schemas[entity.name] = std::move(compiled);
    } catch (const std::exception& e) {
      errors.push_back(base::config_error(
          "SCHEMA", entity.name, e.what(), "correct the file in mappings/schema"));
    }
  }
  if (!errors.empty()) return errors;
  return SchemaValidator(std::move(parts));
}

std::vector<std::string> SchemaValidator::validate(const std::string& entity,
                                                   const base::JsonValue& body) const {
  std::vector<std::string> faults;
  const auto found = parts_->schemas.find(entity);
  if (found == parts_->schemas.end()) return {"there is no entity " + entity};
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::RapidJsonAdapter adapter(body);
  if (validator.validate(*found->second, adapter, &results)) return {};
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::string place;
    for (const std::string& step : error.context) place += step;
    faults.push_back(place + ": " + error.description);
  }
  return faults;
}

}  // namespace concord::translate
