// Many pass, one may close it: whoever closes it waits until all have left, and those who come then
// wait until it is open again. Closing comes before those who come later, so that it is not
// starved. Threads: any. Nobody passes twice at once, nor closes while passing.
#pragma once

#include <condition_variable>
#include <mutex>

namespace concord::pipeline {

class Gate {
 public:
  class Passing {
   public:
    explicit Passing(Gate& gate) : gate_(gate) {
      std::unique_lock lock(gate_.mutex_);
      gate_.changed_.wait(lock, [&] { return !gate_.closed_; });
      ++gate_.inside_;
    }
    ~Passing() {
      const std::scoped_lock lock(gate_.mutex_);
      --gate_.inside_;
      gate_.changed_.notify_all();
    }
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;

   private:
    Gate& gate_;
  };

  class Closed {
   public:
    explicit Closed(Gate& gate) : gate_(gate) {
      std::unique_lock lock(gate_.mutex_);
      gate_.changed_.wait(lock, [&] { return !gate_.closed_; });
      gate_.closed_ = true;
      gate_.changed_.wait(lock, [&] { return gate_.inside_ == 0; });
    }
    ~Closed() {
      const std::scoped_lock lock(gate_.mutex_);
      gate_.closed_ = false;
      gate_.changed_.notify_all();
    }
    Closed(const Closed&) = delete;
    Closed& operator=(const Closed&) = delete;

   private:
    Gate& gate_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int inside_ = 0;
};

}  // namespace concord::pipeline
