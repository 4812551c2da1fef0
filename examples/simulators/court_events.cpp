#include "examples/simulators/court_events.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/NullStream.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <algorithm>
#include <concord/webhook.hpp>
#include <ctime>
#include <set>

namespace concord::sim {

void CourtEvents::start() {
  const std::lock_guard lock(mutex_);
  if (running_) return;
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

void CourtEvents::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CourtEvents::subscribe(std::string url, std::string secret, bool poke) {
  const std::lock_guard lock(mutex_);
  subscriber_ = {std::move(url), std::move(secret), poke};
  if (subscriber_.url.empty()) waiting_.clear();
  changed_.notify_all();
}

void CourtEvents::announce(const CourtDocket::Changes& changes) {
  const std::lock_guard lock(mutex_);
  if (subscriber_.url.empty()) return;
  std::set<std::string> poked;
  for (const CourtDocket::Changed& change : changes) {
    if (subscriber_.poke && !poked.insert(change.type).second) continue;
    std::string body = subscriber_.poke
                           ? R"({"changed":")" + change.type + "\"}"
                           : R"({"type":")" + change.type + R"(","records":[)" + change.json + "]}";
    waiting_.push_back(
        {"SYN-EVT-" + std::to_string(std::time(nullptr)) + "-" + std::to_string(++count_),
         std::move(body)});
  }
  changed_.notify_all();
}

void CourtEvents::run() {
  auto pause = std::chrono::milliseconds(50);
  std::unique_lock lock(mutex_);
  while (running_) {
    if (waiting_.empty() || subscriber_.url.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Event event = waiting_.front();
    const Subscriber to = subscriber_;
    lock.unlock();
    const int status = post(to, event);
    if (status == 202 && faults_.take(FaultKind::duplicate, "/events")) post(to, event);
    lock.lock();
    const bool taken = (status >= 200 && status < 300) || status == 409;
    const bool refused = status == 400 || status == 401 || status == 413 || status == 422;
    if (!taken && !refused) {
      changed_.wait_for(lock, pause, [&] { return !running_; });
      pause = std::min(pause * 2, std::chrono::milliseconds(2000));
      continue;
    }
    pause = std::chrono::milliseconds(50);
    ++(taken ? sent_ : refused_);
    if (!waiting_.empty() && waiting_.front().id == event.id) waiting_.pop_front();
  }
}

int CourtEvents::post(const Subscriber& to, const Event& event) {
  try {
    const Poco::URI uri(to.url);
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    session.setTimeout(Poco::Timespan(10, 0));
    Poco::Net::HTTPRequest request("POST", uri.getPathAndQuery(), "HTTP/1.1");
    const int64_t now = std::time(nullptr);
    request.set("X-Concord-Timestamp", std::to_string(now));
    request.set("X-Concord-Delivery", event.id);
    request.set("X-Concord-Signature", sdk::sign_webhook(to.secret, now, event.id, event.body));
    request.setContentType("application/json");
    request.setContentLength64(static_cast<Poco::Int64>(event.body.size()));
    session.sendRequest(request) << event.body;
    Poco::Net::HTTPResponse response;
    Poco::NullOutputStream nowhere;
    Poco::StreamCopier::copyStream(session.receiveResponse(response), nowhere);
    return static_cast<int>(response.getStatus());
  } catch (const Poco::Exception&) {
    return 0;  // the hub is not there: again later
  }
}

std::string CourtEvents::json() const {
  const std::lock_guard lock(mutex_);
  return R"({"sent":)" + std::to_string(sent_) + R"(,"waiting":)" +
         std::to_string(waiting_.size()) + R"(,"refused":)" + std::to_string(refused_) + "}";
}

}  // namespace concord::sim
