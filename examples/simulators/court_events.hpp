// The court's webhook: tells one subscriber what changed, signed, in order, until it is taken.
//
// An event that is not answered with 2xx or 409 is sent again, later each time, and holds back
// those behind it; one that is refused for good (400, 401, 413, 422) is dropped and counted.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "examples/simulators/court_docket.hpp"
#include "examples/simulators/faults.hpp"

namespace concord::sim {

class CourtEvents {
 public:
  explicit CourtEvents(Faults& faults) : faults_(faults) {}
  CourtEvents(const CourtEvents&) = delete;
  CourtEvents& operator=(const CourtEvents&) = delete;
  ~CourtEvents() { stop(); }

  void start();
  void stop();  // what was not sent waits for the next start()

  void subscribe(std::string url, std::string secret, bool poke);
  void unsubscribe() { subscribe("", "", false); }
  void announce(const CourtDocket::Changes& changes);

  // {"sent":3,"waiting":0,"refused":0}
  [[nodiscard]] std::string json() const;

 private:
  struct Event {
    std::string id, body;
  };
  struct Subscriber {
    std::string url, secret;
    bool poke = false;
  };
  void run();
  // The answer's status; 0: none came.
  static int post(const Subscriber& to, const Event& event);

  Faults& faults_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Subscriber subscriber_;
  std::deque<Event> waiting_;
  uint64_t count_ = 0, sent_ = 0, refused_ = 0;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace concord::sim
