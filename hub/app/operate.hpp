// What operators and coalition staff ask of a hub: status, ledger, deliveries, runs. Each
// returns an exit code; data goes to stdout, talk to stderr.
#pragma once

#include <string>

#include "hub/model/coalition.hpp"

namespace concord::app {

int show_status(const model::Coalition& coalition, bool json);
// 0 balanced, 1 not.
int show_ledger(const model::Coalition& coalition, bool json);
int list_deliveries(const model::Coalition& coalition,
                    const std::string& outcome,
                    int most,
                    bool json);
int show_delivery(const model::Coalition& coalition, int64_t id, bool json);
int retry_delivery(const model::Coalition& coalition, int64_t id, bool json);
int drop_delivery(const model::Coalition& coalition, int64_t id, const std::string& why, bool json);
// wait: until the run has ended; then the exit code is its own.
int run_job(const model::Coalition& coalition, const std::string& job, bool wait, bool json);
int release_runner(const model::Coalition& coalition, const std::string& system);
// Records that were rejected or parked, one by one; of this system alone, or "".
int list_records(const model::Coalition& coalition, const std::string& system, bool json);
int take_up_again(const model::Coalition& coalition, const std::string& system, bool json);
// person: "" makes a new one.
int answer_review(const model::Coalition& coalition,
                  const model::ChildRef& key,
                  const std::string& person,
                  bool json);

}  // namespace concord::app
