#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <concord/http.hpp>
#include <future>

namespace concord::sdk {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using ::testing::HasSubstr;
using ::testing::Not;

// A system on a loopback port whose answers the test says.
class Server {
 public:
  using Answer = std::function<void(HTTPServerRequest&, HTTPServerResponse&)>;
  explicit Server(Answer answer)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)),
        server_(new Factory(std::move(answer)), socket_, params()) {
    server_.start();
  }
  ~Server() { server_.stopAll(true); }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + path;
  }
  int connections() const { return server_.totalConnections(); }

 private:
  struct Handler : Poco::Net::HTTPRequestHandler {
    explicit Handler(const Answer& a) : answer(a) {}
    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
      answer(request, response);
    }
    const Answer& answer;
  };
  struct Factory : Poco::Net::HTTPRequestHandlerFactory {
    explicit Factory(Answer a) : answer(std::move(a)) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
      return new Handler(answer);
    }
    Answer answer;
  };
  static Poco::Net::HTTPServerParams* params() {
    auto* p = new Poco::Net::HTTPServerParams;
    p->setKeepAlive(true);
    return p;
  }
  Poco::Net::ServerSocket socket_;
  Poco::Net::HTTPServer server_;
};

std::string body_of(HTTPServerRequest& request) {
  std::string body;
  Poco::StreamCopier::copyToString(request.stream(), body);
  return body;
}
void say(HTTPServerResponse& response, int status, const std::string& body) {
  response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
  response.sendBuffer(body.data(), body.size());
}

TEST(HttpClient, sends_method_headers_and_body_over_one_kept_connection) {
  Server server([](auto& request, auto& response) {
    response.set("X-Seen",
                 request.getMethod() + " " + request.get("X-Name", "") + " " +
                     request.get("Expect", "no-expect"));
    say(response, 200, body_of(request));
  });
  HttpClient http;
  for (const char* method : {"POST", "PUT", "GET", "DELETE"}) {
    const std::string body = std::string(method) == "GET" ? "" : std::string(5000, 'x');
    auto got = http.send({method, server.url("/a?b=c"), {{"X-Name", "v"}}, body});
    ASSERT_TRUE(got) << got.error().cause;
    EXPECT_EQ(got->status, 200);
    EXPECT_EQ(got->header("x-SEEN"), std::string(method) + " v no-expect");
    EXPECT_EQ(got->body, body);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, answers_a_redirect_to_the_caller) {
  Server server([](auto&, auto& response) { response.redirect("http://127.0.0.1:1/elsewhere"); });
  HttpClient http;
  auto got = http.send({.url = server.url("/")});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 302);
  EXPECT_EQ(http_error(*got, "GET /").error_class, ErrorClass::config);
}

TEST(HttpClient, asks_again_where_the_body_was_cut) {
  Server server([](auto&, auto& response) {
    response.setContentLength(100);
    response.setKeepAlive(false);
    response.send() << "short";
  });
  HttpClient http;
  auto got = http.send({.url = server.url("/page")});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().error_class, ErrorClass::retry);
  EXPECT_EQ(got.error().place, "GET /page");
}

TEST(HttpClient, refuses_a_body_beyond_the_cap) {
  Server server([](auto&, auto& response) { say(response, 200, std::string(2000, 'x')); });
  HttpClient http;
  auto got = http.send({.url = server.url("/"), .body_bytes_max = 1000});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, "HTTP_BODY_SIZE");
  EXPECT_EQ(got.error().error_class, ErrorClass::config);
}

TEST(HttpClient, tells_a_time_out_from_a_cancelled_call) {
  std::promise<void> go;
  auto gone = go.get_future().share();
  Server server([gone](auto&, auto& response) {
    gone.wait();
    say(response, 200, "");
  });
  HttpClient http;
  auto late = http.send({.url = server.url("/"), .timeout = std::chrono::milliseconds(50)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, "HTTP_TIMEOUT");
  auto ended = http.send({.url = server.url("/"), .cancelled = [] { return true; }});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, "HTTP_CANCELLED");
  go.set_value();
}

TEST(HttpClient, never_repeats_the_query_or_the_user_of_a_url) {
  HttpClient http;
  for (const char* url :
       {"http://user:hush@127.0.0.1:1/cases?ssn=123", "gopher://hush/x?ssn=123"}) {
    auto got = http.send({.url = url});
    ASSERT_FALSE(got);
    const Error& e = got.error();
    EXPECT_THAT(e.place + e.cause + e.next, Not(HasSubstr("hush")));
    EXPECT_THAT(e.place + e.cause + e.next, Not(HasSubstr("123")));
  }
  EXPECT_EQ(http.send({.url = "http://127.0.0.1:1/"}).error().error_class, ErrorClass::retry);
  EXPECT_EQ(http.send({.url = "ftp://127.0.0.1/"}).error().error_class, ErrorClass::config);
  EXPECT_EQ(http.send({.url = "http://127.0.0.1:1/", .headers = {{"A", "b\r\nC: d"}}}).error().code,
            "HTTP_HEADER");
}

struct StatusCase {
  const char* name;
  long status;
  ErrorClass want;
};
class HttpError : public ::testing::TestWithParam<StatusCase> {};
TEST_P(HttpError, has_the_class_of_its_status) {
  EXPECT_EQ(http_error({GetParam().status, {}, {}}, "GET /").error_class, GetParam().want);
}
const StatusCase kStatus[] = {{"bad_request", 400, ErrorClass::bad_record},
                              {"unauthorized", 401, ErrorClass::auth},
                              {"forbidden", 403, ErrorClass::auth},
                              {"not_found", 404, ErrorClass::bad_record},
                              {"request_timeout", 408, ErrorClass::retry},
                              {"conflict", 409, ErrorClass::bad_record},
                              {"too_many", 429, ErrorClass::rate_limited},
                              {"broken", 500, ErrorClass::retry},
                              {"unavailable", 503, ErrorClass::retry},
                              {"redirect", 301, ErrorClass::config}};
INSTANTIATE_TEST_SUITE_P(Sdk, HttpError, ::testing::ValuesIn(kStatus), [](const auto& test) {
  return std::string(test.param.name);
});

TEST(HttpRetryAfter, is_read_as_seconds_or_as_a_date) {
  auto after = [](const char* text) {
    return retry_after_of({429, {{"retry-after", text}}, {}}, 1445412470);
  };
  EXPECT_EQ(after("120"), std::chrono::seconds(120));
  EXPECT_EQ(after("Wed, 21 Oct 2015 07:28:00 GMT"), std::chrono::seconds(10));
  EXPECT_EQ(after("Wed, 21 Oct 2015 07:00:00 GMT"), std::chrono::seconds(0));
  EXPECT_EQ(after("soon"), std::nullopt);
  EXPECT_EQ(after("99999999999999999999"), std::nullopt);
}

TEST(OAuth, keeps_a_token_until_shortly_before_it_expires) {
  std::atomic<int> asked{0};
  std::string seen;
  Server server([&](auto& request, auto& response) {
    seen = request.get("Authorization", "") + " " + body_of(request);
    say(response,
        200,
        R"({"access_token":"t)" + std::to_string(++asked) +
            R"(","token_type":"Bearer","expires_in":600})");
  });
  auto now = std::chrono::steady_clock::now();
  OAuthClient oauth({.token_url = server.url("/token"),
                     .client_id = "hub",
                     .client_secret = "p:w",
                     .scope = "read write"},
                    [&] { return now; });
  HttpClient http;
  EXPECT_EQ(oauth.token(http).value(), "t1");
  EXPECT_EQ(seen, "Basic aHViOnAlM0F3 grant_type=client_credentials&scope=read%20write");
  now += std::chrono::seconds(539);
  EXPECT_EQ(oauth.token(http).value(), "t1");
  now += std::chrono::seconds(2);
  EXPECT_EQ(oauth.token(http).value(), "t2");
  oauth.forget();
  EXPECT_EQ(oauth.token(http).value(), "t3");
}

TEST(OAuth, sends_a_signed_assertion_where_one_is_made) {
  std::string seen;
  Server server([&](auto& request, auto& response) {
    seen = body_of(request);
    say(response, 200, R"({"access_token":"t"})");
  });
  OAuthClient oauth({.token_url = server.url("/token"),
                     .assertion = []() -> Result<std::string> { return std::string("a.b.c"); }});
  HttpClient http;
  ASSERT_TRUE(oauth.token(http));
  EXPECT_THAT(seen, HasSubstr("client_assertion=a.b.c"));
}

TEST(OAuth, says_auth_for_refused_credentials_and_retry_for_an_outage) {
  std::atomic<int> status{400};
  Server server([&](auto& request, auto& response) {
    body_of(request);
    say(response, status, R"({"error":"hush"})");
  });
  OAuthClient oauth(
      {.token_url = server.url("/token"), .client_id = "hub", .client_secret = "hush"});
  HttpClient http;
  auto refused = oauth.token(http);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error_class, ErrorClass::auth);
  EXPECT_THAT(refused.error().cause + refused.error().next, Not(HasSubstr("hush")));
  status = 503;
  EXPECT_EQ(oauth.token(http).error().error_class, ErrorClass::retry);
  status = 200;
  EXPECT_EQ(oauth.token(http).error().code, "OAUTH_ANSWER");
}

}  // namespace
}  // namespace concord::sdk
