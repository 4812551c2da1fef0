#include "examples/simulators/control.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>

#include <atomic>
#include <concord/json.hpp>

namespace concord::sim {
namespace {

// The smallest agency: one port, one verb.
class Post : public System {
 public:
  using System::System;
  [[nodiscard]] std::string_view name() const override { return "post"; }
  sdk::Status start() override { return server_.start(); }
  void stop() override { server_.stop(); }
  [[nodiscard]] std::vector<std::pair<std::string, uint16_t>> ports() const override {
    return {{"http", server_.port()}};
  }
  Reply control(std::string_view verb, std::string_view args_json) override {
    if (verb != "stamp") return unknown_verb();
    journal().receive({"i1", "letter", "k1", 1, "", 200, std::string(args_json)});
    return {200, R"({"stamped":1})"};
  }

 private:
  HttpServer server_{[](const HttpRequest&) { return HttpReply{}; }, &faults_};
};

class ControlTest : public testing::Test {
 protected:
  struct Answer {
    int status;
    std::string body;
  };
  void SetUp() override {
    std::string name = testing::TempDir() + "concord-control-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    world_.dir = name;
    world_.children = make_children(1, 3);
    auto journal = Journal::open(world_.dir / "post.jsonl", "post");
    ASSERT_TRUE(journal);
    systems_.push_back(std::make_unique<Post>(world_, std::move(journal).value()));
    ASSERT_TRUE(systems_[0]->start());
    control_ = std::make_unique<Control>(world_, systems_, [this] { ++stops_; });
    ASSERT_TRUE(control_->start());
  }
  void TearDown() override {
    control_.reset();
    systems_.clear();
    std::filesystem::remove_all(world_.dir);
  }
  Answer call(const std::string& method, const std::string& path, const std::string& body = {}) {
    Poco::Net::HTTPClientSession session("127.0.0.1", control_->port());
    Poco::Net::HTTPRequest request(method, path, "HTTP/1.1");
    request.setContentLength(static_cast<std::streamsize>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string text;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), text);
    return {response.getStatus(), text};
  }
  World world_;
  std::vector<std::unique_ptr<System>> systems_;
  std::atomic<int> stops_{0};
  std::unique_ptr<Control> control_;
};

TEST_F(ControlTest, makes_things_happen_and_shows_the_journal) {
  EXPECT_EQ(call("POST", "/systems/post/do", R"({"verb":"stamp"})").body, R"({"stamped":1})");
  const Answer journal = call("GET", "/systems/post/journal?since=0");
  EXPECT_EQ(journal.status, 200);
  rapidjson::Document document;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(journal.body, document, fault)) << journal.body;
  EXPECT_EQ(document["counts"]["applied"].GetInt(), 1);
  EXPECT_EQ(document["next"].GetInt(), 1);
  EXPECT_EQ(sdk::text_of(document["lines"][0], "type"), "letter");
  EXPECT_NE(call("GET", "/systems/post/journal?since=1").body.find(R"("lines":[])"),
            std::string::npos);
}

TEST_F(ControlTest, arms_and_clears_faults) {
  EXPECT_EQ(call("POST", "/systems/post/fault", R"({"kind":"status","times":2})").status, 200);
  EXPECT_NE(call("GET", "/systems/post/faults").body.find(R"("kind":"status","times":2)"),
            std::string::npos);
  EXPECT_NE(call("POST", "/systems/post/fault", R"({"kind":"none"})").body.find(R"("armed":[])"),
            std::string::npos);
  EXPECT_EQ(call("POST", "/systems/post/fault", R"({"kind":"odd"})").status, 400);
}

TEST_F(ControlTest, takes_a_system_down_and_up_on_the_same_port) {
  const uint16_t port = systems_[0]->ports()[0].second;
  EXPECT_EQ(call("POST", "/systems/post/down").status, 200);
  EXPECT_THROW(Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port)),
               Poco::Net::ConnectionRefusedException);
  EXPECT_EQ(call("POST", "/systems/post/up").status, 200);
  EXPECT_NO_THROW(Poco::Net::StreamSocket(Poco::Net::SocketAddress("127.0.0.1", port)));
  EXPECT_EQ(systems_[0]->ports()[0].second, port);
}

TEST_F(ControlTest, tells_ports_and_truth) {
  const std::string systems = call("GET", "/systems").body;
  EXPECT_NE(systems.find(R"("post":{"ports":{"http":)"), std::string::npos) << systems;
  EXPECT_EQ(call("GET", "/truth").body, children_json(world_.children));
}

TEST_F(ControlTest, stops_when_asked) {
  EXPECT_EQ(call("POST", "/stop").status, 202);
  EXPECT_EQ(stops_, 1);
}

TEST_F(ControlTest, answers_what_it_does_not_know) {
  EXPECT_EQ(call("GET", "/nowhere").status, 404);
  EXPECT_EQ(call("GET", "/systems/nobody/journal").status, 404);
  EXPECT_EQ(call("POST", "/systems/post/do", R"({"verb":"fly"})").status, 404);
  EXPECT_EQ(call("POST", "/systems/post/do", "{").status, 400);
  EXPECT_EQ(call("POST", "/systems/post/do", "{}").status, 400);
}

}  // namespace
}  // namespace concord::sim
