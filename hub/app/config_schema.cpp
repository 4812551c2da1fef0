#include "hub/app/config_schema.hpp"

#include <algorithm>
#include <stdexcept>

#include "hub/app/schema_walk.hpp"
#include "hub/app/substitute.hpp"
#include "hub/base/nearest.hpp"
#include "hub/base/valijson.hpp"

namespace concord::app {
namespace {

using base::Yaml;
using Path = std::vector<std::string>;

std::string dotted(const Path& path) {
  std::string text = "config";
  for (const std::string& name : path) text += "." + name;
  return text;
}

class Checker {
 public:
  Checker(const Yaml& config, const base::Json& schema, std::string file, base::Errors& errors)
      : config_(config), schema_(schema), walk_(schema), file_(std::move(file)), errors_(errors) {}

  void check() {
    keys(config_, walk_.at({}), {});
    rest();
  }

 private:
  void complain(
      const char* code, size_t line, const Path& path, std::string cause, std::string next) {
    errors_.push_back(base::config_error(code,
                                         file_ + ":" + std::to_string(line),
                                         dotted(path) + ": " + std::move(cause),
                                         std::move(next)));
  }

  // Unknown keys, and secrets that are written out.
  void keys(const Yaml& yaml, const base::JsonValue* schema, const Path& path) {
    if (schema == nullptr) return;
    const base::JsonValue* secret = base::member(*schema, "x-secret");
    if (secret != nullptr && secret->IsTrue() && yaml.kind == Yaml::Kind::scalar &&
        !is_secret_reference(yaml.scalar))
      complain(
          "SECRET_WRITTEN_OUT",
          yaml.line,
          path,
          "a secret must not stand here",
          "put it into a file and write ${file:PATH} or ${credential:NAME}; change the secret, "
          "if this file was shared");
    for (const Yaml& item : yaml.list) keys(item, walk_.below(schema, "0"), path);
    if (yaml.kind != Yaml::Kind::map) return;
    const Members members = members_of(*schema);
    for (size_t i = 0; i < yaml.map.size(); ++i) {
      const auto& [name, value] = yaml.map[i];
      Path inner = path;
      inner.push_back(name);
      const bool known =
          std::find(members.names.begin(), members.names.end(), name) != members.names.end();
      if (members.closed && !known) {
        unknown_.push_back(path);
        complain("CONFIG_UNKNOWN_KEY",
                 yaml.key_lines[i],
                 path,
                 "the connector has no key \"" + name + "\"",
                 base::advice(name, members.names));
        continue;
      }
      keys(value, walk_.below(schema, name), inner);
    }
  }

  // Everything else that the schema says.
  void rest() {
    const std::string text = base::to_json(config_);
    auto config = base::read_json(text, file_);
    if (!config) {
      errors_.push_back(std::move(config).error());
      return;
    }
    valijson::Schema compiled;
    valijson::ValidationResults results;
    try {
      valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
      parser.populateSchema(valijson::adapters::RapidJsonAdapter(schema_), compiled);
      valijson::Validator validator(valijson::Validator::kStrongTypes);
      if (validator.validate(compiled, valijson::adapters::RapidJsonAdapter(*config), &results))
        return;
    } catch (const std::exception& fault) {
      errors_.push_back(
          base::config_error("MANIFEST_INVALID",
                             file_,
                             std::string("the connector's config schema: ") + fault.what(),
                             "install the connector again from its package"));
      return;
    }
    tell(results);
  }

  struct Told {
    Path path;
    std::string description;
  };

  void tell(const valijson::ValidationResults& results) {
    std::vector<Told> all;
    for (const auto& error : results) {
      Told told{{}, error.description};
      for (const std::string& part : error.context)  // "<root>", "[rest]", "[url]"
        if (part.size() > 2 && part.front() == '[')
          told.path.push_back(part.substr(1, part.size() - 2));
      all.push_back(std::move(told));
    }
    std::vector<Path> done = unknown_;
    for (const Told& told : all) {
      // That a part failed follows from what failed in it.
      const bool follows = std::any_of(all.begin(), all.end(), [&](const Told& other) {
        return other.path.size() > told.path.size() &&
               std::equal(told.path.begin(), told.path.end(), other.path.begin());
      });
      if (follows || std::find(done.begin(), done.end(), told.path) != done.end()) continue;
      done.push_back(told.path);
      one(told);
    }
  }

  void one(const Told& told) {
    const Yaml* yaml = &config_;
    for (const std::string& name : told.path) {
      const Yaml* inner = yaml->kind == Yaml::Kind::map ? yaml->find(name) : nullptr;
      if (yaml->kind == Yaml::Kind::list &&
          name.find_first_not_of("0123456789") == std::string::npos) {
        const size_t at = std::stoul(name);
        inner = at < yaml->list.size() ? &yaml->list[at] : nullptr;
      }
      if (inner == nullptr) break;
      yaml = inner;
    }
    const base::JsonValue* schema = walk_.at(told.path);
    const std::string expected = schema == nullptr ? "" : expectation(*schema);
    std::string cause = told.description;
    std::string next = "see the connector's manifest";
    const auto choices = schema == nullptr ? Path{} : needed_by(*schema);
    const bool none = yaml->kind == Yaml::Kind::map && !choices.empty() &&
                      std::none_of(choices.begin(), choices.end(), [&](const std::string& key) {
                        return yaml->find(key) != nullptr;
                      });
    if (none) {
      cause = "one of these keys is needed:";
      for (const std::string& key : choices) cause += " " + key;
      next = "add one";
    } else if (cause.starts_with("Missing required property")) {
      const size_t quote = cause.find('\'');
      cause =
          "the key \"" + cause.substr(quote + 1, cause.rfind('\'') - quote - 1) + "\" is missing";
      next = "add it";
    } else if (yaml->kind == Yaml::Kind::scalar && !expected.empty()) {
      cause = "expected " + expected;
      if (base::text_of(*schema, "type") == "string" && !yaml->quoted)
        next = "mend it; a number that is meant as a text stands in quotes";
    }
    complain("CONFIG_VALUE", yaml->line, told.path, std::move(cause), std::move(next));
  }

  // The keys of which any one will do.
  static Path needed_by(const base::JsonValue& schema) {
    Path keys;
    const base::JsonValue* any = base::member(schema, "anyOf");
    if (any == nullptr || !any->IsArray()) return keys;
    for (const auto& choice : any->GetArray())
      if (const base::JsonValue* required = base::member(choice, "required"))
        for (const auto& name : required->GetArray()) keys.emplace_back(base::text(name));
    return keys;
  }

  const Yaml& config_;
  const base::Json& schema_;
  SchemaWalk walk_;
  std::string file_;
  base::Errors& errors_;
  std::vector<Path> unknown_;  // where unknown keys were told
};

}  // namespace

void check_config(const Yaml& config,
                  const std::string& schema_json,
                  const std::string& file,
                  base::Errors& errors) {
  auto schema = base::read_json(schema_json, file);
  if (!schema) {
    errors.push_back(std::move(schema).error());
    return;
  }
  Checker(config, *schema, file, errors).check();
}

}  // namespace concord::app
