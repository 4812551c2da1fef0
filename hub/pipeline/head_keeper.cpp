#include "hub/pipeline/head_keeper.hpp"

#include "hub/base/log.hpp"

namespace concord::pipeline {
namespace {

constexpr std::chrono::seconds kEvery{60};

void told(const char* what, const base::Status& status) {
  if (!status)
    base::event(base::Level::error,
                "audit.behind",
                {{"what", base::Name(what)}, {"code", base::Name(status.error().code)}});
}

}  // namespace

HeadKeeper::HeadKeeper(store::Store& store, std::function<base::Status()> sign)
    : store_(store), sign_(std::move(sign)), thread_([this] { run(); }) {}

HeadKeeper::~HeadKeeper() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  ending_now_.notify_all();
  thread_.join();
  told("head", sign_());
}

// The first at once: what a hub that was killed left unsigned.
void HeadKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    lock.unlock();
    told("head", sign_());
    told("wipe", store_.wipe());
    lock.lock();
    ending_now_.wait_for(lock, kEvery, [&] { return ending_; });
  }
}

}  // namespace concord::pipeline
