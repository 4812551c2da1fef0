// A loopback port that stays ours while nothing listens on it.
//
// A system that is down must refuse connections and later come back on the same port. A bound
// socket that does not listen does both: the kernel answers RST, and gives the port to nobody else.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>

namespace concord::sim {

class ReservedPort {
 public:
  ReservedPort() = default;
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;
  ~ReservedPort();

  // Takes this port, or one that the system picks (0). Does nothing when it holds one already.
  sdk::Status reserve(uint16_t wanted = 0);
  [[nodiscard]] uint16_t number() const { return number_; }  // 0: none yet

 private:
  int fd_ = -1;
  uint16_t number_ = 0;
};

}  // namespace concord::sim
