#include "hub/api/server.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <openssl/crypto.h>

#include <atomic>
#include <concord/json.hpp>

#include "hub/api/metrics.hpp"
#include "hub/api/routes.hpp"
#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/base/json.hpp"
#include "hub/base/log.hpp"

namespace concord::api {
namespace {

using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

struct Shared {
  Shared(pipeline::Hub& of, Apply::Read read) : hub(of), apply(of, std::move(read)) {}
  pipeline::Hub& hub;
  Apply apply;
  std::string token;
  std::atomic<bool> ready{true};
};

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

class Handler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(Shared& shared) : shared_(shared) {}

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    const std::string& path = request.getURI();
    if (path == "/livez") return send(response, 200, "text/plain", "live\n");
    if (path == "/readyz") {
      const bool ready = shared_.ready.load();
      return send(response, ready ? 200 : 503, "text/plain", ready ? "ready\n" : "draining\n");
    }
    if (path == "/metrics")
      return send(response, 200, "text/plain; version=0.0.4", metrics_text(shared_.hub));
    constexpr std::string_view kApi = "/api/v1/";
    if (!path.starts_with(kApi)) return send(response, 404, "application/json", "{}");
    if (!same(request.get("Authorization", ""), "Bearer " + shared_.token))
      return send(response, 401, "application/json", "{}");
    std::string body(std::istreambuf_iterator<char>(limited(request)), {});
    if (body.size() > kBodyBytesMax) return send(response, 413, "application/json", "{}");
    const Answer given =
        answer(shared_.hub, shared_.apply, request.getMethod(), path.substr(kApi.size()), body);
    send(response, given.status, "application/json", given.body);
  }

 private:
  static std::istream& limited(HTTPServerRequest& request) {
    if (request.getContentLength64() > static_cast<Poco::Int64>(kBodyBytesMax))
      request.stream().setstate(std::ios::eofbit | std::ios::failbit);
    return request.stream();
  }
  static void send(HTTPServerResponse& response,
                   int status,
                   const char* type,
                   const std::string& body) {
    response.setStatusAndReason(static_cast<HTTPResponse::HTTPStatus>(status));
    response.setContentType(type);
    response.set("Cache-Control", "no-store");
    response.sendBuffer(body.data(), body.size());
  }
  Shared& shared_;
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Shared& shared) : shared_(shared) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(shared_);
  }

 private:
  Shared& shared_;
};

}  // namespace

struct Server::Parts {
  Parts(pipeline::Hub& hub, Apply::Read read) : shared(hub, std::move(read)) {}
  Shared shared;
  std::string data_folder;
  std::unique_ptr<Poco::Net::HTTPServer> http;
  std::string address;
};

std::string admin_file_path(const std::string& data_folder) {
  return data_folder + "/admin.json";
}

base::Result<AdminFile> read_admin_file(const std::string& data_folder) {
  const std::string path = admin_file_path(data_folder);
  auto text = base::read_file(path, 4096);
  if (!text) return std::move(text).error();
  auto json = base::read_json(*text, path);
  if (!json) return std::move(json).error();
  return AdminFile{std::string(base::text_of(*json, "address")),
                   std::string(base::text_of(*json, "token"))};
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  parts_->http->stopAll();
  std::remove(admin_file_path(parts_->data_folder).c_str());
}

std::string Server::address() const {
  return parts_->address;
}

void Server::draining() {
  parts_->shared.ready = false;
}

base::Result<std::unique_ptr<Server>> Server::start(const std::string& address,
                                                    pipeline::Hub& hub,
                                                    Apply::Read read) {
  auto parts = std::make_unique<Parts>(hub, std::move(read));
  const base::Key secret = base::random_key();
  parts->shared.token = base::hex({reinterpret_cast<const char*>(secret.data()), secret.size()});
  parts->data_folder = hub.view()->coalition().data_folder;
  try {
    Poco::Net::ServerSocket socket(
        Poco::Net::SocketAddress(address.empty() ? "127.0.0.1:0" : address));
    auto params = Poco::makeAuto<Poco::Net::HTTPServerParams>();
    params->setMaxThreads(4);
    params->setMaxQueued(32);
    params->setTimeout(Poco::Timespan(10, 0));
    params->setKeepAliveTimeout(Poco::Timespan(5, 0));
    parts->http =
        std::make_unique<Poco::Net::HTTPServer>(new Factory(parts->shared), socket, params);
    parts->address = "127.0.0.1:" + std::to_string(socket.address().port());
    if (!socket.address().host().isWildcard()) parts->address = socket.address().toString();
    parts->http->start();
  } catch (const Poco::Exception& fault) {
    return base::config_error("ADMIN_ADDRESS",
                              "concord.yaml: admin",
                              fault.displayText(),
                              "name a free address, or 127.0.0.1:0 for any free port");
  }
  sdk::JsonWriter file;
  file.object().field("address", parts->address).field("token", parts->shared.token).end();
  if (auto written = base::write_file(admin_file_path(parts->data_folder), file.text(), 0600);
      !written) {
    parts->http->stopAll();
    return std::move(written).error();
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

}  // namespace concord::api
