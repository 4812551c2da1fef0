// What the author says in test.yaml: the settings to try the connector with, how to start a sample
// of its system, and how to make that system do what a check needs.
//
//   settings: {…}             as under config in systems/*.yaml
//   wrong_credentials: {…}    laid over the settings: what the system must refuse
//   system: {start: COMMAND, ready: FILE}
//   commands: {change: COMMAND, …}
//   writes: [{type, key, subject, body}]      documents to write; else describe's samples
//   refused: {type, subject, body}            a document that the system refuses
//   types: [person]           read no others
//   leave_out: {check: why}   checks that this connector cannot pass, each with the reason
//
// In all texts: ${port} (and ${port2}, …) free ports, ${folder} the check's own empty folder,
// ${here} test.yaml's folder, ${env:NAME:-otherwise}, ${ready:a.b} a member of the ready file,
// which is JSON; in commands also what the check asks for, as ${type} and ${bytes}.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/base/yaml.hpp"

namespace concord::kit {

using Words = std::map<std::string, std::string>;  // what ${name} stands for

struct Document {
  std::string type, key, subject, body;
};

struct Plan {
  std::string here;  // absolute
  base::Yaml settings, wrong_credentials;
  bool has_wrong_credentials = false;
  std::string start, ready;
  std::map<std::string, std::string> commands;
  std::vector<base::Yaml> writes;
  base::Yaml refused;
  bool has_refused = false;
  std::vector<std::string> types;
  std::map<std::string, std::string> leave_out;
  [[nodiscard]] bool can(const std::string& command) const { return commands.contains(command); }
};

// Every fault of the file.
base::Result<Plan, base::Errors> read_plan(const std::string& path);

// The text with its ${…} replaced; an error where one stands for nothing.
base::Result<std::string> filled(const std::string& text, const Words& words);
base::Result<base::Yaml> filled(const base::Yaml& yaml, const Words& words);
// settings as the hub would hand them over: JSON.
base::Result<std::string> settings_json(const Plan& plan, const Words& words);
base::Result<std::string> wrong_settings_json(const Plan& plan, const Words& words);
base::Result<Document> document_of(const base::Yaml& yaml, const Words& words);

// The commands that checks may ask for, each with what it must do and print.
const std::map<std::string, std::string>& known_commands();

}  // namespace concord::kit
