// The four agencies of the bench, each a source of one flow and a destination of another: as little
// as an agency can be, since it shares the machine with the hub that is measured.
//
// Threads: start() and stop() from one; each has threads of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "examples/simulators/http.hpp"
#include "examples/simulators/juvenile_database.hpp"
#include "tests/bench/traffic.hpp"
#include "tests/bench/words.hpp"

namespace concord::bench {

// Where the hub listens, and the secrets that both sides know.
struct Wires {
  int welfare_webhook = 0, court_webhook = 0, mllp = 0, admin = 0;
  std::string secret = "SYN-bench-secret-0123456789";
};

// Posts records to a webhook of the hub as they fall due, several at once.
class Announcer {
 public:
  Announcer(Traffic& traffic, Flow flow, const Wires& wires)
      : traffic_(traffic), flow_(flow), wires_(wires) {}
  // body: the webhook's body around one record.
  void start(const std::string& url, std::function<std::string(int64_t)> body);
  void join();
  [[nodiscard]] int64_t failures() const { return failures_; }

 private:
  void run(const std::string& url, const std::function<std::string(int64_t)>& body);
  Traffic& traffic_;
  Flow flow_;
  const Wires& wires_;
  std::atomic<int64_t> failures_{0};
  std::vector<std::thread> threads_;
};

// Child welfare and court: an HTTP server each. In the flood the hub fetches pages, else it is
// told.
class Welfare {
 public:
  Welfare(Traffic& traffic, const Words& words, const Wires& wires);
  sdk::Status start() { return server_.start(); }
  void announce();
  void stop() { announcer_.join(), server_.stop(); }
  [[nodiscard]] uint16_t port() const { return server_.port(); }
  [[nodiscard]] int64_t failures() const { return announcer_.failures(); }

 private:
  sim::HttpReply handle(const sim::HttpRequest& request);
  sim::HttpReply page(const std::string& list, const sim::HttpRequest& request);
  sim::HttpReply take(const std::string& body);
  Traffic& traffic_;
  const Words& words_;
  const Wires& wires_;
  std::vector<std::string> persons_;
  Announcer announcer_;
  sim::HttpServer server_;
};

class Court {
 public:
  Court(Traffic& traffic, const Words& words, const Wires& wires);
  sdk::Status start() { return server_.start(); }
  void announce();
  void stop() { announcer_.join(), server_.stop(); }
  [[nodiscard]] uint16_t port() const { return server_.port(); }
  [[nodiscard]] int64_t failures() const { return announcer_.failures(); }

 private:
  sim::HttpReply handle(const sim::HttpRequest& request);
  sim::HttpReply page(const std::string& list, const sim::HttpRequest& request);
  sim::HttpReply take(const std::string& body);
  Traffic& traffic_;
  const Words& words_;
  const Wires& wires_;
  std::vector<std::string> parties_;
  Announcer announcer_;
  sim::HttpServer server_;
};

// The hospital: sends HL7 v2 over MLLP on several connections, each waiting for its answers before
// it sends more; takes FHIR batches.
class Hospital {
 public:
  Hospital(Traffic& traffic, const Words& words, const Wires& wires, int connections);
  sdk::Status start() { return server_.start(); }
  // Sends every patient once (ADT^A28), then what the traffic allows. False: said why.
  bool admit_all();
  void send();
  void stop();
  [[nodiscard]] uint16_t port() const { return server_.port(); }
  [[nodiscard]] int64_t failures() const { return failures_; }

 private:
  void run();
  sim::HttpReply handle(const sim::HttpRequest& request);
  Traffic& traffic_;
  const Words& words_;
  const Wires& wires_;
  int connections_;
  std::atomic<int64_t> failures_{0};
  std::vector<std::thread> threads_;
  sim::HttpServer server_;
};

// Probation: a database in a file. Its triggers write the outbox and the log of the inbox.
class Probation {
 public:
  Probation(Traffic& traffic, const Words& words, std::filesystem::path file);
  bool start();  // makes the file, with every youth in it; false: said why
  void work();
  void stop();
  [[nodiscard]] int64_t failures() const { return failures_; }

 private:
  void offer();
  void look();
  Traffic& traffic_;
  const Words& words_;
  std::filesystem::path file_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> failures_{0};
  std::thread offers_, looks_;
};

}  // namespace concord::bench
