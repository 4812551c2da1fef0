// Holds the connector of a runner and makes the hub's calls on it: one thread a lane, as the ABI
// allows. Lives until the process ends, which is never waited for: the hub has what it was told.
#pragma once

#include <concord/abi.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "hub/runtime/channel/frame.hpp"
#include "hub/runtime/runner/events.hpp"

namespace concord::runtime {

class Holder {
 public:
  explicit Holder(const Lane& control);

  // The functions that the connector offers, as bits in the order of concord_connector.
  static uint32_t offers(const concord_connector& connector);
  void start(const concord_connector& connector);
  // Answers the hub on control until it says end, or is gone.
  void obey();

  // Addresses of a host name, as numbers in text; the hub looks them up. Any thread.
  std::vector<std::string> resolve(const std::string& name);

 private:
  struct Call;
  void serve(const Lane& lane);
  void answer(const Lane& lane, const Frame& question);
  void listen();
  void tell(Put& put);

  const Lane& control_;
  concord_connector connector_{};
  std::mutex telling_, naming_;
  Events events_;
  std::atomic<bool> cancelled_{false}, stop_listening_{false};
  std::thread listener_;
};

}  // namespace concord::runtime
