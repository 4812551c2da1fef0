// ABI structs as payloads, on the runner's side, and the hub's questions as ABI structs.
// Threads: pure. What is taken out borrows from the frame.
#pragma once

#include <concord/abi.h>

#include <vector>

#include "hub/runtime/channel/frame.hpp"

namespace concord::runtime {

void put_error(Put& put, const concord_error& error);
void put_batch(Put& put, const concord_batch& batch);
// As one: the records of all, then the rejects of all. A checkpoint is not for events.
void put_batches(Put& put, const std::vector<const concord_batch*>& batches);
size_t size_of(const concord_batch& batch);  // bytes in a frame, at most
concord_error too_large();
void put_outcomes(Put& put, const concord_outcomes& outcomes);

// Deliveries, and what they point at beside the frame.
struct Deliveries {
  std::vector<concord_delivery> abi;
  std::vector<std::vector<concord_obligation>> obligations;  // of each delivery
};
Deliveries take_deliveries(Take& take);

}  // namespace concord::runtime
