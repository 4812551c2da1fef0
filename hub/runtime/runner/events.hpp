// What the connector hands over while it listens, on its way to the hub. Events that come while
// every lane is taken go together in one frame: so they share a commit, and the hub wakes once.
// Threads: any number deliver and poke; each waits until the hub has answered. Owns: the lanes.
#pragma once

#include <concord/abi.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "hub/runtime/channel/frame.hpp"

namespace concord::runtime {

class Events {
 public:
  // gone: called where nobody answers any more; does not return.
  Events(std::vector<Lane> lanes, void (*gone)());

  // As concord_sink has it: the texts of the outcomes live until the next call from this thread.
  uint32_t deliver(const concord_batch& batch, concord_outcome* outcomes);
  void poke(concord_bytes type);

 private:
  struct Event;
  std::vector<Event*> gather();  // with mutex_ held
  void carry(const std::vector<Event*>& together, const Lane& lane) const;
  void ask(const Lane& lane, Put& put, Frame& answer) const;

  void (*const gone_)();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Lane> free_;
  std::deque<Event*> waiting_;
};

}  // namespace concord::runtime
