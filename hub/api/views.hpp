// What people are shown, as JSON: the same words in the API and in the command line's --json.
// Threads: any; pure but for Hub's own state.
#pragma once

#include <string>

#include "hub/pipeline/hub.hpp"
#include "hub/store/changes.hpp"

namespace concord::api {

std::string ledger_json(const store::Ledger& ledger);
// went_along: codes of the obligations that it was sent with.
std::string delivery_json(const model::Delivery& delivery,
                          const std::vector<std::string>& went_along);
std::string deliveries_json(const std::vector<model::Delivery>& deliveries);
std::string status_json(const std::vector<pipeline::SystemStatus>& systems,
                        const std::vector<store::RunRow>& runs,
                        const std::vector<model::Delivery>& open_recalls,
                        const std::vector<model::MandateClock>& mandates,
                        const std::optional<pipeline::HeadKeeper::Behind>& audit,
                        size_t people);
// Those that run, and all, with whose move it is and whether it is late now.
std::string mandates_json(const std::vector<model::MandateClock>& mandates, base::Instant now);
// what: consents, orders, roster or assignments.
std::string evidence_json(const model::Evidence& evidence, const std::string& what);
std::string job_runs_json(const std::string& job, const pipeline::Source::Runs& runs);
std::string taken_up_json(const pipeline::Hub::TakenUp& taken);
// proposal: what to name to apply just this; empty where nothing waits to be applied.
std::string difference_json(const pipeline::Difference& difference,
                            const std::string& proposal,
                            bool applied,
                            const base::Errors& to_look_at);
std::string expunged_json(const pipeline::Hub::Expunged& done);
std::string error_json(const base::Error& error);

}  // namespace concord::api
