#include "hub/kit/json_schema.hpp"

#include "hub/base/valijson.hpp"

namespace concord::kit {

std::string schema_fault(const base::JsonValue& schema) {
  try {
    valijson::Schema compiled;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::RapidJsonAdapter(schema), compiled);
    return {};
  } catch (const std::exception& fault) {
    return fault.what();
  }
}

std::vector<std::string> faults_against(const base::JsonValue& schema,
                                        const base::JsonValue& value) {
  std::vector<std::string> faults;
  try {
    valijson::Schema compiled;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::RapidJsonAdapter(schema), compiled);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(compiled, valijson::adapters::RapidJsonAdapter(value), &results))
      return {};
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      std::string place;
      for (const std::string& step : error.context) place += step;
      faults.push_back(place + ": " + error.description);
    }
  } catch (const std::exception& fault) {
    faults.emplace_back(fault.what());
  }
  return faults;
}

}  // namespace concord::kit
