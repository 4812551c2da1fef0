// Ends what blocks when a call's deadline comes near or the hub cancels it.
//
// Threads: one of its own, from construction to destruction.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace concord::juvenile_justice {

class CallWatch {
 public:
  // interrupt is called at most once, from the watch's thread; what it touches outlives the watch.
  CallWatch(const sdk::Call& call, std::function<void()> interrupt)
      : call_(call), interrupt_(std::move(interrupt)), thread_([this] { watch(); }) {}
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;
  ~CallWatch() {
    {
      const std::scoped_lock lock(mutex_);
      done_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

 private:
  void watch() {
    using std::chrono::milliseconds;
    // Early enough to still give an answer within the deadline.
    const milliseconds left = call_.left();
    const milliseconds margin = std::min(milliseconds(500), left / 5);
    const auto ends = std::chrono::steady_clock::now() + (left - margin);
    std::unique_lock lock(mutex_);
    while (!done_) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= ends || call_.cancelled()) {
        interrupt_();
        return;
      }
      changed_.wait_for(
          lock, std::min<std::chrono::steady_clock::duration>(milliseconds(100), ends - now));
    }
  }

  const sdk::Call& call_;
  std::function<void()> interrupt_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace concord::juvenile_justice
