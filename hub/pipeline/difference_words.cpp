#include "hub/pipeline/difference_words.hpp"

#include "hub/base/crypto.hpp"
#include "hub/base/json.hpp"

namespace concord::pipeline {
namespace {

std::string listed(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string on(const std::optional<base::Instant>& at) {
  return at ? base::to_text(*at) : "";
}

std::string yes_no(bool yes) {
  return yes ? "yes" : "no";
}

std::string of_child(const model::ChildRef& child) {
  return child.system.value + " " + child.key;
}

std::string when(const std::optional<model::Schedule>& schedule) {
  if (!schedule) return "by event or by hand";
  const std::string zone = schedule->zone.empty() ? "" : " " + schedule->zone;
  switch (schedule->kind) {
    case model::Schedule::Kind::every:
      return "every " + std::to_string(schedule->every.count() / 1000) + " s";
    case model::Schedule::Kind::daily: {
      const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      return "daily " + two(schedule->hour) + ":" + two(schedule->minute) + zone;
    }
    case model::Schedule::Kind::cron:
      return "cron " + schedule->cron + zone;
  }
  return {};
}

std::string labels(const model::LabelSet& set) {
  std::vector<std::string> names;
  for (const model::Label label : set.list()) names.emplace_back(model::name_of(label));
  return listed(names);
}

void keys(const std::string& before,
          const base::JsonValue& a,
          const base::JsonValue& b,
          std::vector<std::string>& found) {
  if (a == b) return;
  if (!a.IsObject() || !b.IsObject()) {
    found.push_back(before);
    return;
  }
  const auto at = [&](const base::JsonValue& name) {
    return (before.empty() ? "" : before + ".") + std::string(base::text(name));
  };
  for (const auto& member : a.GetObject()) {
    const base::JsonValue* other = base::member(b, base::text(member.name));
    if (other == nullptr) {
      found.push_back(at(member.name));
    } else {
      keys(at(member.name), member.value, *other, found);
    }
  }
  for (const auto& member : b.GetObject())
    if (base::member(a, base::text(member.name)) == nullptr) found.push_back(at(member.name));
}

}  // namespace

Said said(const model::Coalition& c) {
  auto keys = [](const std::vector<model::Publisher>& signers) {
    std::vector<std::string> all;
    for (const model::Publisher& signer : signers)
      all.push_back(signer.name + " " + base::hex(signer.key));
    return listed(all);
  };
  return {{"name", c.name},
          {"jurisdiction", c.jurisdiction},
          {"coordinator", c.coordinator},
          {"hub_is_intermediary", yes_no(c.hub_is_intermediary)},
          {"exchange_policy", c.exchange_policy},
          {"witnesses", listed(c.witnesses)},
          {"connectors", listed(c.connector_folders)},
          {"mappings", listed(c.mapping_folders)},
          {"policy", listed(c.policy_folders)},
          {"publishers", keys(c.trust.publishers)},
          {"testers", keys(c.trust.testers)},
          {"unsigned", listed(c.trust.unsigned_ids)}};
}

Said said(const model::Agency& agency) {
  std::vector<std::string> credentials;
  for (const auto& [name, value] : agency.credentials)
    credentials.emplace_back(name).append(" ").append(value);
  return {{"name", agency.name},
          {"capacities", listed(agency.capacities)},
          {"agreements", listed(agency.agreements)},
          {"credentials", listed(credentials)},
          {"supports", listed(agency.supports)}};
}

Said said(const model::System& system) {
  return {{"agency", system.agency.value},
          {"connector", system.connector},
          {"mapping", system.mapping},
          {"zone", system.zone},
          {"read_batch", std::to_string(system.read_batch)},
          {"write_batch", std::to_string(system.write_batch)},
          {"listens", yes_no(system.listens)},
          {"trusted_identifiers", listed(system.trusted_identifiers)},
          {"person_index", yes_no(system.person_index)}};
}

Said said(const model::Job& job) {
  return {{"system", job.system.value},
          {"records", listed(job.record_types)},
          {"runs", when(job.schedule)},
          {"on_event", yes_no(job.on_event)}};
}

Said said(const model::Flow& flow) {
  std::vector<std::string> from;
  for (const model::AgencyId& agency : flow.from) from.push_back(agency.value);
  return {{"entities", listed(flow.entities)},
          {"from", listed(from)},
          {"to", flow.to.value},
          {"purpose", flow.purpose},
          {"fields", listed(flow.fields)},
          {"trigger", flow.trigger}};
}

Said said(const model::Mandate& mandate) {
  std::vector<std::string> from, when, steps;
  for (const model::AgencyId& agency : mandate.from) from.push_back(agency.value);
  for (const auto& [member, codes] : mandate.when) when.push_back(member + " " + listed(codes));
  auto minutes = [](std::chrono::milliseconds time) {
    return std::to_string(time.count() / 60000) + "m";
  };
  for (const auto& step : mandate.escalate)
    steps.push_back(minutes(step.after) + " " + model::to_text(step.to));
  return {{"event", mandate.event},
          {"entities", listed(mandate.entities)},
          {"from", listed(from)},
          {"when", listed(when)},
          {"within", minutes(mandate.within)},
          {"flow", mandate.flow.value},
          {"owner", model::to_text(mandate.owner)},
          {"escalate", listed(steps)}};
}

Said said(const model::RosterEntry& seat) {
  return {{"status", seat.status}, {"start", on(seat.start)}, {"end", on(seat.end)}};
}

Said said(const model::Assignment& assignment) {
  return {{"start", on(assignment.start)}, {"end", on(assignment.end)}};
}

Said said(const model::Consent& c) {
  return {{"child", of_child(c.child)},
          {"form", c.form},
          {"decision", c.decision},
          {"missing", listed(c.missing)},
          {"signers", listed(c.signers)},
          {"recipients", listed(c.recipients)},
          {"recipient_class", c.recipient_class},
          {"names_hub", c.names_hub ? yes_no(*c.names_hub) : ""},
          {"purposes", listed(c.purposes)},
          {"scope", listed(c.scope)},
          {"except_labels", labels(c.except_labels)},
          {"signed", on(c.signed_at)},
          {"start", on(c.start)},
          {"revoked_at", on(c.revoked_at)},
          {"end", c.end_none ? "none" : on(c.end)},
          {"end given", yes_no(c.end_given)},
          {"supersedes", c.supersedes},
          {"unreadable", yes_no(c.unreadable)}};
}

Said said(const model::Order& order) {
  return {{"child", of_child(order.child)},
          {"recipient", order.recipient},
          {"fields", listed(order.fields)},
          {"start", on(order.start)},
          {"end", on(order.end)},
          {"kind", order.kind},
          {"parent_party", yes_no(order.parent_party)}};
}

Said said(const model::Fact& fact) {
  return {{"value", fact.value}, {"start", on(fact.start)}, {"end", on(fact.end)}};
}

std::string called(const model::Agency& agency) {
  return agency.id.value;
}
std::string called(const model::System& system) {
  return system.id.value;
}
std::string called(const model::Job& job) {
  return job.id.value;
}
std::string called(const model::Flow& flow) {
  return flow.id.value;
}
std::string called(const model::Mandate& mandate) {
  return mandate.id;
}
std::string called(const model::RosterEntry& seat) {
  return seat.agency.value + (seat.role.empty() ? "" : ", " + seat.role);
}
std::string called(const model::Assignment& assignment) {
  return assignment.agency.value + " to " + of_child(assignment.child);
}
std::string called(const model::Consent& consent) {
  return consent.id.value;
}
std::string called(const model::Order& order) {
  return order.id;
}
std::string called(const model::Fact& fact) {
  return fact.name + " of " + of_child(fact.child) +
         (fact.agency.empty() ? "" : " for " + fact.agency);
}

std::string differing_keys(const std::string& before, const std::string& after) {
  const auto a = base::read_json(before.empty() ? "{}" : before, "config");
  const auto b = base::read_json(after.empty() ? "{}" : after, "config");
  if (!a || !b) return before == after ? "" : "all";
  std::vector<std::string> found;
  keys("", *a, *b, found);
  return listed(found);
}

}  // namespace concord::pipeline
