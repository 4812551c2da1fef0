// Evidence as the store keeps it and the API takes it: JSON with the names of the decision cases,
// plus the child.
#pragma once

#include <string>

#include "hub/base/json.hpp"
#include "hub/base/result.hpp"
#include "hub/model/evidence.hpp"

namespace concord::pipeline {

std::string to_json(const model::Consent& consent);
std::string to_json(const model::Order& order);
std::string to_json(const model::RosterEntry& seat);
std::string to_json(const model::Assignment& assignment);
base::Result<model::Consent> consent_of(const base::JsonValue& json);
base::Result<model::Order> order_of(const base::JsonValue& json);
base::Result<model::RosterEntry> seat_of(const base::JsonValue& json);
base::Result<model::Assignment> assignment_of(const base::JsonValue& json);

}  // namespace concord::pipeline
