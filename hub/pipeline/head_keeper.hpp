// Signs a head of the audit each minute in which something was added, and one at the end, and hands
// it to the witnesses; ends a shredding that had to wait.
// Threads: one of its own, from construction to destruction.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "hub/store/store.hpp"

namespace concord::pipeline {

class HeadKeeper {
 public:
  // sign: signs and hands out. Called from this thread, and at last from that of the destruction.
  HeadKeeper(store::Store& store, std::function<base::Status()> sign);
  ~HeadKeeper();
  HeadKeeper(const HeadKeeper&) = delete;
  HeadKeeper& operator=(const HeadKeeper&) = delete;

 private:
  void run();

  store::Store& store_;
  const std::function<base::Status()> sign_;
  std::mutex mutex_;
  std::condition_variable ending_now_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace concord::pipeline
