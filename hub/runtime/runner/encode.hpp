// ABI structs as payloads, on the runner's side, and the hub's questions as ABI structs.
// Threads: pure. What is taken out borrows from the frame.
#pragma once

#include <concord/abi.h>

#include <vector>

#include "hub/runtime/channel/frame.hpp"

namespace concord::runtime {

void put_error(Put& put, const concord_error& error);
void put_batch(Put& put, const concord_batch& batch);
void put_outcomes(Put& put, const concord_outcomes& outcomes);
std::vector<concord_delivery> take_deliveries(Take& take);

}  // namespace concord::runtime
