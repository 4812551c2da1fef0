// Events that agencies push over HTTP: what is wrong is answered 4xx with a stable code, and what a
// known sender signed is kept for repair.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <concord/webhook.hpp>
#include <ctime>

#include "examples/simulators/ports.hpp"
#include "tests/bad_input/dropped.hpp"

namespace concord::bad_input {
namespace {

using store::RecordState;

const std::string kSecret = "SYN-secret-of-sixteen-bytes";

std::string nested() {
  return R"({"type":"CANARY","a":)" + std::string(100000, '[') + std::string(100000, ']') + "}";
}

struct Bad {
  const char* name;
  std::string body;
  int status;
  const char* code;  // as answered, and as the reason in the journal
};
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}

struct Headers {
  int64_t at = std::time(nullptr);
  std::string id = base::uuid();
  std::string secret = kSecret;
  bool signed_at_all = true;
};

// A hub with one more system that listens for events.
class Hook {
 public:
  explicit Hook(const std::string& connector) {
    {
      sim::ReservedPort port;
      EXPECT_TRUE(port.reserve());
      port_ = port.number();
    }
    const std::string webhook = R"("webhook":{"port":)" + std::to_string(port_) + R"(,"secret":")" +
                                kSecret + R"(","path":"/events"})";
    add_real_system(
        world,
        "hook",
        connector,
        "",
        connector == "court"
            ? R"({"zone":"America/New_York",)" + webhook + "}"
            : R"({"webhook":{"port":)" + std::to_string(port_) + R"(,"secret":")" + kSecret +
                  R"("},"rest":{"url":"http://127.0.0.1:9","token_url":"http://127.0.0.1:9","client_id":"x","client_secret":"xxxxxxxx"}})");
    world.start();
    EXPECT_TRUE(world.wait([&] { return get().first == 405; }));
  }
  // Status, and the answer's body.
  std::pair<int, std::string> post(const std::string& body, const Headers& headers = {}) {
    Poco::Net::HTTPRequest request("POST", "/events", "HTTP/1.1");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    if (headers.signed_at_all) {
      request.set("X-Concord-Timestamp", std::to_string(headers.at));
      request.set("X-Concord-Delivery", headers.id);
      request.set("X-Concord-Signature",
                  sdk::sign_webhook(headers.secret, headers.at, headers.id, body));
    }
    return exchange(request, body);
  }
  std::pair<int, std::string> get() {
    Poco::Net::HTTPRequest request("GET", "/events", "HTTP/1.1");
    return exchange(request, "");
  }
  // Says that so many bytes are to come.
  std::pair<int, std::string> announce(size_t bytes) {
    Poco::Net::HTTPRequest request("POST", "/events", "HTTP/1.1");
    request.setContentLength64(static_cast<Poco::Int64>(bytes));
    return exchange(request, "");
  }

  World world;

 private:
  std::pair<int, std::string> exchange(Poco::Net::HTTPRequest& request, const std::string& body) {
    try {
      Poco::Net::HTTPClientSession session("127.0.0.1", port_);
      session.setTimeout(Poco::Timespan(20, 0));
      session.sendRequest(request) << body << std::flush;
      Poco::Net::HTTPResponse response;
      std::istream& in = session.receiveResponse(response);
      std::string text(std::istreambuf_iterator<char>(in), {});
      return {response.getStatus(), text};
    } catch (const Poco::Exception&) {
      return {0, ""};
    }
  }
  uint16_t port_ = 0;
};

void expect_answered_and_kept(const std::string& connector, const Bad& bad) {
  Hook hook(connector);
  const auto [status, text] = hook.post(bad.body);
  EXPECT_EQ(status, bad.status);
  EXPECT_THAT(text, Not(HasSubstr(kContent)));
  const auto kept = hook.world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u) << text;
  expect_kept(kept[0], bad.code, "");
  if (kept[0].raw) {
    EXPECT_THAT(kept[0].detail, HasSubstr("webhook "));
  }
  EXPECT_EQ(bad.body.find(kContent) == std::string::npos,
            kept[0].record.body.find(kContent) == std::string::npos);
  hook.world.expect_balanced();
}

class ChildWelfareEvent : public testing::TestWithParam<Bad> {};
TEST_P(ChildWelfareEvent, is_answered_with_4xx_and_kept) {
  expect_answered_and_kept("child_welfare", GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    Bad,
    ChildWelfareEvent,
    testing::Values(
        Bad{"that_is_empty", "", 400, "JSON_SYNTAX"},
        Bad{"that_is_malformed", R"({"type":"person","record":{"id":CANARY}})", 400, "JSON_SYNTAX"},
        Bad{"that_is_cut", R"({"type":"person","record":{"id":"CANARY)", 400, "JSON_SYNTAX"},
        Bad{"with_a_key_twice",
            R"({"type":"person","type":"person","record":{"id":"CANARY"}})",
            400,
            "JSON_DUPLICATE_KEY"},
        Bad{"nested_100000_deep", nested(), 400, "JSON_DEPTH"},
        Bad{"in_invalid_utf8",
            "{\"type\":\"person\",\"record\":{\"id\":\"CANARY\xC3\x28\"}}",
            400,
            "JSON_ENCODING"},
        Bad{"of_an_unknown_type",
            R"({"type":"persona","record":{"id":"CANARY"}})",
            400,
            "WEBHOOK_BODY"},
        Bad{"without_a_record", R"({"type":"person","note":"CANARY"})", 400, "WEBHOOK_BODY"},
        Bad{"without_a_key",
            R"({"type":"person","record":{"last_name":"CANARY"}})",
            422,
            "KEY_MISSING"},
        Bad{"of_a_wrong_type",
            R"({"type":"placement","record":{"id":"SYN-PL-1","person_id":"SYN-CW-1","start_date":{"CANARY":1}}})",
            422,
            "MAPPING_INVALID"}),
    [](const auto& each) { return each.param.name; });

class CourtEvent : public testing::TestWithParam<Bad> {};
TEST_P(CourtEvent, is_answered_with_4xx_and_kept) {
  expect_answered_and_kept("court", GetParam());
}
INSTANTIATE_TEST_SUITE_P(
    Bad,
    CourtEvent,
    testing::Values(
        Bad{"that_is_empty", "", 400, "JSON_SYNTAX"},
        Bad{"that_is_malformed", R"({"type":"party","records":[CANARY]})", 400, "JSON_SYNTAX"},
        Bad{"with_a_key_twice",
            R"({"type":"party","type":"party","records":[{"id":"CANARY"}]})",
            400,
            "JSON_DUPLICATE_KEY"},
        Bad{"nested_100000_deep", nested(), 400, "JSON_DEPTH"},
        Bad{"in_invalid_utf8",
            "{\"type\":\"party\",\"records\":[{\"id\":\"CANARY\xC3\x28\"}]}",
            400,
            "JSON_ENCODING"},
        Bad{"of_an_unknown_type",
            R"({"type":"partie","records":[{"id":"CANARY"}]})",
            422,
            "RECORD_TYPE"},
        Bad{"without_records", R"({"type":"party","note":"CANARY"})", 400, "EVENT_SHAPE"},
        Bad{"without_a_key",
            R"({"type":"party","records":[{"name":"CANARY"}]})",
            422,
            "DOCKET_ITEM_ID"},
        Bad{"that_is_no_object", R"(["CANARY"])", 400, "EVENT_SHAPE"}),
    [](const auto& each) { return each.param.name; });

TEST(UnsignedEvents, are_answered_with_4xx_and_leave_no_trace) {
  for (const char* connector : {"child_welfare", "court"}) {
    Hook hook(connector);
    const std::string body = R"({"type":"person","record":{"id":"CANARY"}})";
    auto refused = [&](const Headers& headers, int status, const char* code) {
      const auto [got, text] = hook.post(body, headers);
      EXPECT_EQ(got, status) << connector;
      EXPECT_THAT(text, HasSubstr(code));
    };
    Headers headers;
    headers.signed_at_all = false;
    refused(headers, 400, "WEBHOOK_HEADERS");
    headers = {};
    headers.secret = "SYN-another-secret-of-ours";
    refused(headers, 401, "WEBHOOK_SIGNATURE");
    headers = {};
    headers.at -= 3600;
    refused(headers, 401, "WEBHOOK_TIME");
    EXPECT_EQ(hook.world.ledger().records, 0);
  }
}

TEST(HugeEvents, are_answered_413_before_they_are_read) {
  for (const char* connector : {"child_welfare", "court"}) {
    Hook hook(connector);
    EXPECT_EQ(hook.announce(200u << 20).first, 413) << connector;
    EXPECT_EQ(hook.world.ledger().records, 0);
  }
}

TEST(RepeatedEvents, are_answered_409_and_have_one_effect) {
  Hook hook("child_welfare");
  const std::string body = R"({"type":"person","record":)" + World::person(1).body + "}";
  const Headers headers;
  EXPECT_EQ(hook.post(body, headers).first, 202);
  EXPECT_EQ(hook.post(body, headers).first, 409);
  EXPECT_EQ(hook.world.ledger().records, 1);
  hook.world.expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
