#include "hub/pipeline/audit_entries.hpp"

#include <algorithm>

namespace concord::pipeline {

audit::Entry entry_of(audit::Kind kind,
                      const model::Delivery& delivery,
                      const model::Coalition& coalition,
                      base::Instant at) {
  audit::Entry entry;
  entry.at = at;
  entry.kind = kind;
  entry.delivery = delivery.id;
  entry.person = delivery.person;
  entry.to = delivery.to.value;
  if (const model::System* to = coalition.system(delivery.to)) entry.agency = to->agency.value;
  // What starts may have a reason of an earlier try; it says nothing of this one.
  if (kind != audit::Kind::started && !delivery.reason.empty()) entry.reasons = {delivery.reason};
  return entry;
}

void add_decision(audit::Entry& entry,
                  const model::Decision& decision,
                  const model::Flow& flow,
                  const std::string& entity_type) {
  entry.purpose = flow.purpose;
  entry.type = entity_type;
  entry.verdict = model::name_of(decision.verdict);
  entry.fields = decision.released;
  for (const auto& [path, how] : decision.transformed) entry.fields.push_back(path + ":" + how);
  for (const std::string& reason : decision.reasons)
    if (std::find(entry.reasons.begin(), entry.reasons.end(), reason) == entry.reasons.end())
      entry.reasons.push_back(reason);
  entry.rules = decision.rules;
  entry.evidence = decision.evidence;
}

audit::Entry reviewed(const model::PersonId& person, base::Instant at) {
  audit::Entry entry;
  entry.at = at;
  entry.kind = audit::Kind::reviewed;
  entry.person = person;
  return entry;
}

audit::Entry entry_of(audit::Kind kind,
                      const std::string& evidence,
                      const std::optional<model::PersonId>& person,
                      base::Instant at) {
  audit::Entry entry;
  entry.at = at;
  entry.kind = kind;
  if (!person) return entry;
  entry.person = *person;
  entry.evidence = {evidence};
  return entry;
}

}  // namespace concord::pipeline
