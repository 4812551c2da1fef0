// When a runner that keeps ending is given up on, and how long the next one waits before.
// Threads: one at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>

namespace concord::runtime {

class CrashWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;
  CrashWindow(unsigned ends_max, std::chrono::milliseconds window)
      : ends_max_(ends_max), window_(window) {}

  // One more end. True: too many within the window.
  bool ended(Time at) {
    ends_.push_back(at);
    while (!ends_.empty() && at - ends_.front() >= window_) ends_.pop_front();
    while (ends_.size() > kRemembered) ends_.pop_front();
    return ends_max_ != 0 && ends_.size() >= ends_max_;
  }
  // Doubles from one end to the next; never so long that nobody would notice its return.
  [[nodiscard]] std::chrono::milliseconds pause() const {
    const auto doublings = std::min<size_t>(ends_.empty() ? 0 : ends_.size() - 1, 3);
    return std::min(std::chrono::milliseconds(kFirst * (1 << doublings)), kLongest);
  }
  void forget() { ends_.clear(); }

 private:
  static constexpr std::chrono::milliseconds kFirst{25}, kLongest{200};
  static constexpr size_t kRemembered = 1000;
  unsigned ends_max_;
  std::chrono::milliseconds window_;
  std::deque<Time> ends_;
};

}  // namespace concord::runtime
