// What the running hub is asked to take over, and what it answers.
#pragma once

#include <functional>
#include <string>

#include "hub/base/json.hpp"
#include "hub/model/coalition.hpp"

namespace concord::app {

// The folder anew, or a proposal that was shown; dry_run: only look.
struct AskToApply {
  bool dry_run = false;
  std::string proposal = {};
};
base::Result<base::Json> ask_to_apply(const model::Coalition& coalition, const AskToApply& how);
// Why the hub refuses it; none where it does not.
base::Errors faults_of(const base::JsonValue& answer);

// Runs a job until it has ended: the answer of GET jobs/JOB. show: records so far, if it is set.
base::Result<base::Json> run_and_wait(const model::Coalition& coalition,
                                      const std::string& job,
                                      const std::function<void(int64_t records)>& show);

}  // namespace concord::app
