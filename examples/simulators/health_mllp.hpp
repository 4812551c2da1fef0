// The simulated hospital's ends of MLLP: an outbox that sends to the hub until each message is
// acknowledged and then forgets it, and an intake that answers what the hub sends.
//
// Threads: any number may call any function; each end has threads of its own.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "examples/simulators/faults.hpp"
#include "examples/simulators/journal.hpp"
#include "examples/simulators/ports.hpp"

namespace concord::sim {

// Sends in order, up to `pipeline` messages ahead of their acknowledgements. AA, CA: forgotten. AE
// with 207, silence, a lost connection: again. Any other answer: the receiver keeps it; counted as
// refused.
class MllpOutbox {
 public:
  explicit MllpOutbox(Faults& faults) : faults_(faults) {}
  MllpOutbox(const MllpOutbox&) = delete;
  MllpOutbox& operator=(const MllpOutbox&) = delete;
  ~MllpOutbox() { stop(); }

  void start();
  void stop();  // what was not acknowledged waits for the next start()
  void connect_to(std::string host, uint16_t port, size_t pipeline);  // port 0: nobody
  void send(std::string control_id, std::string message);

  // {"sent":12,"resent":1,"acknowledged":10,"refused":1,"waiting":2,"ack_p50_ms":3.1,"ack_p99_ms":9.0}
  [[nodiscard]] std::string json() const;
  // {"SYN-M-1":"AA"}: what each message was answered, newest last; at most the last 100 000.
  [[nodiscard]] std::string answers_json() const;

 private:
  struct Message {
    std::string control_id, bytes;
    int64_t first_sent_us = 0;
    bool sent = false;
  };
  void run();
  bool converse(Poco::Net::StreamSocket& socket);  // false: lost
  bool take_answers(std::string& unread);

  Faults& faults_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Message> waiting_;
  std::string host_ = "127.0.0.1";
  uint16_t port_ = 0;
  size_t pipeline_ = 16;
  uint64_t target_ = 0;  // rises with connect_to()
  uint64_t sent_ = 0, resent_ = 0, acknowledged_ = 0, refused_ = 0;
  std::vector<int64_t> ack_us_;  // from first sending to acknowledgement
  std::deque<std::pair<std::string, std::string>> answers_;
  bool running_ = false;
  std::thread thread_;
};

// Takes adt and oru from the hub into the journal and answers. Idempotency key, key and version
// come from ZCC, where it is; else from the header. Faults with place "/mllp": slow, hang, status
// (AE with 207), rate_limited (the same), bad_token (AR with 202), reset_after_commit,
// truncated_body.
class MllpIntake {
 public:
  // knows: whether the hospital has a patient with this number.
  MllpIntake(Journal& journal, Faults& faults, std::function<bool(const std::string&)> knows)
      : journal_(journal), faults_(faults), knows_(std::move(knows)) {}
  MllpIntake(const MllpIntake&) = delete;
  MllpIntake& operator=(const MllpIntake&) = delete;
  ~MllpIntake() { stop(); }

  sdk::Status start();
  void stop();
  [[nodiscard]] uint16_t port() const { return port_.number(); }
  void refuse(const std::string& mrn, bool on);

 private:
  struct Connection {
    Poco::Net::StreamSocket socket;
    std::thread thread;
    std::atomic<bool> done{false};
  };
  void accept(Poco::Net::ServerSocket socket);
  void serve(Poco::Net::StreamSocket& socket);
  bool answer(Poco::Net::StreamSocket& socket, const std::string& message);

  Journal& journal_;
  Faults& faults_;
  std::function<bool(const std::string&)> knows_;
  ReservedPort port_;
  std::atomic<bool> running_{false};
  std::thread acceptor_;
  std::mutex mutex_;
  std::set<std::string> refused_;
  std::list<Connection> connections_;  // of the acceptor alone, until stop()
};

}  // namespace concord::sim
