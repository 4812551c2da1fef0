#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>

#include <atomic>
#include <concord/webhook.hpp>
#include <future>
#include <sstream>
#include <thread>

namespace concord::sdk {
namespace {

constexpr const char* kSecret = "SYN-secret-of-32-bytes-for-tests";
constexpr int64_t kNow = 1800000000;

WebhookConfig a_config() {
  WebhookConfig config;
  config.secret = kSecret;
  config.unix_now = [] { return kNow; };
  return config;
}

struct Post {
  std::string body = R"({"changed":"hearing"})";
  int64_t timestamp = kNow;
  std::string id = "evt-1";
  std::string secret = kSecret;
  std::string signed_id = {};  // empty: id
};

struct Answer {
  int status = 0;
  std::string body;
  std::string retry_after;
};

Answer send(uint16_t port, const Post& post, const std::string& method = "POST") {
  Poco::Net::HTTPClientSession session("127.0.0.1", port);
  session.setTimeout(Poco::Timespan(10, 0));
  Poco::Net::HTTPRequest request(method, "/events?x=1", "HTTP/1.1");
  request.set("X-Concord-Timestamp", std::to_string(post.timestamp));
  request.set("X-Concord-Delivery", post.id);
  request.set("X-Concord-Signature",
              sign_webhook(post.secret,
                           post.timestamp,
                           post.signed_id.empty() ? post.id : post.signed_id,
                           post.body));
  request.setContentLength64(static_cast<Poco::Int64>(post.body.size()));
  session.sendRequest(request) << post.body;
  Poco::Net::HTTPResponse response;
  Answer answer;
  Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
  answer.status = static_cast<int>(response.getStatus());
  answer.retry_after = response.get("Retry-After", "");
  return answer;
}

class Webhook : public testing::Test {
 protected:
  void start(WebhookConfig config = a_config()) {
    auto status = server_.start(std::move(config),
                                [this](std::string_view path, std::string body, std::string id) {
                                  ++calls_;
                                  path_ = path;
                                  body_ = std::move(body);
                                  id_ = std::move(id);
                                  return reply_;
                                });
    ASSERT_TRUE(status) << status.error().cause;
    ASSERT_NE(server_.port(), 0);
  }
  Answer post(const Post& p = {}) { return send(server_.port(), p); }

  WebhookReply reply_{202, R"({"accepted":true})"};
  std::atomic<int> calls_{0};
  std::string path_, body_, id_;
  WebhookServer server_;
};

TEST(WebhookSignature, is_the_hmac_that_others_compute) {
  // printf '1.a.{}' | openssl dgst -sha256 -hmac key
  EXPECT_EQ(sign_webhook("key", 1, "a", "{}"),
            "sha256=2feff09a49c6bdbe325c6ba6184fd6c062b2673e7a7540878df8ddd237343792");
}

TEST_F(Webhook, hands_over_what_is_signed_and_answers_with_the_handlers_reply) {
  start();
  const Answer answer = post();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, R"({"accepted":true})");
  EXPECT_EQ(path_, "/events");
  EXPECT_EQ(body_, R"({"changed":"hearing"})");
  EXPECT_EQ(id_, "evt-1");
}

TEST_F(Webhook, refuses_a_wrong_signature) {
  start();
  EXPECT_EQ(post({.secret = "another-secret-of-some-length"}).status, 401);
  EXPECT_EQ(post({.id = "evt-2", .signed_id = "evt-1"}).status, 401);
  EXPECT_EQ(calls_, 0);
}

TEST_F(Webhook, refuses_what_is_too_old_or_from_the_future) {
  start();
  EXPECT_EQ(post({.timestamp = kNow - 301}).status, 401);
  EXPECT_EQ(post({.timestamp = kNow + 301}).status, 401);
  EXPECT_EQ(post({.timestamp = INT64_MIN}).status, 401);
  EXPECT_EQ(post({.timestamp = kNow - 300, .id = "evt-2"}).status, 202);
}

TEST_F(Webhook, refuses_a_repeat_of_what_was_accepted) {
  start();
  EXPECT_EQ(post().status, 202);
  EXPECT_EQ(post().status, 409);
  EXPECT_EQ(calls_, 1);
}

TEST_F(Webhook, takes_again_what_was_not_accepted) {
  start();
  reply_ = {503, "", std::chrono::seconds(7)};
  const Answer first = post();
  EXPECT_EQ(first.status, 503);
  EXPECT_EQ(first.retry_after, "7");
  reply_ = {202, ""};
  EXPECT_EQ(post().status, 202);
  EXPECT_EQ(calls_, 2);
}

TEST_F(Webhook, refuses_an_id_that_could_shift_the_signed_text) {
  start();
  // Signed "…a.b.<body>" reads as id "a", body "b.<body>" and as id "a.b", body "<body>".
  EXPECT_EQ(post({.id = "a.b"}).status, 400);
  EXPECT_EQ(post({.id = std::string(129, 'a')}).status, 400);
}

TEST_F(Webhook, refuses_bodies_beyond_the_limit) {
  WebhookConfig config = a_config();
  config.body_bytes_max = 100;
  start(config);
  EXPECT_EQ(post({.body = std::string(101, 'x')}).status, 413);
  EXPECT_EQ(post({.body = std::string(100, 'x')}).status, 202);
}

TEST_F(Webhook, refuses_a_chunked_body_beyond_the_limit) {
  WebhookConfig config = a_config();
  config.body_bytes_max = 100;
  start(config);
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", server_.port()));
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nC8\r\n" +
      std::string(200, 'x') + "\r\n0\r\n\r\n";
  socket.sendBytes(head.data(), static_cast<int>(head.size()));
  char buffer[64];
  const int n = socket.receiveBytes(buffer, sizeof buffer);
  ASSERT_GT(n, 12);
  EXPECT_EQ(std::string(buffer, 12), "HTTP/1.1 413");
}

TEST_F(Webhook, refuses_other_methods_and_a_body_that_was_cut) {
  start();
  EXPECT_EQ(send(server_.port(), {}, "PUT").status, 405);
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", server_.port()));
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc";
  socket.sendBytes(head.data(), static_cast<int>(head.size()));
  socket.shutdownSend();
  char buffer[64];
  const int n = socket.receiveBytes(buffer, sizeof buffer);
  ASSERT_GT(n, 12);
  EXPECT_EQ(std::string(buffer, 12), "HTTP/1.1 408");
  EXPECT_EQ(calls_, 0);
}

TEST_F(Webhook, answers_500_when_the_handler_throws_and_takes_it_again) {
  std::atomic<int> calls{0};
  ASSERT_TRUE(server_.start(a_config(), [&](auto, auto, auto) -> WebhookReply {
    if (++calls == 1) throw std::runtime_error("content");
    return {202, ""};
  }));
  const Answer answer = post();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("content"), std::string::npos);
  EXPECT_EQ(post().status, 202);
}

TEST_F(Webhook, stop_waits_for_what_is_in_hand) {
  std::promise<void> entered, leave;
  std::atomic<bool> done{false};
  ASSERT_TRUE(server_.start(a_config(), [&](auto, auto, auto) -> WebhookReply {
    entered.set_value();
    leave.get_future().wait();
    done = true;
    return {202, ""};
  }));
  auto answer = std::async(std::launch::async, [&] { return post().status; });
  entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] {
    server_.stop();
    return done.load();
  });
  leave.set_value();
  EXPECT_TRUE(stopped.get());
  EXPECT_EQ(answer.get(), 202);
}

TEST_F(Webhook, says_why_it_cannot_start) {
  WebhookConfig weak = a_config();
  weak.secret = "short";
  EXPECT_EQ(server_.start(weak, {}).error().code, "WEBHOOK_SECRET");
  start();
  WebhookServer second;
  WebhookConfig taken = a_config();
  taken.port = server_.port();
  EXPECT_EQ(second.start(taken, {}).error().code, "WEBHOOK_PORT");
}

TEST(WebhookGate, forgets_an_id_once_its_timestamp_cannot_pass_again) {
  int64_t now = kNow;
  WebhookConfig config = a_config();
  config.unix_now = [&] { return now; };
  WebhookGate gate(config);
  auto enter = [&](int64_t timestamp) {
    auto refused =
        gate.enter(std::to_string(timestamp), "a", sign_webhook(kSecret, timestamp, "a", ""), "");
    return refused ? refused->status : 0;
  };
  EXPECT_EQ(enter(kNow + 200), 0);
  EXPECT_EQ(enter(kNow + 200), 503);  // still in hand
  gate.settle("a", true);
  now += 490;
  EXPECT_EQ(enter(kNow + 200), 409);
  now += 30;
  EXPECT_EQ(enter(kNow + 200), 401);
  EXPECT_EQ(enter(now), 0);
}

}  // namespace
}  // namespace concord::sdk
