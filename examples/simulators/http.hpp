// An HTTP server on a loopback port, with the faults of its system. Poco stays in http.cpp.
//
// A handler says what the right answer is; the server does what is wrong about it (kHttpFaults).
// Idle kept-alive connections each hold a thread: threads_max bounds the clients at one time.
//
// Threads: the handler is called from several at once. stop() returns when no call is running.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/simulators/faults.hpp"
#include "examples/simulators/ports.hpp"

namespace concord::sim {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // upper case
  std::string path;    // decoded, without the query
  Pairs query;         // decoded, in order
  Pairs headers;
  std::string body;

  [[nodiscard]] std::string_view header(std::string_view name) const;     // any case; or empty
  [[nodiscard]] std::string_view parameter(std::string_view name) const;  // of the query; or empty
};

struct HttpReply {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  Pairs headers = {};
};

struct HttpOptions {
  uint16_t port = 0;  // 0: any
  int threads_max = 32;
  int queue_max = 64;
  size_t body_bytes_max = 32u << 20;  // larger: 413
  std::chrono::milliseconds timeout{30000};
  std::string certificate_file;  // PEM; with key_file: TLS
  std::string key_file;
};

class HttpServer {
 public:
  using Handler = std::function<HttpReply(const HttpRequest&)>;
  // faults may be null; where given, it outlives the server.
  HttpServer(Handler handler, Faults* faults, HttpOptions options = {});
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  // Listens; after stop() again on the same port.
  sdk::Status start();
  // Refuses connections, drops those that are open, and waits for running calls.
  void stop();
  [[nodiscard]] uint16_t port() const { return port_.number(); }  // from the first start() on

 private:
  struct Running;
  Handler handler_;
  Faults* faults_;
  HttpOptions options_;
  ReservedPort port_;
  std::unique_ptr<Running> running_;
};

}  // namespace concord::sim
