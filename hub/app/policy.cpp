// load_policy(), concord decide, concord policy list
#include "hub/app/policy.hpp"

#include <concord/json.hpp>
#include <cstdio>
#include <iostream>

#include "hub/app/commands.hpp"
#include "hub/app/tell.hpp"
#include "hub/decide/case_json.hpp"

namespace concord::app {
namespace {

std::string date_of(const std::optional<base::Instant>& at) {
  return at ? base::to_text(*at).substr(0, 10) : "";
}

std::string packs_json(const Policy& policy) {
  sdk::JsonWriter out;
  out.object().field("rules_hash", policy.engine->rules_hash()).key("packs").array();
  for (const decide::RulePack& pack : policy.packs) {
    out.object().field("id", pack.id).field("title", pack.title);
    out.field("jurisdiction", pack.jurisdiction).field("overlay", pack.overlay);
    out.field("reviewer", pack.reviewer).field("sha256", pack.digest).key("rules").array();
    for (const decide::Rule& rule : pack.rules) {
      out.object().field("id", rule.id).field("title", rule.title).field("cites", rule.cites);
      out.field("kind", decide::name_of(rule.kind)).field("reviewed", rule.reviewed);
      out.field("from", date_of(rule.from)).field("until", date_of(rule.until)).end();
    }
    out.end_array().end();
  }
  out.end_array().end();
  return out.text();
}

}  // namespace

base::Result<Policy, base::Errors> load_policy(const std::vector<std::string>& folders) {
  auto packs = decide::load_packs(folders);
  if (!packs) return std::move(packs).error();
  if (packs->empty())
    return base::Errors{base::config_error("POLICY_MISSING",
                                           folders.empty() ? "policy" : folders.front(),
                                           "there is no rule pack",
                                           "name the folder of rule packs: --policy FOLDER, or "
                                           "\"policy\" in concord.yaml")};
  auto engine = decide::Engine::compile(*packs);
  if (!engine) return std::move(engine).error();
  return Policy{std::move(*packs), std::make_unique<decide::Engine>(std::move(*engine))};
}

int decide_requests(const std::vector<std::string>& folders) {
  auto policy = load_policy(folders);
  if (!policy) return tell(policy.error());
  std::ios::sync_with_stdio(false);
  const decide::LineCounts counts = decide::decide_lines(std::cin, std::cout, *policy->engine);
  std::cout.flush();
  if (!std::cout) {
    std::fputs("stdout: cannot write.  Next: look for a full disk or a closed pipe.\n", stderr);
    return EX_IOERR;
  }
  for (const base::Error& error : counts.errors) tell(error);
  return counts.errors.empty() ? EX_OK : EX_DATAERR;
}

int test_policy(const std::vector<std::string>& folders, bool json) {
  auto policy = load_policy(folders);
  if (!policy) return tell(policy.error());
  size_t cases = 0;
  for (const decide::RulePack& pack : policy->packs) cases += pack.cases.size();
  const base::Errors errors = decide::check_cases(*policy->engine, policy->packs);
  if (json) {
    std::printf("{\"packs\":%zu,\"cases\":%zu,\"faults\":%s}\n",
                policy->packs.size(),
                cases,
                errors_json(errors).c_str());
    return errors.empty() ? EX_OK : 1;
  }
  for (const base::Error& error : errors) std::printf("%s\n", shown(error).c_str());
  std::printf(
      "%zu rule packs, %zu cases, %zu faults\n", policy->packs.size(), cases, errors.size());
  return errors.empty() ? EX_OK : 1;
}

int list_policy(const std::vector<std::string>& folders, bool json) {
  auto policy = load_policy(folders);
  if (!policy) return tell(policy.error());
  if (json) {
    std::printf("%s\n", packs_json(*policy).c_str());
    return EX_OK;
  }
  size_t rules = 0;
  size_t unreviewed = 0;
  for (const decide::RulePack& pack : policy->packs)
    for (const decide::Rule& rule : pack.rules) {
      ++rules;
      unreviewed += rule.reviewed ? 0 : 1;
    }
  std::printf("%zu rule packs, %zu rules; of %zu the law was not read in full\n",
              policy->packs.size(),
              rules,
              unreviewed);
  for (const decide::RulePack& pack : policy->packs) {
    std::printf("%s  %s  (%s%s)\n  reviewer: %s\n",
                pack.id.c_str(),
                pack.title.c_str(),
                pack.jurisdiction.c_str(),
                pack.overlay ? ", overlay" : "",
                pack.reviewer.c_str());
    for (const decide::Rule& rule : pack.rules)
      std::printf("  %-34s %-10s %-28s %s%s\n",
                  rule.id.c_str(),
                  std::string(decide::name_of(rule.kind)).c_str(),
                  rule.cites.c_str(),
                  rule.from ? ("from " + date_of(rule.from) + " ").c_str() : "",
                  rule.reviewed ? "" : "law not read in full");
  }
  return EX_OK;
}

}  // namespace concord::app
