// Cases are compared with decisions here: the packs' own at compile, and those of the tests.
#include <algorithm>
#include <map>
#include <set>

#include "hub/decide/case_json.hpp"

namespace concord::decide {
namespace {

using base::JsonValue;
using base::member;
using base::text;
using base::text_of;

std::string join(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  std::string out = "[";
  for (const std::string& word : words) out += (out.size() > 1 ? ", " : "") + word;
  return out + "]";
}

std::vector<std::string> texts(const JsonValue& list) {
  std::vector<std::string> out;
  if (list.IsArray())
    for (const JsonValue& item : list.GetArray())
      if (item.IsString()) out.emplace_back(text(item));
  return out;
}

std::string as_text(const std::map<std::string, std::string>& map) {
  std::vector<std::string> words;
  for (const auto& [key, value] : map) words.push_back(key + ": " + value);
  return join(words);
}

void compare_map(const JsonValue& expected,
                 const char* key,
                 const std::vector<std::pair<std::string, std::string>>& have,
                 std::string& out) {
  const JsonValue* want = member(expected, key);
  if (want == nullptr || !want->IsObject()) return;
  std::map<std::string, std::string> wanted;
  for (const auto& item : want->GetObject())
    wanted.emplace(std::string(text(item.name)), item.value.IsString() ? text(item.value) : "");
  const std::map<std::string, std::string> had(have.begin(), have.end());
  if (wanted != had)
    out += std::string(key) + " " + as_text(had) + ", expected " + as_text(wanted) + "; ";
}

void compare_contained(const JsonValue& expected,
                       const char* key,
                       const std::vector<std::string>& have,
                       std::string& out) {
  const JsonValue* want = member(expected, key);
  if (want == nullptr) return;
  for (const std::string& word : texts(*want))
    if (std::find(have.begin(), have.end(), word) == have.end())
      out += std::string(key) + " " + join(have) + " lack " + word + "; ";
}

void compare_absent(const JsonValue& expected,
                    const char* key,
                    const std::vector<std::string>& have,
                    std::string& out) {
  const JsonValue* unwanted = member(expected, key);
  if (unwanted == nullptr) return;
  for (const std::string& word : texts(*unwanted))
    if (std::find(have.begin(), have.end(), word) != have.end())
      out += std::string(key) + ": there is " + word + "; ";
}

void compare_list(const JsonValue& expected,
                  const char* key,
                  const std::vector<std::string>& have,
                  std::string& out) {
  const JsonValue* want = member(expected, key);
  if (want == nullptr || !want->IsArray()) return;
  if (join(texts(*want)) != join(have))
    out += std::string(key) + " " + join(have) + ", expected " + join(texts(*want)) + "; ";
}

void compare_text(const JsonValue& expected,
                  const char* key,
                  const std::string& have,
                  std::string& out) {
  const JsonValue* want = member(expected, key);
  if (want == nullptr || !want->IsString() || text(*want) == have) return;
  out += std::string(key) + " \"" + have + "\", expected \"" + std::string(text(*want)) + "\"; ";
}

// Which sides of which rule a pack's cases show.
using Shown = std::map<std::string, std::set<std::string>>;

void check_case(const Engine& engine, const PackCase& given, Shown& shown, base::Errors& errors) {
  auto wrong = [&](const std::string& cause) {
    errors.push_back(base::config_error("POLICY_CASE",
                                        given.place,
                                        cause,
                                        "mend the rule, or the case if it is the one that errs"));
  };
  auto json = base::read_json(given.text, given.place);
  if (!json) return void(errors.push_back(std::move(json).error()));
  auto input = read_request(*json);
  if (!input) return wrong(input.error().cause);
  const JsonValue* expected = member(*json, "expect");
  if (expected == nullptr) return wrong("the case expects nothing");
  const std::string rule(text_of(*json, "rule")), side(text_of(*json, "side"));
  if (engine.rule(rule) == nullptr) wrong("there is no rule \"" + rule + "\"");
  if (side != "permit" && side != "deny" && side != "expired")
    wrong("side is \"" + side + "\", not permit, deny or expired");
  shown[rule].insert(side);
  const model::Decision decision = engine.decide(*input);
  std::string differs = difference(*expected, decision, input->at);
  // A permit that another rule gave would prove nothing about this one.
  const Rule* meant = engine.rule(rule);
  const bool grants =
      meant != nullptr && (meant->kind == Kind::basis || meant->kind == Kind::mandate);
  if (side == "permit" && grants &&
      std::none_of(decision.grounds.begin(), decision.grounds.end(), [&](const auto& ground) {
        return ground.rule == rule;
      }))
    differs += "no field rests on the rule; ";
  if (!differs.empty()) wrong(input->id + ": " + differs.substr(0, differs.size() - 2));
}

bool ends_with_evidence(const Rule& rule) {
  return std::any_of(rule.needs.begin(), rule.needs.end(), [](const Condition& condition) {
    return condition.test == Test::consent || condition.test == Test::consent_names ||
           condition.test == Test::order || condition.test == Test::roster;
  });
}

}  // namespace

std::string difference(const JsonValue& expected,
                       const model::Decision& decision,
                       base::Instant at) {
  std::string out;
  compare_text(expected, "decision", std::string(model::name_of(decision.verdict)), out);
  compare_list(expected, "released", decision.released, out);
  compare_map(expected, "withheld", decision.withheld, out);
  compare_map(expected, "transformed", decision.transformed, out);
  compare_contained(expected, "reasons", decision.reasons, out);
  compare_contained(expected, "obligations", decision.obligations, out);
  compare_absent(expected, "no_obligations", decision.obligations, out);
  compare_list(expected, "recall", decision.recall, out);
  compare_text(expected,
               "deadline",
               decision.deadline ? base::to_text(*decision.deadline) : std::string(),
               out);
  compare_text(expected, "safe_view", decision.safe_view, out);
  if (const auto lease = text_of(expected, "lease_max"); !lease.empty()) {
    const auto longest = parse_duration(lease);
    if (!longest || !decision.valid_until || *decision.valid_until > at + *longest)
      out += "valid_until is later than " + std::string(lease) + "; ";
  }
  return out;
}

base::Errors check_cases(const Engine& engine, std::span<const RulePack> packs) {
  base::Errors errors;
  Shown shown;
  for (const RulePack& pack : packs)
    for (const PackCase& given : pack.cases) check_case(engine, given, shown, errors);
  for (const RulePack& pack : packs) {
    for (const Rule& rule : pack.rules) {
      std::vector<std::string> sides = {"permit", "deny"};
      if (ends_with_evidence(rule)) sides.emplace_back("expired");
      for (const std::string& side : sides)
        if (!shown[rule.id].contains(side))
          errors.push_back(
              base::config_error("POLICY_CASE_MISSING",
                                 rule.place,
                                 "rule \"" + rule.id + "\" has no case \"" + side + "\"",
                                 "add one to the cases file of pack \"" + pack.id + "\""));
    }
  }
  return errors;
}

}  // namespace concord::decide
