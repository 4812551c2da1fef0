#include "hub/kit/plan.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "hub/base/files.hpp"
#include "hub/base/json.hpp"

namespace concord::kit {
namespace {

using base::Yaml;

constexpr size_t kReadyMax = 1u << 20;

base::Error fault(const std::string& place, std::string cause, std::string next) {
  return base::config_error("TEST_CONFIG", place, std::move(cause), std::move(next));
}

// Laid over: maps are merged, all else replaced.
Yaml over(Yaml below, const Yaml& above) {
  if (below.kind != Yaml::Kind::map || above.kind != Yaml::Kind::map) return above;
  for (const auto& [name, value] : above.map) {
    const auto at =
        std::find_if(below.map.begin(), below.map.end(), [&wanted = name](const auto& item) {
          return item.first == wanted;
        });
    if (at == below.map.end()) {
      below.map.emplace_back(name, value);
      below.key_lines.push_back(value.line);
    } else {
      at->second = over(at->second, value);
    }
  }
  return below;
}

class Reading {
 public:
  Reading(const std::string& path, const Yaml& root) : path_(path), root_(root) {}

  void read(Plan& plan, base::Errors& errors) {
    errors_ = &errors;
    for (size_t i = 0; i < root_.map.size(); ++i) {
      const auto& [key, value] = root_.map[i];
      if (!section(plan, key, value))
        complain(root_.key_lines[i],
                 "there is no key \"" + key + "\"",
                 "use one of settings, wrong_credentials, system, commands, writes, refused, "
                 "types, leave_out");
    }
    if (plan.settings.kind != Yaml::Kind::map)
      complain(1, "settings are missing", "write them as under config in systems/*.yaml");
  }

 private:
  void complain(size_t line, std::string cause, std::string next) {
    errors_->push_back(
        fault(path_ + ":" + std::to_string(line), std::move(cause), std::move(next)));
  }
  bool section(Plan& plan, const std::string& key, const Yaml& value) {
    if (key == "settings") {
      plan.settings = value;
    } else if (key == "wrong_credentials") {
      plan.wrong_credentials = value;
      plan.has_wrong_credentials = true;
    } else if (key == "system") {
      plan.start = value.text("start");
      plan.ready = value.text("ready");
      if (plan.start.empty())
        complain(value.line,
                 "system has no start",
                 "say the command that starts a sample of the system");
    } else if (key == "commands") {
      commands(plan, value);
    } else if (key == "writes") {
      plan.writes = value.list;
    } else if (key == "refused") {
      plan.refused = value;
      plan.has_refused = true;
    } else if (key == "types") {
      for (const Yaml& type : value.list) plan.types.push_back(type.scalar);
    } else if (key == "leave_out") {
      for (const auto& [check, why] : value.map) plan.leave_out[check] = why.scalar;
    } else {
      return false;
    }
    return true;
  }
  void commands(Plan& plan, const Yaml& value) {
    for (size_t i = 0; i < value.map.size(); ++i) {
      const auto& [name, command] = value.map[i];
      if (!known_commands().contains(name))
        complain(value.key_lines[i],
                 "no check asks for a command \"" + name + "\"",
                 "see concord connector test --list");
      plan.commands[name] = command.scalar;
    }
  }
  const std::string& path_;
  const Yaml& root_;
  base::Errors* errors_ = nullptr;
};

// What ${name} stands for; nothing where it stands for nothing.
std::optional<std::string> meaning(const std::string& name, const Words& words) {
  if (name.starts_with("env:")) {
    const size_t split = name.find(":-");
    const std::string variable = name.substr(4, split == std::string::npos ? split : split - 4);
    if (const char* value = std::getenv(variable.c_str())) return value;
    if (split == std::string::npos) return std::nullopt;
    return name.substr(split + 2);
  }
  if (name.starts_with("ready:")) {
    const auto file = words.find("ready file");
    if (file == words.end()) return std::nullopt;
    auto text = base::read_file(file->second, kReadyMax);
    if (!text) return std::nullopt;
    auto json = base::read_json(*text, file->second);
    if (!json) return std::nullopt;
    const base::JsonValue* at = &*json;
    std::string path = name.substr(6);
    while (at != nullptr && !path.empty()) {
      const size_t dot = std::min(path.find('.'), path.size());
      at = base::member(*at, path.substr(0, dot));
      path.erase(0, dot + 1);
    }
    if (at == nullptr) return std::nullopt;
    return at->IsString() ? std::string(base::text(*at)) : base::write_json(*at);
  }
  const auto found = words.find(name);
  if (found == words.end()) return std::nullopt;
  return found->second;
}

}  // namespace

const std::map<std::string, std::string>& known_commands() {
  static const std::map<std::string, std::string> commands{
      {"keys", "prints the key of each ${type} that can be read, a line each"},
      {"change", "changes a record; prints its type and key"},
      {"delete", "deletes a record; prints its type and key"},
      {"add_large", "adds a record of about ${bytes} bytes; prints its type and key"},
      {"add_invalid_utf8", "adds a record with bytes that are not UTF-8"},
      {"add_malformed", "adds something that is no record, where records are read"},
      {"add_empty_and_absent",
       "adds two records; prints their type, the key of that in which a member is empty, of that "
       "in "
       "which it is absent, and the member"},
      {"add_same_instant",
       "adds two records changed at one instant, told in two time zones; prints their type and "
       "keys"},
      {"holds", "prints type, key and version of each document that was written, a line each"},
      {"effects", "prints how many writes had an effect"},
      {"shown", "prints all that was written, with what stands beside it"},
      {"fail_retry", "from now on fails in a way that passes"},
      {"fail_rate_limited", "from now on asks to come again later; the kit expects 7 seconds"},
      {"fail_auth", "from now on refuses the credentials"},
      {"fail_config", "from now on fails in a way that only other settings mend"},
      {"hang", "from now on takes requests and does not answer"},
      {"heal", "ends what fail_… and hang began"},
      {"push", "sends an event; exits with 0 once the connector has acknowledged it, else with 1"},
  };
  return commands;
}

base::Result<Plan, base::Errors> read_plan(const std::string& path) {
  auto root = base::read_yaml_file(path);
  if (!root) return base::Errors{std::move(root).error()};
  Plan plan;
  std::error_code ignored;
  plan.here = std::filesystem::absolute(path, ignored).lexically_normal().parent_path().string();
  base::Errors errors;
  if (root->kind != Yaml::Kind::map)
    errors.push_back(fault(path, "no keys are in it", "begin with settings:"));
  else
    Reading(path, *root).read(plan, errors);
  if (!errors.empty()) return errors;
  return plan;
}

base::Result<std::string> filled(const std::string& text, const Words& words) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find("${", at);
    const size_t end = begin == std::string::npos ? begin : text.find('}', begin);
    if (end == std::string::npos) return out + text.substr(at);
    out += text.substr(at, begin - at);
    const std::string name = text.substr(begin + 2, end - begin - 2);
    const auto value = meaning(name, words);
    if (!value)
      return fault("test.yaml",
                   "${" + name + "} stands for nothing here",
                   "see concord connector test --list");
    out += *value;
    at = end + 1;
  }
  return out;
}

base::Result<Yaml> filled(const Yaml& yaml, const Words& words) {
  Yaml out = yaml;
  if (yaml.kind == Yaml::Kind::scalar) {
    auto text = filled(yaml.scalar, words);
    if (!text) return std::move(text).error();
    out.scalar = std::move(*text);
  }
  for (Yaml& item : out.list) {
    auto inner = filled(item, words);
    if (!inner) return inner;
    item = std::move(*inner);
  }
  for (auto& [name, value] : out.map) {
    auto inner = filled(value, words);
    if (!inner) return inner;
    value = std::move(*inner);
  }
  return out;
}

base::Result<std::string> settings_json(const Plan& plan, const Words& words) {
  auto yaml = filled(plan.settings, words);
  if (!yaml) return std::move(yaml).error();
  return base::to_json(*yaml);
}

base::Result<std::string> wrong_settings_json(const Plan& plan, const Words& words) {
  auto yaml = filled(over(plan.settings, plan.wrong_credentials), words);
  if (!yaml) return std::move(yaml).error();
  return base::to_json(*yaml);
}

base::Result<Document> document_of(const Yaml& yaml, const Words& words) {
  auto given = filled(yaml, words);
  if (!given) return std::move(given).error();
  Document document{given->text("type"), given->text("key"), given->text("subject"), "{}"};
  if (const Yaml* body = given->find("body")) document.body = base::to_json(*body);
  if (document.type.empty())
    return fault("test.yaml:" + std::to_string(yaml.line),
                 "a document without type",
                 "name it as describe() does");
  return document;
}

}  // namespace concord::kit
