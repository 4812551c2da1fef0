// concord check
#include <concord/json.hpp>
#include <cstdio>

#include "hub/app/commands.hpp"
#include "hub/app/tell.hpp"
#include "hub/app/whole.hpp"

namespace concord::app {
namespace {

int refuse(const base::Errors& errors, const std::string& folder, bool json) {
  if (json) {
    std::printf("{\"good\":false,\"faults\":%s,\"notes\":[]}\n", errors_json(errors).c_str());
    return EX_CONFIG;
  }
  std::printf("%zu fault%s in %s\n", errors.size(), errors.size() == 1 ? "" : "s", folder.c_str());
  for (const base::Error& error : errors)
    std::printf("  %s: %s\n", error.code.c_str(), shown(error).c_str());
  std::printf("next: mend the first ones; one fault may cause others\n");
  return EX_CONFIG;
}

std::string counts_json(const Whole& whole) {
  const model::Coalition& c = *whole.coalition;
  sdk::JsonWriter out;
  auto count = [&](const char* name, size_t n) { out.field(name, static_cast<uint64_t>(n)); };
  out.object().field("good", true).key("faults").array().end_array().key("notes").array();
  for (const std::string& note : whole.notes) out.value(note);
  out.end_array().field("coalition", c.name).key("counts").object();
  count("agencies", c.agencies.size());
  count("systems", c.systems.size());
  count("jobs", c.jobs.size());
  count("flows", c.flows.size());
  count("seats", c.roster.size());
  count("assignments", c.assignments.size());
  count("consents", whole.evidence.consents.size());
  count("orders", whole.evidence.orders.size());
  count("facts", whole.evidence.facts.size());
  count("rule_packs", whole.packs.size());
  out.end().end();
  return out.text();
}

}  // namespace

int check_coalition(const std::string& folder, bool json) {
  auto whole = load_whole(folder);
  if (!whole) return refuse(whole.error(), folder, json);
  if (json) {
    std::printf("%s\n", counts_json(*whole).c_str());
    return EX_OK;
  }
  const model::Coalition& c = *whole->coalition;
  std::printf("good: %s\n", c.name.c_str());
  std::printf("  %zu agencies, %zu systems, %zu jobs, %zu flows, %zu rule packs\n",
              c.agencies.size(),
              c.systems.size(),
              c.jobs.size(),
              c.flows.size(),
              whole->packs.size());
  std::printf("  %zu seats, %zu assignments, %zu consents, %zu orders, %zu facts\n",
              c.roster.size(),
              c.assignments.size(),
              whole->evidence.consents.size(),
              whole->evidence.orders.size(),
              whole->evidence.facts.size());
  for (const std::string& note : whole->notes) std::printf("  note: %s\n", note.c_str());
  std::printf("next: concord serve\n");
  return EX_OK;
}

}  // namespace concord::app
