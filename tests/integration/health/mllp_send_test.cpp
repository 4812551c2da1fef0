#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/ServerSocket.h>

#include <deque>

#include "tests/integration/health/host.hpp"
#include "tests/integration/health/keys.hpp"

namespace concord::health::testing {
namespace {

using sdk::ErrorClass;

// A receiver that does as it is told: a Reply gives, for a control id, the code, "silent" or
// "close".
class Receiver {
 public:
  using Reply = std::function<std::string(const std::string&)>;
  void answer_with(Reply reply) {
    const std::lock_guard lock(mutex_);
    reply_ = std::move(reply);
  }
  std::atomic<int> connections{0};
  std::atomic<size_t> answer_after{1};  // so many messages must wait before any is answered

  Receiver() : Receiver(std::make_unique<Poco::Net::ServerSocket>()) {}
  explicit Receiver(std::unique_ptr<Poco::Net::ServerSocket> socket) : socket_(std::move(socket)) {
    socket_->bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false);
    socket_->listen(8);
    port = socket_->address().port();
    thread_ = std::thread([this] { run(); });
  }
  ~Receiver() {
    stopping_ = true;
    thread_.join();
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  uint16_t port = 0;

 private:
  void run() {
    while (!stopping_) {
      if (!socket_->poll(Poco::Timespan(0, 20000), Poco::Net::Socket::SELECT_READ)) continue;
      try {
        Poco::Net::StreamSocket connection = socket_->acceptConnection();
        ++connections;
        serve(connection);
        connection.close();
      } catch (const Poco::Exception&) {  // the client went
      }
    }
  }
  void serve(Poco::Net::StreamSocket& connection) {
    connection.setReceiveTimeout(Poco::Timespan(0, 20000));
    FrameReader frames(1 << 20);
    std::deque<std::string> waiting;
    char buffer[8192];
    while (!stopping_) {
      int got = -1;
      try {
        got = connection.receiveBytes(buffer, sizeof buffer);
      } catch (const Poco::TimeoutException&) {
        got = -1;
      }
      if (got == 0) return;
      if (got > 0) frames.feed({buffer, static_cast<size_t>(got)});
      while (auto frame = frames.next()) {
        const std::string id = field(frame->bytes, 9);
        const std::lock_guard lock(mutex_);
        seen_.push_back(id);
        waiting.push_back(id);
      }
      if (waiting.size() < answer_after) continue;
      for (; !waiting.empty(); waiting.pop_front()) {
        Reply reply;
        {
          const std::lock_guard lock(mutex_);
          reply = reply_;
        }
        const std::string code = reply(waiting.front());
        if (code == "silent") continue;
        if (code == "close") return;
        std::string error;
        std::string msa = code;
        if (const size_t at = code.find(' '); at != std::string::npos) {
          msa = code.substr(0, at);
          error = "ERR|||" + code.substr(at + 1) + "\r";
        }
        const std::string bytes = framed("MSH|^~\\&|R|R|S|S|2026||ACK|1|P|2.5\rMSA|" + msa + "|" +
                                         waiting.front() + "\r" + error);
        connection.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
      }
    }
  }
  static std::string field(const std::string& message, int n) {
    size_t at = 0;
    for (int i = 0; i < n; ++i) at = message.find('|', at) + 1;
    return message.substr(at, message.find('|', at) - at);
  }

  std::unique_ptr<Poco::Net::ServerSocket> socket_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::string> seen_;
  Reply reply_ = [](const std::string&) { return "AA"; };
};

// Deliveries and the texts that they look into.
class Deliveries {
 public:
  void add(const std::string& id,
           const std::string& subject,
           const std::string& type = "adt",
           const std::string& body = R"({"patient":{"names":[{"family":"Testfamily"}]}})") {
    texts_.push_back({id, "doc-" + id, subject, type, body});
    const auto& t = texts_.back();
    sdk::Delivery d;
    d.idempotency_key = t[0];
    d.key = t[1];
    d.subject = t[2];
    d.type = t[3];
    d.body = t[4];
    list.push_back(d);
  }
  std::vector<sdk::Delivery> list;

 private:
  std::deque<std::array<std::string, 5>> texts_;
};

std::vector<std::string> write(sdk::Connector& connector,
                               const Deliveries& deliveries,
                               std::chrono::milliseconds deadline = 10s) {
  HostCall call(deadline);
  auto outcomes = connector.write(deliveries.list, call.call());
  EXPECT_TRUE(outcomes);
  std::vector<std::string> out;
  for (const auto& outcome : *outcomes) {
    out.push_back(!outcome.error ? "done" : outcome.error->code);
  }
  return out;
}
std::unique_ptr<sdk::Connector> sending_to(uint16_t port, const std::string& more = "") {
  return connector(R"({"mllp_send":{"host":"127.0.0.1","port":)" + std::to_string(port) + more +
                   "}}");
}

TEST(MllpSend, tells_for_each_message_what_the_receiver_said) {
  Receiver receiver;
  std::map<std::string, std::string> says;
  std::mutex mutex;
  receiver.answer_with([&](const std::string& id) {
    const std::lock_guard lock(mutex);
    return says
        .try_emplace(id,
                     says.size() == 0   ? "AA"
                     : says.size() == 1 ? "AE"
                     : says.size() == 2 ? "AR 201"
                     : says.size() == 3 ? "AE 207"
                                        : "CA")
        .first->second;
  });
  auto c = sending_to(receiver.port);
  Deliveries deliveries;
  for (const char* id : {"a", "b", "c", "d", "e"}) deliveries.add(id, std::string("child-") + id);
  HostCall call;
  auto outcomes = c->write(deliveries.list, call.call());
  ASSERT_TRUE(outcomes);
  ASSERT_EQ(outcomes->size(), 5u);
  EXPECT_FALSE((*outcomes)[0].error);
  EXPECT_EQ((*outcomes)[1].error->error_class, ErrorClass::bad_record);
  EXPECT_EQ((*outcomes)[2].error->error_class, ErrorClass::config);
  EXPECT_EQ((*outcomes)[3].error->error_class, ErrorClass::retry);
  EXPECT_FALSE((*outcomes)[4].error);
  EXPECT_EQ((*outcomes)[0].remote_id.size(), 20u);
}

TEST(MllpSend, has_many_under_way_but_never_two_of_one_person) {
  Receiver receiver;
  receiver.answer_after = 4;  // four different children must be on the wire before any answer
  auto c = sending_to(receiver.port, R"(,"pipeline":8,"ack_timeout_ms":3000)");
  Deliveries deliveries;
  for (const char* child : {"1", "2", "3", "4"}) deliveries.add(std::string("x") + child, child);
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>(4, "done")));
  c.reset();  // the receiver serves one connection after the other
  receiver.answer_after = 2;
  Deliveries one_child;
  one_child.add("y1", "1");
  one_child.add("y2", "1");
  auto impatient = sending_to(receiver.port, R"(,"pipeline":8,"ack_timeout_ms":300)");
  // The receiver waits for two, and the second waits for the first: neither is sent twice or
  // swapped.
  EXPECT_EQ(write(*impatient, one_child), (std::vector<std::string>(2, "MLLP_NO_ACK")));
  EXPECT_EQ(receiver.seen().size(), 5u);
}

TEST(MllpSend, holds_back_what_is_behind_a_message_that_must_go_again) {
  Receiver receiver;
  std::atomic<int> count{0};
  receiver.answer_with([&](const std::string&) { return count++ == 0 ? "AE 207" : "AA"; });
  auto c = sending_to(receiver.port);
  Deliveries deliveries;
  deliveries.add("v1", "child");
  deliveries.add("v2", "child");
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>{"HL7_AE", "HL7_AE"}));
  EXPECT_EQ(receiver.seen().size(), 1u);
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>(2, "done")));
}

TEST(MllpSend, gives_up_waiting_and_bears_the_same_control_id_next_time) {
  Receiver receiver;
  receiver.answer_with([](const std::string&) { return "silent"; });
  auto c = sending_to(receiver.port, R"(,"ack_timeout_ms":200)");
  Deliveries deliveries;
  deliveries.add("k", "child");
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>{"MLLP_NO_ACK"}));
  receiver.answer_with([](const std::string&) { return "AA"; });
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>{"done"}));
  const auto seen = receiver.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0], seen[1]);
}

TEST(MllpSend, connects_again_when_its_connection_has_died) {
  Receiver receiver;
  std::atomic<int> count{0};
  receiver.answer_with([&](const std::string&) { return count++ == 1 ? "close" : "AA"; });
  auto c = sending_to(receiver.port);
  for (const char* id : {"a", "b"}) {
    Deliveries deliveries;
    deliveries.add(id, "child");
    EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>{"done"})) << id;
  }
  EXPECT_EQ(receiver.connections, 2);
  EXPECT_EQ(receiver.seen().size(), 3u);
}

TEST(MllpSend, says_retry_when_nobody_is_there) {
  uint16_t port = 0;
  { port = Receiver().port; }
  auto c = sending_to(port);
  Deliveries deliveries;
  deliveries.add("a", "child");
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>{"MLLP_CONNECT"}));
  HostCall call;
  auto status = c->check(call.call());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().error_class, ErrorClass::retry);
}

TEST(MllpSend, trusts_only_whom_the_authority_signed) {
  const Keys keys, strangers;
  auto secure = [&](const Keys& server) {
    Poco::Net::Context::Params params;
    params.certificateFile = server.server_cert;
    params.privateKeyFile = server.server_key;
    params.verificationMode = Poco::Net::Context::VERIFY_NONE;
    return std::make_unique<Poco::Net::SecureServerSocket>(Poco::Net::Context::Ptr(
        new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, params)));
  };
  Receiver good(secure(keys)), bad(secure(strangers));
  Deliveries deliveries;
  deliveries.add("a", "child");
  const std::string tls = R"(,"tls":{"ca_file":")" + keys.ca_cert + "\"}";
  EXPECT_EQ(write(*sending_to(good.port, tls), deliveries), (std::vector<std::string>{"done"}));
  EXPECT_EQ(write(*sending_to(bad.port, tls), deliveries), (std::vector<std::string>{"MLLP_TLS"}));
  EXPECT_EQ(bad.seen().size(), 0u);
}

TEST(MllpSend, refuses_types_that_it_is_not_set_up_for) {
  Receiver receiver;
  auto c = sending_to(receiver.port);
  Deliveries deliveries;
  deliveries.add("a", "child", "Observation", R"({"resourceType":"Observation"})");
  deliveries.add("b", "", "adt", "{}");
  EXPECT_EQ(write(*c, deliveries), (std::vector<std::string>{"NOT_CONFIGURED", "HL7_BODY"}));
}

}  // namespace
}  // namespace concord::health::testing
