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
    : store_(store), sign_(std::move(sign)) {}

HeadKeeper::~HeadKeeper() {
  stop();
}

void HeadKeeper::start() {
  ending_ = false;
  thread_ = std::thread([this] { run(); });
}

void HeadKeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  ending_now_.notify_all();
  thread_.join();
  told("head", sign());
}

// The first at once: what a hub that was killed left unsigned.
void HeadKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    lock.unlock();
    told("head", sign());
    told("wipe", store_.wipe());
    lock.lock();
    ending_now_.wait_for(lock, kEvery, [&] { return ending_; });
  }
}

std::optional<HeadKeeper::Behind> HeadKeeper::behind() const {
  const std::scoped_lock lock(mutex_);
  return behind_;
}

base::Status HeadKeeper::sign() {
  base::Status signed_now = sign_();
  const std::scoped_lock lock(mutex_);
  if (signed_now)
    behind_.reset();
  else
    behind_ = {signed_now.error(), behind_ ? behind_->since : base::now()};
  return signed_now;
}

}  // namespace concord::pipeline
