// A signed webhook listener on Poco's HTTPServer, and the signature itself.
//
// A sender posts a body with
//   X-Concord-Timestamp: <unix seconds>
//   X-Concord-Delivery:  <id, unique a delivery; the same when it sends again>
//   X-Concord-Signature: sha256=<hex of HMAC-SHA256(secret, "timestamp.delivery.body")>
// The id may hold letters, digits, '-', '_' and ':' only. Were a '.' allowed, one signature would
// fit two ways of cutting the signed text, and a captured delivery could be replayed under a new
// id.
//
// Replies: 401 signature or time wrong, 409 a repeat of what was accepted, 413 too large, 400
// header missing, 405 not POST; else the handler's. A delivery that the handler did not accept (no
// 2xx) may be sent again under its id. TLS ends before this port: bind to loopback or a private
// network.
#pragma once

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>
#include <chrono>
#include <concord/connector.hpp>
#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace concord::sdk {

// Where the listener listens, and what it lets in.
struct WebhookConfig {
  std::string host = "127.0.0.1";
  uint16_t port = 0;   // 0: any free one, see WebhookServer::port()
  std::string secret;  // at least 16 bytes
  std::chrono::seconds tolerance{300};
  size_t body_bytes_max = 1u << 20;
  int threads_max = 16;  // one a kept-alive caller
  std::chrono::milliseconds body_timeout{10000};
  std::function<int64_t()> unix_now = [] { return int64_t{std::time(nullptr)}; };
};

// What the sender is told.
struct WebhookReply {
  int status = 202;
  std::string body = {};  // JSON, or nothing
  std::chrono::seconds retry_after{0};
};

// "sha256=<hex>"
inline std::string sign_webhook(std::string_view secret,
                                std::string_view timestamp,
                                std::string_view delivery_id,
                                std::string_view body) {
  std::string text;
  text.reserve(timestamp.size() + delivery_id.size() + body.size() + 2);
  text.append(timestamp).append(1, '.').append(delivery_id).append(1, '.').append(body);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(),
       secret.data(),
       static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       mac,
       &size);
  std::string out = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    out += "0123456789abcdef"[mac[i] >> 4];
    out += "0123456789abcdef"[mac[i] & 15];
  }
  return out;
}
inline std::string sign_webhook(std::string_view secret,
                                int64_t timestamp,
                                std::string_view delivery_id,
                                std::string_view body) {
  return sign_webhook(secret, std::to_string(timestamp), delivery_id, body);
}

// Who may pass: signature, time and repeats. Knows no socket. Any thread.
class WebhookGate {
 public:
  explicit WebhookGate(WebhookConfig config) : config_(std::move(config)) {}

  // No value: pass, and call settle() with what became of it. Else the reply to give.
  std::optional<WebhookReply> enter(std::string_view timestamp,
                                    const std::string& id,
                                    std::string_view signature,
                                    std::string_view body) {
    int64_t sent = 0;
    const auto [end, bad] =
        std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), sent);
    if (bad != std::errc{} || end != timestamp.data() + timestamp.size() || signature.empty() ||
        !id_allowed(id))
      return refuse(400, "WEBHOOK_HEADERS");
    const std::string want = sign_webhook(config_.secret, timestamp, id, body);
    if (signature.size() != want.size() ||
        CRYPTO_memcmp(signature.data(), want.data(), want.size()) != 0)
      return refuse(401, "WEBHOOK_SIGNATURE");
    const int64_t now = config_.unix_now();
    // Compared without subtraction: sent is any int64.
    if (sent < now - config_.tolerance.count() || sent > now + config_.tolerance.count())
      return refuse(401, "WEBHOOK_TIME");
    const std::lock_guard lock(mutex_);
    forget_old(now);
    const auto seen = seen_.find(id);
    if (seen != seen_.end()) {
      if (seen->second.accepted) return refuse(409, "WEBHOOK_REPEAT");
      return WebhookReply{503, error("WEBHOOK_IN_HAND"), std::chrono::seconds(1)};
    }
    if (seen_.size() >= kSeenMax)
      return WebhookReply{503, error("WEBHOOK_FULL"), std::chrono::seconds(10)};
    // Kept until its timestamp is too old to pass again.
    seen_.emplace(id, Seen{sent + config_.tolerance.count(), false});
    return std::nullopt;
  }

  // What became of a delivery that enter() let in: one that was not accepted may come again.
  void settle(const std::string& id, bool accepted) {
    const std::lock_guard lock(mutex_);
    const auto seen = seen_.find(id);
    if (seen == seen_.end()) return;
    if (accepted) {
      seen->second.accepted = true;
    } else {
      seen_.erase(seen);
    }
  }

  static std::string error(const char* code) { return "{\"error\":\"" + std::string(code) + "\"}"; }

 private:
  static constexpr size_t kSeenMax = 200000;
  struct Seen {
    int64_t until;
    bool accepted;
  };

  static WebhookReply refuse(int status, const char* code) { return {status, error(code)}; }
  static bool id_allowed(std::string_view id) {
    if (id.empty() || id.size() > 128) return false;
    for (const char c : id) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != ':') return false;
    }
    return true;
  }
  void forget_old(int64_t now) {
    if (now < next_sweep_) return;
    next_sweep_ = now + 10;
    std::erase_if(seen_,
                  [now](const auto& s) { return s.second.accepted && s.second.until < now; });
  }

  WebhookConfig config_;
  std::mutex mutex_;
  std::unordered_map<std::string, Seen> seen_;
  int64_t next_sweep_ = 0;
};

// Threads: start and stop from one; the handler is called from up to threads_max at once.
// Ownership: what the handler captures must live until stop() has returned.
class WebhookServer {
 public:
  using Handler =
      std::function<WebhookReply(std::string_view path, std::string body, std::string event_id)>;

  WebhookServer() = default;
  WebhookServer(const WebhookServer&) = delete;
  WebhookServer& operator=(const WebhookServer&) = delete;
  ~WebhookServer() { stop(); }

  Status start(WebhookConfig config, Handler handler) {
    if (config.secret.size() < 16) {
      return config_error("WEBHOOK_SECRET",
                          "webhook secret",
                          "fewer than 16 bytes",
                          "set a random secret, as from openssl rand -hex 32");
    }
    const std::string place = config.host + ":" + std::to_string(config.port);
    try {
      gate_ = std::make_unique<WebhookGate>(config);
      config_ = std::move(config);
      handler_ = std::move(handler);
      // Poco's default shares the port with whoever binds it next.
      Poco::Net::ServerSocket socket;
      socket.bind(Poco::Net::SocketAddress(config_.host, config_.port), true, false);
      socket.listen(64);
      auto params = Poco::AutoPtr(new Poco::Net::HTTPServerParams);
      params->setMaxThreads(config_.threads_max);
      params->setMaxQueued(64);
      params->setTimeout(Poco::Timespan(5, 0));
      params->setKeepAliveTimeout(Poco::Timespan(5, 0));
      pool_ = std::make_unique<Poco::ThreadPool>(1, config_.threads_max + 1);
      server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(*this), *pool_, socket, params);
      server_->start();
      port_ = socket.address().port();
    } catch (const Poco::Exception&) {
      stop();
      return config_error("WEBHOOK_PORT",
                          place,
                          "the port cannot be opened",
                          "see who holds it, or choose another port or host");
    }
    return Done{};
  }

  // Where it listens; 0: it does not.
  [[nodiscard]] uint16_t port() const { return port_; }

  // Takes no more, finishes what is in hand, returns when no handler runs any more.
  void stop() {
    if (server_) {
      server_->stopAll(false);
      pool_->joinAll();
      server_.reset();
    }
    pool_.reset();
    port_ = 0;
  }

 private:
  class Request : public Poco::Net::HTTPRequestHandler {
   public:
    explicit Request(WebhookServer& server) : server_(server) {}
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
      const WebhookReply reply = server_.answer(request, response);
      response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(reply.status));
      response.setReason(Poco::Net::HTTPResponse::getReasonForStatus(response.getStatus()));
      if (reply.retry_after.count() > 0)
        response.set("Retry-After", std::to_string(reply.retry_after.count()));
      response.setContentType("application/json");
      response.sendBuffer(reply.body.data(), reply.body.size());
    }

   private:
    WebhookServer& server_;
  };
  struct Factory : Poco::Net::HTTPRequestHandlerFactory {
    explicit Factory(WebhookServer& s) : server(s) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(
        const Poco::Net::HTTPServerRequest&) override {
      return new Request(server);
    }
    WebhookServer& server;
  };

  WebhookReply answer(Poco::Net::HTTPServerRequest& request,
                      Poco::Net::HTTPServerResponse& response) {
    auto last = [&](int status, const char* code) {
      // What was not read would be taken for the next request.
      response.setKeepAlive(false);
      return WebhookReply{status, WebhookGate::error(code)};
    };
    if (request.getMethod() != "POST") return last(405, "WEBHOOK_METHOD");
    if (request.hasContentLength() &&
        static_cast<uint64_t>(request.getContentLength64()) > config_.body_bytes_max)
      return last(413, "WEBHOOK_SIZE");
    std::string body;
    const int read = read_body(request.stream(), body);
    if (read == 413) return last(413, "WEBHOOK_SIZE");
    if (read != 0 || (request.hasContentLength() &&
                      body.size() != static_cast<uint64_t>(request.getContentLength64())))
      return last(408, "WEBHOOK_CUT");
    const std::string id = request.get("X-Concord-Delivery", "");
    auto refused = gate_->enter(
        request.get("X-Concord-Timestamp", ""), id, request.get("X-Concord-Signature", ""), body);
    if (refused) return *std::move(refused);
    WebhookReply reply{500, WebhookGate::error("WEBHOOK_HANDLER")};
    try {
      const std::string& uri = request.getURI();
      reply = handler_(std::string_view(uri).substr(0, uri.find('?')), std::move(body), id);
    } catch (...) {
      // The sender keeps it and sends again; what was thrown may hold content.
    }
    gate_->settle(id, reply.status >= 200 && reply.status < 300);
    return reply;
  }

  int read_body(std::istream& in, std::string& body) const {
    const auto ends = std::chrono::steady_clock::now() + config_.body_timeout;
    char part[8192];
    while (in.good()) {
      // readsome-like steps, so that a sender of one byte at a time cannot hold the thread.
      in.read(part, 1);
      if (in.gcount() == 0) break;
      const auto n = 1 + in.readsome(part + 1, sizeof part - 1);
      if (body.size() + static_cast<size_t>(n) > config_.body_bytes_max) return 413;
      body.append(part, static_cast<size_t>(n));
      if (std::chrono::steady_clock::now() > ends) return 408;
    }
    return in.bad() ? 408 : 0;
  }

  WebhookConfig config_;
  Handler handler_;
  std::unique_ptr<WebhookGate> gate_;
  std::unique_ptr<Poco::ThreadPool> pool_;
  std::unique_ptr<Poco::Net::HTTPServer> server_;
  uint16_t port_ = 0;
};

}  // namespace concord::sdk
