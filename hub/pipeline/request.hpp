// What the engine is asked: an entity, its recipient, and all evidence about its subject, as a
// value. Threads: any; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/model/decision.hpp"
#include "hub/model/entity.hpp"
#include "hub/pipeline/evidence_book.hpp"
#include "hub/store/changes.hpp"

namespace concord::pipeline {

// Whole years at a moment; none where the birth date is not exact.
std::optional<int> age_at(const std::string& birth_date, base::Instant at);

model::DecisionInput request_for(const model::Entity& entity,
                                 std::vector<model::DecisionField> fields,
                                 const model::Flow& flow,
                                 const store::Profile& subject,
                                 const EvidenceView& evidence,
                                 base::Instant at);

// Does this flow want entities like this one?
bool wants(const model::Flow& flow, const model::Entity& entity, const model::Coalition& coalition);

}  // namespace concord::pipeline
