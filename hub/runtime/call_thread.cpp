#include "hub/runtime/call_thread.hpp"

namespace concord::runtime {

CallThread::CallThread() : shared_(std::make_shared<Shared>()) {
  thread_ = std::thread([shared = shared_] {
    std::unique_lock lock(shared->mutex);
    for (;;) {
      shared->changed.wait(lock, [&] { return shared->stopping || shared->body; });
      if (!shared->body) return;
      auto body = std::move(shared->body);
      shared->body = nullptr;
      lock.unlock();
      body();
      body = nullptr;
      lock.lock();
      shared->busy = false;
      // Unlocked first: who is woken would only run into the lock.
      lock.unlock();
      shared->changed.notify_all();
      lock.lock();
    }
  });
}

CallThread::~CallThread() {
  bool hung = false;
  {
    const std::scoped_lock lock(shared_->mutex);
    shared_->stopping = true;
    hung = shared_->busy;
  }
  shared_->changed.notify_all();
  // A hung call cannot be ended inside this process; it must not hold up the others' end.
  if (hung) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

bool CallThread::call(std::function<void()> body, std::chrono::milliseconds patience) {
  const std::scoped_lock one(one_);
  std::unique_lock lock(shared_->mutex);
  if (shared_->busy) return false;
  shared_->body = std::move(body);
  shared_->busy = true;
  lock.unlock();
  shared_->changed.notify_all();
  lock.lock();
  return shared_->changed.wait_for(lock, patience, [&] { return !shared_->busy; });
}

}  // namespace concord::runtime
