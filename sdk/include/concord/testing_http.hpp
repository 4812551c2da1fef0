// A small HTTP server for tests: a sample of the system that a connector speaks to, on a loopback
// port of its own. Over Poco::Net (link Poco::Net); for tests only, never inside a connector.
#pragma once

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace concord::sdk {

// What a client sent.
struct TestRequest {
  std::string method;
  std::string path;                          // without the query, decoded
  std::map<std::string, std::string> query;  // decoded
  std::string body;
  std::function<std::string(const std::string&)> header;  // "" where it was not sent
};
// What the server is to answer.
struct TestReply {
  int status = 200;
  std::string body = {};
  std::map<std::string, std::string> headers = {};
};

// Serves from construction to destruction. handle is called from several threads at once, and may
// wait: others are served meanwhile.
class TestServer {
 public:
  using Handle = std::function<TestReply(const TestRequest&)>;
  // port 0: any that is free.
  explicit TestServer(Handle handle, uint16_t port = 0)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
    auto* params = new Poco::Net::HTTPServerParams;  // the server takes it
    params->setMaxThreads(16);
    params->setMaxQueued(64);
    params->setKeepAlive(false);
    server_ =
        std::make_unique<Poco::Net::HTTPServer>(new Factory(std::move(handle)), socket_, params);
    server_->start();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() { server_->stopAll(true); }
  [[nodiscard]] uint16_t port() const { return socket_.address().port(); }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

 private:
  struct Handler : Poco::Net::HTTPRequestHandler {
    explicit Handler(const Handle& h) : handle(h) {}
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
      TestRequest asked{request.getMethod(), {}, {}, {}, [&](const std::string& name) {
                          return request.get(name, "");
                        }};
      const Poco::URI uri(request.getURI());
      asked.path = uri.getPath();
      for (const auto& [name, value] : uri.getQueryParameters()) asked.query[name] = value;
      Poco::StreamCopier::copyToString(request.stream(), asked.body);
      const TestReply reply = handle(asked);
      response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(reply.status));
      response.setContentType("application/json");
      for (const auto& [name, value] : reply.headers) response.set(name, value);
      response.sendBuffer(reply.body.data(), reply.body.size());
    }
    const Handle& handle;
  };
  struct Factory : Poco::Net::HTTPRequestHandlerFactory {
    explicit Factory(Handle h) : handle(std::move(h)) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(
        const Poco::Net::HTTPServerRequest&) override {
      return new Handler(handle);
    }
    const Handle handle;
  };
  Poco::Net::ServerSocket socket_;
  std::unique_ptr<Poco::Net::HTTPServer> server_;
};

}  // namespace concord::sdk
