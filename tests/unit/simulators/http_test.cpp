#include "examples/simulators/http.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace concord::sim {
namespace {

// A client that shows exactly what came over the wire.
class Wire {
 public:
  explicit Wire(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    why = connected ? 0 : errno;
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() { ::close(fd_); }

  void send(const std::string& text) { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  // Until the other end closes, or `until` has come.
  std::string receive(const std::string& until = {}) {
    std::string all;
    char chunk[4096];
    for (;;) {
      if (!until.empty() && all.find(until) != std::string::npos) return all;
      const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
      if (got < 0) why = errno;
      if (got <= 0) return all;
      all.append(chunk, static_cast<size_t>(got));
    }
  }
  bool connected = false;
  int why = 0;

 private:
  int fd_;
};

std::string get(const std::string& path, bool close = true) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + (close ? "Connection: close\r\n" : "") +
         "\r\n";
}

class SimHttp : public testing::Test {
 protected:
  void SetUp() override {
    auto started = server_.start();
    ASSERT_TRUE(started) << started.error().cause;
  }
  std::string fetch(const std::string& path) {
    Wire wire(server_.port());
    wire.send(get(path));
    std::string answer = wire.receive();
    why_ = wire.why;
    return answer;
  }
  Faults faults_;
  std::atomic<int> work_{0};
  int why_ = 0;
  HttpServer server_{[this](const HttpRequest& request) {
                       ++work_;
                       if (request.path == "/none") return HttpReply{204, ""};
                       if (request.path == "/throws") throw std::runtime_error("broken on purpose");
                       return HttpReply{200,
                                        request.method + ' ' + request.path +
                                            " page=" + std::string(request.parameter("page")) +
                                            " x=" + std::string(request.header("x-test")) + ' ' +
                                            request.body};
                     },
                     &faults_,
                     HttpOptions{.body_bytes_max = 1000, .certificate_file = {}, .key_file = {}}};
};

TEST_F(SimHttp, hands_over_method_path_query_headers_and_body) {
  Wire wire(server_.port());
  wire.send(
      "POST /a%20b?page=2%263 HTTP/1.1\r\nHost: x\r\nX-TEST: yes\r\nContent-Length: 4\r\n"
      "Connection: close\r\n\r\nbody");
  EXPECT_NE(wire.receive().find("\r\n\r\nPOST /a b page=2&3 x=yes body"), std::string::npos);
}

TEST_F(SimHttp, keeps_a_connection_alive) {
  Wire wire(server_.port());
  for (int i = 0; i < 3; ++i) {
    wire.send(get("/again", false));
    EXPECT_NE(wire.receive("x= ").find("200 OK"), std::string::npos);
  }
}

TEST_F(SimHttp, an_answer_without_a_body_leaves_nobody_waiting) {
  Wire wire(server_.port());
  wire.send(get("/none", false));
  EXPECT_NE(wire.receive("\r\n\r\n").find("204"), std::string::npos);
  wire.send(get("/next"));
  EXPECT_NE(wire.receive().find("GET /next"), std::string::npos);
}

TEST_F(SimHttp, a_body_that_is_too_large_is_413) {
  Wire wire(server_.port());
  wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'));
  const std::string answer = wire.receive();
  EXPECT_NE(answer.find("413"), std::string::npos) << answer;
  EXPECT_EQ(work_, 0);
}

TEST_F(SimHttp, a_handler_that_throws_is_500_and_the_server_lives) {
  EXPECT_NE(fetch("/throws").find("500"), std::string::npos);
  EXPECT_NE(fetch("/fine").find("200 OK"), std::string::npos);
}

struct Case {
  FaultKind kind;
  const char* wanted;  // in the answer
  int work;            // how often the handler ran
};
class SimHttpFault : public SimHttp, public testing::WithParamInterface<Case> {};

TEST_P(SimHttpFault, is_shown_once_and_then_all_is_well) {
  faults_.arm({.kind = GetParam().kind, .place = "/bad", .delay = std::chrono::milliseconds(1)});
  EXPECT_NE(fetch("/good").find("200 OK"), std::string::npos);
  work_ = 0;
  EXPECT_NE(fetch("/bad").find(GetParam().wanted), std::string::npos);
  EXPECT_EQ(work_, GetParam().work);
  EXPECT_NE(fetch("/bad").find("200 OK"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Faults,
                         SimHttpFault,
                         testing::Values(Case{FaultKind::slow, "200 OK", 1},
                                         Case{FaultKind::status, "503 ", 0},
                                         Case{FaultKind::rate_limited, "Retry-After: 1\r\n", 0},
                                         Case{FaultKind::bad_token, "401 ", 0}),
                         [](const auto& tested) {
                           return std::string(name_of(tested.param.kind));
                         });

TEST_F(SimHttp, reset_after_commit_does_the_work_and_answers_nothing) {
  faults_.arm({.kind = FaultKind::reset_after_commit, .place = {}});
  EXPECT_EQ(fetch("/x"), "");
  EXPECT_EQ(why_, ECONNRESET);
  EXPECT_EQ(work_, 1);
}

TEST_F(SimHttp, a_truncated_body_is_shorter_than_promised) {
  faults_.arm({.kind = FaultKind::truncated_body, .place = {}});
  const std::string answer = fetch("/x");
  const std::string whole = "GET /x page= x= ";
  EXPECT_NE(answer.find("Content-Length: " + std::to_string(whole.size()) + "\r\n"),
            std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + whole.substr(0, whole.size() / 2))) << answer;
}

TEST_F(SimHttp, a_hanging_call_ends_when_the_faults_are_cleared) {
  faults_.arm({.kind = FaultKind::hang, .place = {}});
  std::atomic<bool> done{false};
  std::jthread client([&] {
    EXPECT_EQ(fetch("/x"), "");
    done = true;
  });
  while (faults_.json().find(R"("hang":1)") == std::string::npos) std::this_thread::yield();
  EXPECT_FALSE(done);
  while (!done) faults_.clear();
}

TEST_F(SimHttp, a_hanging_call_does_not_hold_up_stop) {
  faults_.arm({.kind = FaultKind::hang, .place = {}});
  std::jthread client([&] { EXPECT_EQ(fetch("/x"), ""); });
  while (faults_.json().find(R"("hang":1)") == std::string::npos) std::this_thread::yield();
  server_.stop();
}

TEST_F(SimHttp, stopped_it_refuses_connections_and_comes_back_on_the_same_port) {
  const uint16_t port = server_.port();
  Wire open(port);
  open.send(get("/x", false));
  open.receive("x= ");
  for (int i = 0; i < 3; ++i) {
    server_.stop();
    Wire refused(port);
    EXPECT_FALSE(refused.connected);
    EXPECT_EQ(refused.why, ECONNREFUSED);
    ASSERT_TRUE(server_.start());
    EXPECT_EQ(server_.port(), port);
    EXPECT_NE(fetch("/x").find("200 OK"), std::string::npos);
  }
  EXPECT_EQ(open.receive(), "") << "what was open is dropped";
}

TEST(Faults, are_taken_in_order_as_often_as_armed_and_only_in_their_place) {
  Faults faults;
  faults.arm({.kind = FaultKind::duplicate, .times = 2, .place = "/a"});
  EXPECT_FALSE(faults.take(FaultKind::duplicate, "/b"));
  EXPECT_FALSE(faults.take(FaultKind::slow, "/a"));
  EXPECT_TRUE(faults.take(FaultKind::duplicate, "/a/1"));
  EXPECT_TRUE(faults.take(FaultKind::duplicate, "/a"));
  EXPECT_FALSE(faults.take(FaultKind::duplicate, "/a"));
}

TEST(Faults, armed_for_ever_last_until_cleared) {
  Faults faults;
  faults.arm({.kind = FaultKind::slow, .times = -1, .place = {}});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(faults.take(FaultKind::slow));
  faults.clear();
  EXPECT_FALSE(faults.take(FaultKind::slow));
}

TEST(Faults, are_read_from_json_and_a_wrong_one_is_told) {
  const auto fault = read_fault(R"({"kind":"slow","times":3,"place":"/p","delay_ms":5})");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->times, 3);
  EXPECT_EQ(fault->place, "/p");
  EXPECT_EQ(fault->delay.count(), 5);
  EXPECT_FALSE(read_fault(R"({"kind":"sloww"})"));
  EXPECT_FALSE(read_fault(R"({"kind":"slow","times":"3"})"));
  EXPECT_FALSE(read_fault(R"({"kind":"status","status":7})"));
  EXPECT_FALSE(read_fault("{"));
}

}  // namespace
}  // namespace concord::sim
