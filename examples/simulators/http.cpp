#include "examples/simulators/http.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>
#include <strings.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <istream>
#include <optional>
#include <ostream>

namespace concord::sim {
namespace {

namespace net = Poco::Net;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// What a handler needs to know of its server.
struct Wiring {
  const HttpServer::Handler& handler;
  Faults* faults;
  const HttpOptions& options;
  std::atomic<bool> stopping{false};
};

// False: the body is larger than the options allow.
bool read_body(std::istream& in, size_t bytes_max, std::string& body) {
  std::array<char, size_t{64} * 1024> chunk{};
  while (in) {
    in.read(chunk.data(), chunk.size());
    body.append(chunk.data(), static_cast<size_t>(in.gcount()));
    if (body.size() > bytes_max) return false;
  }
  return true;
}

void send_head(net::HTTPServerResponse& out, const HttpReply& reply) {
  out.setStatusAndReason(static_cast<net::HTTPResponse::HTTPStatus>(reply.status));
  if (!reply.body.empty()) out.setContentType(reply.content_type);
  for (const auto& [name, value] : reply.headers) out.set(name, value);
}

// 204 and 304 have no body, and a Content-Length there leaves some clients waiting.
void send_whole(net::HTTPServerResponse& out, const HttpReply& reply) {
  send_head(out, reply);
  if (reply.status == 204 || reply.status == 304) {
    out.setContentLength(net::HTTPMessage::UNKNOWN_CONTENT_LENGTH);
    out.setChunkedTransferEncoding(false);
    out.send().flush();
    return;
  }
  out.sendBuffer(reply.body.data(), reply.body.size());
}

// hard: RST, as when a machine dies; else what was sent arrives before the end.
void drop(net::HTTPServerRequest& request, bool hard) {
  net::StreamSocket socket = static_cast<net::HTTPServerRequestImpl&>(request).detachSocket();
  if (hard) {
    socket.setLinger(true, 0);
  } else {
    socket.shutdownSend();
  }
  socket.close();
}

class Handling : public net::HTTPRequestHandler {
 public:
  explicit Handling(Wiring& wiring) : wiring_(wiring) {}

  void handleRequest(net::HTTPServerRequest& in, net::HTTPServerResponse& out) override {
    HttpRequest request;
    request.method = in.getMethod();
    try {
      const Poco::URI uri(in.getURI());
      request.path = uri.getPath();
      request.query = uri.getQueryParameters();
    } catch (const Poco::Exception&) {
      send_whole(out, {400, R"({"error":"the address is not a valid URI"})"});
      return;
    }
    for (const auto& [name, value] : in) request.headers.emplace_back(name, value);
    if (!read_body(in.stream(), wiring_.options.body_bytes_max, request.body)) {
      out.setKeepAlive(false);  // the rest of the body is still in the way
      send_whole(out, {413, R"({"error":"the body is too large"})"});
      return;
    }
    std::optional<Fault> fault;
    if (wiring_.faults != nullptr) fault = wiring_.faults->take(kHttpFaults, request.path);
    answer(in, out, request, fault);
  }

 private:
  void answer(net::HTTPServerRequest& in,
              net::HTTPServerResponse& out,
              const HttpRequest& request,
              const std::optional<Fault>& fault) {
    if (!fault) return send_whole(out, work(request));
    switch (fault->kind) {
      case FaultKind::slow:
        wait(fault->delay);
        return send_whole(out, work(request));
      case FaultKind::hang:
        wait(std::chrono::hours(1));
        return drop(in, true);
      case FaultKind::status:
        return send_whole(out, {fault->status, R"({"error":"fault on demand"})"});
      case FaultKind::rate_limited: {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(fault->delay).count();
        return send_whole(out,
                          {429,
                           R"({"error":"too many requests"})",
                           "application/json",
                           {{"Retry-After", std::to_string(seconds)}}});
      }
      case FaultKind::bad_token:
        return send_whole(out,
                          {401,
                           R"({"error":"invalid_token"})",
                           "application/json",
                           {{"WWW-Authenticate", R"(Bearer error="invalid_token")"}}});
      case FaultKind::reset_after_commit:
        work(request);
        return drop(in, true);
      case FaultKind::truncated_body:
        return send_half(in, out, work(request));
      case FaultKind::duplicate:
      case FaultKind::out_of_order:
        break;  // never taken here
    }
  }

  // A handler that throws is a system that fails: 500, as a real one would.
  HttpReply work(const HttpRequest& request) {
    try {
      return wiring_.handler(request);
    } catch (const std::exception& e) {
      std::fprintf(stderr,
                   "simulator: %s %s failed: %s\n",
                   request.method.c_str(),
                   request.path.c_str(),
                   e.what());
      return {500, R"({"error":"the simulated system failed"})"};
    }
  }

  void send_half(net::HTTPServerRequest& in, net::HTTPServerResponse& out, const HttpReply& reply) {
    send_head(out, reply);
    // An empty answer has no half: promise one byte, and send none.
    out.setContentLength(static_cast<std::streamsize>(reply.body.empty() ? 1 : reply.body.size()));
    out.setKeepAlive(false);
    std::ostream& body = out.send();
    body.write(reply.body.data(), static_cast<std::streamsize>(reply.body.size() / 2));
    body.flush();
    drop(in, false);
  }

  // In slices: stop() may come between the look at stopping and the wait.
  void wait(std::chrono::milliseconds time) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + time;
    while (!wiring_.stopping && Clock::now() < end) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      if (wiring_.faults->wait(std::min(left, std::chrono::milliseconds(200)))) return;
    }
  }

  Wiring& wiring_;
};

class Factory : public net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Wiring& wiring) : wiring_(wiring) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return new Handling(wiring_);  // Poco deletes it
  }

 private:
  Wiring& wiring_;
};

net::ServerSocket listening(const HttpOptions& options, uint16_t port) {
  const net::SocketAddress address("127.0.0.1", port);
  auto listen = [&](net::ServerSocket& socket) {
    socket.bind(address, true, false);
    socket.listen(options.queue_max);
  };
  if (options.certificate_file.empty()) {
    net::ServerSocket socket;
    listen(socket);
    return socket;
  }
  const net::Context::Ptr context(new net::Context(net::Context::TLS_SERVER_USE,
                                                   options.key_file,
                                                   options.certificate_file,
                                                   "",
                                                   net::Context::VERIFY_NONE));
  net::SecureServerSocket socket(context);
  listen(socket);
  return socket;  // NOLINT(cppcoreguidelines-slicing): a handle; what it points at stays secure
}

}  // namespace

struct HttpServer::Running {
  Running(const Handler& handler, Faults* faults, const HttpOptions& options, uint16_t port)
      : wiring{handler, faults, options, {}}, pool(2, options.threads_max, 60, 0) {
    net::HTTPServerParams::Ptr params(new net::HTTPServerParams);
    params->setMaxThreads(options.threads_max);
    params->setMaxQueued(options.queue_max);
    params->setTimeout(Poco::Timespan(options.timeout.count() * 1000));
    params->setKeepAlive(true);
    params->setKeepAliveTimeout(Poco::Timespan(options.timeout.count() * 1000));
    server = std::make_unique<net::HTTPServer>(
        new Factory(wiring), pool, listening(options, port), params);
    server->start();  // Poco sets TCP_NODELAY on what it accepts
  }
  ~Running() {
    wiring.stopping = true;
    if (wiring.faults != nullptr) wiring.faults->interrupt();
    server->stopAll(true);
    pool.joinAll();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  Wiring wiring;
  Poco::ThreadPool pool;
  std::unique_ptr<net::HTTPServer> server;
};

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::string_view HttpRequest::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

HttpServer::HttpServer(Handler handler, Faults* faults, HttpOptions options)
    : handler_(std::move(handler)), faults_(faults), options_(std::move(options)) {}

HttpServer::~HttpServer() {
  stop();
}

sdk::Status HttpServer::start() {
  if (running_ != nullptr) return sdk::Done{};
  if (auto reserved = port_.reserve(options_.port); !reserved) return reserved;
  try {
    running_ = std::make_unique<Running>(handler_, faults_, options_, port_.number());
  } catch (const Poco::Exception& e) {
    return sdk::config_error("HTTP_LISTEN",
                             "127.0.0.1:" + std::to_string(port_.number()),
                             e.displayText(),
                             "free the port, or choose 0 for any");
  }
  return sdk::Done{};
}

void HttpServer::stop() {
  running_.reset();
}

}  // namespace concord::sim
