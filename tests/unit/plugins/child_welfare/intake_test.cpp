#include <concord/http.hpp>
#include <concord/webhook.hpp>
#include <mutex>
#include <thread>

#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::ElementsAre;

constexpr const char* kSecret = "synthetic-secret-of-the-tests";

// The hub's end: answers as the test says and remembers what it was given.
struct Hub {
  Hub() {
    sink.struct_size = sizeof sink;
    sink.host = this;
    sink.deliver =
        [](void* host, const concord_batch* batch, concord_outcome* outcomes) -> uint32_t {
      Hub& hub = *static_cast<Hub*>(host);
      const std::lock_guard lock(hub.mutex);
      for (uint32_t i = 0; i < batch->record_count; ++i)
        hub.got.push_back(std::string(sdk::view(batch->records[i].key)) + " " +
                          std::string(sdk::view(batch->records[i].body)));
      for (uint32_t i = 0; i < batch->reject_count; ++i)
        hub.got.push_back("reject " + std::string(sdk::view(batch->rejects[i].error.code)));
      outcomes[0].error.error_class = hub.answer;
      return hub.answer;
    };
    sink.poke = [](void* host, concord_bytes type) {
      Hub& hub = *static_cast<Hub*>(host);
      const std::lock_guard lock(hub.mutex);
      hub.got.push_back("poke " + std::string(sdk::view(type)));
    };
  }
  concord_sink sink{};
  std::mutex mutex;
  std::vector<std::string> got;
  std::atomic<uint32_t> answer{CONCORD_OK};
};

class IntakeTest : public ::testing::Test {
 protected:
  IntakeTest() {
    connector = connector_of(
        R"({"rest":{"url":"http://x.example","token_url":"http://x.example/t","client_id":"c",
        "client_secret":"s"},"webhook":{"port":0,"secret":"synthetic-secret-of-the-tests"}})");
    listening = std::thread([this] {
      status = static_cast<bool>(connector->listen(sdk::Sink(hub.sink), call));
      ended = true;
    });
    while (connector->webhook_port() == 0 && !ended) std::this_thread::yield();
  }
  ~IntakeTest() override {
    call.cancel();
    listening.join();
    EXPECT_TRUE(status);
  }
  long send(const std::string& id, const std::string& body, const std::string& secret = kSecret) {
    const auto now = static_cast<int64_t>(std::time(nullptr));
    auto answer =
        http.send({.method = "POST",
                   .url = "http://127.0.0.1:" + std::to_string(connector->webhook_port()) + "/",
                   .headers = {{"X-Concord-Timestamp", std::to_string(now)},
                               {"X-Concord-Delivery", id},
                               {"X-Concord-Signature", sdk::sign_webhook(secret, now, id, body)}},
                   .body = body});
    return answer ? answer->status : 0;
  }

  Hub hub;
  TestCall call;
  std::unique_ptr<ChildWelfare> connector;
  std::atomic<bool> status{false}, ended{false};
  sdk::HttpClient http;
  std::thread listening;
};

TEST_F(IntakeTest, pokes_for_a_change_and_delivers_a_record) {
  EXPECT_EQ(send("a1", R"({"changed":"placement"})"), 202);
  EXPECT_EQ(send("a2", R"({"type":"person","record":{"id":"SYN-1","n":1.10}})"), 202);
  EXPECT_THAT(hub.got, ElementsAre("poke placement", R"(SYN-1 {"id":"SYN-1","n":1.10})"));
}

TEST_F(IntakeTest, answers_by_what_the_hub_made_of_it) {
  const std::string body = R"({"type":"person","record":{"id":"SYN-1"}})";
  hub.answer = CONCORD_RETRY;
  EXPECT_EQ(send("b1", body), 503);
  hub.answer = CONCORD_OK;
  EXPECT_EQ(send("b1", body), 202) << "what was not kept may be sent again";
  EXPECT_EQ(send("b1", body), 409) << "and what was kept may not";
  hub.answer = CONCORD_BAD_RECORD;
  EXPECT_EQ(send("b2", body), 422);
}

TEST_F(IntakeTest, keeps_as_a_reject_what_it_cannot_read) {
  EXPECT_EQ(send("c1", "{\"changed\""), 400);
  EXPECT_EQ(send("c2", R"({"type":"weather","record":{"id":"1"}})"), 400);
  EXPECT_EQ(send("c3", R"({"type":"person"})"), 400);
  EXPECT_EQ(send("c4", R"({"type":"person","record":{"name":"no id"}})"), 422);
  EXPECT_EQ(send("c5", R"({"changed":"weather"})"), 404);
  EXPECT_THAT(hub.got,
              ElementsAre("reject JSON_SYNTAX",
                          "reject WEBHOOK_BODY",
                          "reject WEBHOOK_BODY",
                          "reject KEY_MISSING"));
}

TEST_F(IntakeTest, takes_several_records_at_once_and_keeps_the_bad_one_as_a_reject) {
  EXPECT_EQ(send("e1", R"({"type":"person","records":[{"id":"SYN-1"},{"id":"SYN-2"}]})"), 202);
  EXPECT_EQ(send("e2", R"({"type":"person","records":[{"x":1},{"id":"SYN-3"}]})"), 422);
  EXPECT_THAT(hub.got,
              ElementsAre(R"(SYN-1 {"id":"SYN-1"})",
                          R"(SYN-2 {"id":"SYN-2"})",
                          R"(SYN-3 {"id":"SYN-3"})",
                          "reject KEY_MISSING"));
}

TEST_F(IntakeTest, lets_nobody_in_without_the_secret) {
  EXPECT_EQ(send("d1", R"({"changed":"placement"})", "another-secret-of-16-bytes"), 401);
  EXPECT_THAT(hub.got, ::testing::IsEmpty());
}

}  // namespace
}  // namespace concord::child_welfare
