// Finds and reads rule packs: every fault of every file at once.
#include <filesystem>

#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/decide/pack_reader.hpp"
#include "hub/decide/rules.hpp"

namespace concord::decide {
namespace {

using base::Errors;
using base::Result;
using base::Yaml;

constexpr size_t kBytesMax = 4u << 20;

bool is_jurisdiction(std::string_view text) {
  return text == "US" || (text.size() == 5 && text.starts_with("US-") && text[3] >= 'A' &&
                          text[3] <= 'Z' && text[4] >= 'A' && text[4] <= 'Z');
}

RulePack read_tree(const Yaml& yaml, const std::string& file, Errors& errors) {
  RulePack pack;
  PackReader reader(file, errors);
  reader.only(yaml,
              {"pack",
               "title",
               "jurisdiction",
               "reviewer",
               "reviewed",
               "overlay",
               "cases",
               "forms",
               "notices",
               "rules"});
  if (yaml.kind != Yaml::Kind::map) return pack;
  pack.place = file;
  pack.id = reader.need_text(yaml, "pack");
  pack.title = reader.need_text(yaml, "title");
  pack.reviewer = yaml.text("reviewer");
  pack.jurisdiction = yaml.text("jurisdiction", "US");
  pack.overlay = yaml.text("overlay", "false") == "true";
  if (!is_jurisdiction(pack.jurisdiction))
    reader.fault("POLICY_JURISDICTION",
                 yaml.find("jurisdiction")->line,
                 "\"" + pack.jurisdiction + "\" is no jurisdiction",
                 "write US, or US- and the state's two letters");
  if (const Yaml* forms = yaml.find("forms"))
    for (const Yaml& form : forms->list) pack.forms.push_back(reader.read_form(form));
  if (const Yaml* notices = yaml.find("notices"))
    for (const Yaml& notice : notices->list) pack.notices.push_back(reader.read_notice(notice));
  const Yaml* rules = yaml.find("rules");
  if (rules == nullptr || rules->list.empty()) {
    reader.fault("POLICY_MISSING", yaml.line, "the pack has no rules", "add rules:");
    return pack;
  }
  for (const Yaml& rule : rules->list) pack.rules.push_back(reader.read_rule(rule));
  for (size_t i = 0; i < pack.rules.size(); ++i) {
    Rule& rule = pack.rules[i];
    if (rule.reviewer.empty()) rule.reviewer = pack.reviewer;
    if (rule.reviewed && rule.reviewer.empty())
      reader.fault("POLICY_MISSING",
                   rules->list[i].line,
                   "rule \"" + rule.id + "\" is reviewed by nobody",
                   "name a reviewer of the rule or of the pack, or say reviewed: false");
  }
  return pack;
}

void read_cases(const Yaml& yaml, const std::string& file, RulePack& pack, Errors& errors) {
  const Yaml* named = yaml.find("cases");
  if (named == nullptr) return;
  const std::string path =
      (std::filesystem::path(file).parent_path() / named->scalar).lexically_normal().string();
  auto text = base::read_file(path, kBytesMax);
  if (!text) {
    errors.push_back(std::move(text).error());
    return;
  }
  std::string_view rest = *text;
  for (size_t line = 1; !rest.empty(); ++line) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0)
      pack.cases.push_back({std::string(rest.substr(0, end)), path + ":" + std::to_string(line)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

Result<RulePack, Errors> read_pack(std::string_view text, const std::string& place) {
  auto yaml = base::read_yaml(text, place);
  if (!yaml) return Errors{std::move(yaml).error()};
  Errors errors;
  RulePack pack = read_tree(*yaml, place, errors);
  pack.digest = base::sha256_hex(text);
  if (!errors.empty()) return errors;
  return pack;
}

Result<std::vector<RulePack>, Errors> load_packs(std::span<const std::string> folders) {
  Errors errors;
  std::vector<RulePack> packs;
  for (const std::string& folder : folders) {
    const auto files = base::files_below(folder, ".yaml");
    if (files.empty())
      errors.push_back(base::config_error("POLICY_EMPTY",
                                          folder,
                                          "there is no rule pack (*.yaml) below this folder",
                                          "name a folder with packs, such as mappings/policy"));
    for (const std::string& file : files) {
      const std::string path = folder + "/" + file;
      auto text = base::read_file(path, kBytesMax);
      if (!text) {
        errors.push_back(std::move(text).error());
        continue;
      }
      auto yaml = base::read_yaml(*text, path);
      if (!yaml) {
        errors.push_back(std::move(yaml).error());
        continue;
      }
      RulePack pack = read_tree(*yaml, path, errors);
      pack.digest = base::sha256_hex(*text);
      read_cases(*yaml, path, pack, errors);
      packs.push_back(std::move(pack));
    }
  }
  if (!errors.empty()) return errors;
  return packs;
}

}  // namespace concord::decide
