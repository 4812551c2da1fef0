// A value and its mutex: reachable only through lock().
#pragma once

#include <mutex>
#include <utility>

namespace concord::base {

template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}

  class Held {
   public:
    Held(std::mutex& mutex, T& value) : lock_(mutex), value_(&value) {}
    T* operator->() { return value_; }
    T& operator*() { return *value_; }
    std::unique_lock<std::mutex>& lock() { return lock_; }  // for a condition variable

   private:
    std::unique_lock<std::mutex> lock_;
    T* value_;
  };
  [[nodiscard]] Held lock() { return Held(mutex_, value_); }

 private:
  std::mutex mutex_;
  T value_;
};

}  // namespace concord::base
