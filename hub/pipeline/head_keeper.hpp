// Signs a head of the audit each minute in which something was added, and one at the end, and hands
// it to the witnesses; ends a shredding that had to wait.
// Threads: one of its own, from start() to stop().
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "hub/store/store.hpp"

namespace concord::pipeline {

class HeadKeeper {
 public:
  // sign: signs and hands out. Called from this thread and from those that call sign() or stop().
  HeadKeeper(store::Store& store, std::function<base::Status()> sign);
  ~HeadKeeper();
  HeadKeeper(const HeadKeeper&) = delete;
  HeadKeeper& operator=(const HeadKeeper&) = delete;

  void start();
  void stop();
  base::Status sign();  // now; any thread
  // Why the last head was not signed, or is not with every witness. Any thread.
  struct Behind {
    base::Error error;
    base::Instant since;
  };
  [[nodiscard]] std::optional<Behind> behind() const;

 private:
  void run();

  store::Store& store_;
  const std::function<base::Status()> sign_;
  mutable std::mutex mutex_;
  std::condition_variable ending_now_;
  std::optional<Behind> behind_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace concord::pipeline
