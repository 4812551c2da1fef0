// The hub's values as payloads, and back. What comes in is copied and cut to what a log, a status
// and the store may hold; see README.md beside this file.
// Threads: pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/runtime/channel/frame.hpp"
#include "hub/runtime/connector.hpp"

namespace concord::runtime {

Put write_question(std::chrono::milliseconds timeout, const std::vector<WriteItem>& items);
Put event_answers(const std::vector<std::optional<base::Error>>& answers);

// Each leaves take.done() false where the payload does not add up.
std::optional<CallError> take_error(Take& take, const std::string& system);  // none: class 0
model::Batch take_batch(Take& take, const model::SystemId& system);
std::vector<WriteOutcome> take_outcomes(Take& take, const std::string& system);

}  // namespace concord::runtime
