// Requests and decisions as JSON lines, in the form of the decision cases
// (tests/data/decisions/README.md).
#pragma once

#include <iosfwd>
#include <string>

#include "hub/base/json.hpp"
#include "hub/base/result.hpp"
#include "hub/decide/engine.hpp"
#include "hub/model/decision.hpp"

namespace concord::decide {

// {"id", "now", "request": {...}}; whatever else stands beside them is not looked at. What cannot
// be read of a consent makes it unreadable, so that the decision is a deny; what cannot be read of
// the rest is an error. A date that ends something includes that day.
base::Result<model::DecisionInput> read_request(const base::JsonValue& json);

// One line, without its end. The same decision gives the same bytes.
std::string write_decision(const model::Decision& decision);

struct LineCounts {
  size_t decided = 0;
  base::Errors errors;  // each with its line
};
// Decides each line of in and writes one line to out, in order. A line that cannot be read gets a
// line with "error" and no decision. Empty lines are passed over.
LineCounts decide_lines(std::istream& in, std::ostream& out, const Engine& engine);

// Compares a decision with what a case expects: "" where it agrees. Decision, released, withheld,
// transformed, deadline, safe_view and recall must be equal where they are expected; reasons and
// obligations must contain what is; lease_max bounds valid_until.
std::string difference(const base::JsonValue& expected,
                       const model::Decision& decision,
                       base::Instant at);

// Runs the packs' own cases: each faulty one, and each rule that lacks a case on either side.
base::Errors check_cases(const Engine& engine, std::span<const RulePack> packs);

}  // namespace concord::decide
