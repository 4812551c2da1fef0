// What the audit is told of a delivery, a consent, a review: entries as values.
// Threads: any; pure.
#pragma once

#include "hub/audit/entry.hpp"
#include "hub/model/decision.hpp"
#include "hub/model/delivery.hpp"
#include "hub/model/entity.hpp"
#include "hub/model/evidence.hpp"

namespace concord::pipeline {

// Of a delivery, by its number, person and recipient. The decision says the rest, where there is
// one.
audit::Entry entry_of(audit::Kind kind,
                      const model::Delivery& delivery,
                      const model::Coalition& coalition,
                      base::Instant at);
void add_decision(audit::Entry& entry,
                  const model::Decision& decision,
                  const model::Flow& flow,
                  const std::string& entity_type);
audit::Entry reviewed(const model::PersonId& person, base::Instant at);
// person: empty where nobody knows the child yet; the evidence is then not named either.
audit::Entry entry_of(audit::Kind kind,
                      const std::string& evidence,
                      const std::optional<model::PersonId>& person,
                      base::Instant at);

}  // namespace concord::pipeline
