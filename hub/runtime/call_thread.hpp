// A thread that makes calls for others and can be given up on: a call that overruns its deadline
// goes on alone, holding its own arguments, and nobody waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace concord::runtime {

class CallThread {
 public:
  CallThread();
  ~CallThread();  // waits for a running call, unless it was given up on
  CallThread(const CallThread&) = delete;
  CallThread& operator=(const CallThread&) = delete;

  // Did it return in time? One at a time; false at once while an earlier one is still running.
  bool call(std::function<void()> body, std::chrono::milliseconds patience);

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::function<void()> body;
    bool busy = false;
    bool stopping = false;
  };
  std::shared_ptr<Shared> shared_;
  std::mutex one_;
  std::thread thread_;
};

}  // namespace concord::runtime
