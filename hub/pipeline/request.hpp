// What the engine is asked: an entity, its recipient, and all evidence about its subject, as a
// value. Threads: any; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/decide/fields.hpp"
#include "hub/model/decision.hpp"
#include "hub/model/entity.hpp"
#include "hub/pipeline/works.hpp"

namespace concord::pipeline {

// Whole years at a moment; none where the birth date is not exact.
std::optional<int> age_at(const std::string& birth_date, base::Instant at);

// received: when the hub first heard of the entity; a mandate's time runs from there.
model::DecisionInput request_for(const model::Entity& entity,
                                 std::vector<model::DecisionField> fields,
                                 const model::Flow& flow,
                                 const store::Profile& subject,
                                 const View& view,
                                 base::Instant received,
                                 base::Instant at);

// One document and one flow, decided.
struct Decided {
  decide::EntityFields fields;
  model::Decision decision;
};
base::Result<Decided> decide_for(const Works& works,
                                 const View& view,
                                 const model::Entity& entity,
                                 const model::Flow& flow,
                                 base::Instant at);
// The same, were the subject so known.
base::Result<Decided> decide_for(const Works& works,
                                 const View& view,
                                 const model::Entity& entity,
                                 const model::Flow& flow,
                                 base::Instant at,
                                 const store::Profile& subject);
store::DecisionRow row_of(const model::Decision& decision,
                          int64_t delivery,
                          base::Instant at,
                          bool at_send);
// The code that a withheld delivery goes by.
std::string reason_of(const model::Decision& decision);
// What somebody can do about it, where that is not the agencies' but the system's; else nothing.
std::string detail_of(const model::Decision& decision);

// Why a delivery is withheld whose recipient has no record of the person.
inline constexpr const char* kUnknownThere = "SUBJECT_UNKNOWN_THERE";

// Withdrawn or entered in error: no longer to be relied on.
bool gone(model::EntityStatus status);

// Why a delivery is withheld that no flow of the coalition wants any more.
inline constexpr const char* kFlowEnded = "FLOW_ENDED";

// Why a delivery was withdrawn whose document is another person's now: a recall goes first, and a
// new delivery after it where it may be had.
inline constexpr const char* kReassigned = "REASSIGNED";

// Does this flow want entities like this one?
bool wants(const model::Flow& flow, const model::Entity& entity, const model::Coalition& coalition);
// The flow that a delivery goes by, where it still wants this entity to go there; or nullptr.
const model::Flow* flow_of(const model::Delivery& delivery,
                           const model::Entity& entity,
                           const View& view);

}  // namespace concord::pipeline
