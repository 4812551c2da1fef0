// Cuts a document down to what a decision releases.
//
// The released document (SCHEMA.md section 1) holds id, type, schema, version, status,
// subject.person, source.agency, the permitted fields and their labels. What is withheld is not
// there: nothing stands in its place, and neither a list nor a label tells of it. The effective
// period goes along only where nothing is withheld, since it may repeat a withheld date.
#pragma once

#include <string>

#include "hub/base/result.hpp"
#include "hub/decide/fields.hpp"
#include "hub/model/decision.hpp"
#include "hub/model/entity.hpp"

namespace concord::decide {

inline constexpr std::string_view kSchemaVersion = "ccr/1.0";

// fields: of this entity, as they were decided. at: the decision's time, for ages.
// A deny has no released document: that is an error (RELEASE_DENIED).
base::Result<std::string> release(const model::Entity& entity,
                                  const EntityFields& fields,
                                  const model::Decision& decision,
                                  base::Instant at);

// Generalises a value: week_of_date "2026-W23"; count_band "1-4"; year_of_birth {"year": 2011};
// age_band "13-15"; region {"state", "country"}; flag_only true. Nothing where the value is not of
// the kind that can be generalised so: it is then withheld.
bool generalise(const base::JsonValue& value,
                std::string_view how,
                base::Instant at,
                base::JsonValue& out,
                rapidjson::MemoryPoolAllocator<>& memory);

}  // namespace concord::decide
