#include <algorithm>
#include <set>

#include "hub/app/policy.hpp"
#include "hub/base/nearest.hpp"
#include "hub/base/yaml.hpp"

namespace concord::app {
namespace {

struct Known {
  // Those whose data is labelled by default, or who run the coalition.
  std::set<std::string> words = {"child_abuse_authority",
                                 "coalition",
                                 "court",
                                 "covered_entity",
                                 "cwa",
                                 "juvenile_court",
                                 "law_enforcement",
                                 "medicaid_agency",
                                 "part2_program",
                                 "probation",
                                 "prosecutor",
                                 "school",
                                 "treating_provider",
                                 "vsp"};
  std::set<std::string> beginnings;  // of patterns: "legislat*"

  void add(const std::vector<decide::Condition>& conditions) {
    for (const decide::Condition& condition : conditions)
      if (condition.test == decide::Test::recipient_capacity ||
          condition.test == decide::Test::source_capacity)
        for (const std::string& word : condition.arguments)
          word.ends_with('*') ? beginnings.insert(word.substr(0, word.size() - 1))
                              : words.insert(word);
  }
  [[nodiscard]] bool has(const std::string& capacity) const {
    return words.contains(capacity) ||
           std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& beginning) {
             return capacity.starts_with(beginning);
           });
  }
};

// Where the agency's capacities stand.
std::string place_of(const base::Result<base::Yaml>& yaml,
                     const std::string& file,
                     const std::string& agency) {
  const base::Yaml* agencies = yaml ? yaml->find("agencies") : nullptr;
  if (agencies != nullptr)
    for (const base::Yaml& item : agencies->list)
      if (item.text("id") == agency)
        for (size_t i = 0; i < item.map.size(); ++i)
          if (item.map[i].first == "capacities")
            return file + ":" + std::to_string(item.key_lines[i]);
  return file;
}

}  // namespace

base::Errors check_capacities(const model::Coalition& coalition,
                              const std::vector<decide::RulePack>& packs) {
  Known known;
  for (const decide::RulePack& pack : packs)
    for (const decide::Rule& rule : pack.rules)
      for (const auto* conditions : {&rule.when, &rule.needs, &rule.unless}) known.add(*conditions);
  const std::vector<std::string> words(known.words.begin(), known.words.end());
  const std::string file = coalition.folder + "/agencies.yaml";
  const auto yaml = base::read_yaml_file(file);
  base::Errors errors;
  for (const model::Agency& agency : coalition.agencies)
    for (const std::string& capacity : agency.capacities)
      if (!known.has(capacity))
        errors.push_back(base::config_error(
            "CAPACITY_UNKNOWN",
            place_of(yaml, file, agency.id.value),
            "agency " + agency.id.value + ": no rule knows the capacity \"" + capacity + "\"",
            base::advice(capacity, words)));
  return errors;
}

}  // namespace concord::app
