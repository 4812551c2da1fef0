#include <Poco/Net/Context.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SecureStreamSocket.h>

#include <set>

#include "tests/integration/health/host.hpp"
#include "tests/integration/health/keys.hpp"

namespace concord::health::testing {
namespace {

TEST(MllpListen, acknowledges_only_after_the_hub_has_committed) {
  Listening hub(R"({"port":0})");
  hub.sink.hold();
  Sender sender(hub.port);
  sender.send(framed(adt("M1")));
  while (hub.sink.calls == 0) std::this_thread::yield();
  EXPECT_EQ(sender.answer(200ms), "nothing");
  hub.sink.let_go();
  EXPECT_EQ(sender.answer(), "AA M1");
  ASSERT_EQ(hub.sink.got().size(), 1u);
  EXPECT_EQ(hub.sink.got()[0].type, "adt");
}

TEST(MllpListen, takes_many_connections_at_once_and_keeps_the_order_of_each) {
  constexpr int kSenders = 24, kMessages = 60;
  Listening hub(R"({"port":0})");
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int s = 0; s < kSenders; ++s) {
    threads.emplace_back([&, s] {
      Sender sender(hub.port);
      std::string wire;
      for (int m = 0; m < kMessages; ++m) {
        wire += framed(
            adt("S" + std::to_string(s) + "-" + std::to_string(m), "SYN-" + std::to_string(s)));
      }
      sender.send(wire);
      for (int m = 0; m < kMessages; ++m) {
        if (sender.answer() != "AA S" + std::to_string(s) + "-" + std::to_string(m)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  const auto got = hub.sink.got();
  ASSERT_EQ(got.size(), static_cast<size_t>(kSenders * kMessages));
  std::map<std::string, std::string> last;
  for (const auto& record : got) {
    EXPECT_LT(last[record.key], record.version);
    last[record.key] = record.version;
  }
  EXPECT_GT(hub.sink.records_max, 1u);  // what waits together is committed together
}

TEST(MllpListen, answers_what_it_does_not_take_and_keeps_it) {
  Listening hub(R"({"port":0})");
  Sender sender(hub.port);
  sender.send(framed(adt("M1", "SYN-1", "A60")) + framed("PID|1||x\r") + framed(adt("M2", "")) +
              framed(adt("M3")));
  EXPECT_EQ(sender.answer(), "AR M1");
  EXPECT_EQ(sender.answer(), "AR ");
  EXPECT_EQ(sender.answer(), "AE M2");
  EXPECT_EQ(sender.answer(), "AA M3");
  std::multiset<std::string> codes;
  for (const auto& got : hub.sink.got()) codes.insert(got.reject ? got.code : "record");
  EXPECT_EQ(
      codes,
      (std::multiset<std::string>{"HL7_NO_HEADER", "HL7_REQUIRED", "HL7_UNSUPPORTED", "record"}));
}

TEST(MllpListen, gives_no_answer_for_what_was_not_kept_and_takes_it_when_it_comes_again) {
  Listening hub(R"({"port":0})");
  std::atomic<bool> full{true};
  hub.sink.judge = [&](const HostSink::Got& got) -> uint32_t {
    return full && got.body.find("\"M2\"") != std::string::npos ? CONCORD_RETRY : CONCORD_OK;
  };
  {
    Sender sender(hub.port);
    sender.send(framed(adt("M1")) + framed(adt("M2")));
    EXPECT_EQ(sender.answer(), "AA M1");
    EXPECT_EQ(sender.answer(), "closed");
  }
  full = false;
  Sender again(hub.port);
  again.send(framed(adt("M2")));
  EXPECT_EQ(again.answer(), "AA M2");
}

TEST(MllpListen, or_answers_AE_for_it_where_the_settings_want_it) {
  Listening hub(R"({"port":0,"when_not_kept":"AE"})");
  std::atomic<int> count{0};
  hub.sink.judge = [&](const HostSink::Got&) -> uint32_t {
    return count++ == 0 ? CONCORD_RETRY : CONCORD_OK;
  };
  Sender sender(hub.port);
  sender.send(framed(adt("M1")));
  EXPECT_EQ(sender.answer(), "AE M1");
  sender.send(framed(adt("M1")));
  EXPECT_EQ(sender.answer(), "AA M1");
}

TEST(MllpListen, is_not_shaken_by_garbage_half_frames_and_giants) {
  Listening hub(R"({"port":0,"message_bytes_max":2048})");
  Sender sender(hub.port);
  sender.send("GET / HTTP/1.1\r\n\r\n" + framed(adt("M1")));
  EXPECT_EQ(sender.answer(), "AR ");
  EXPECT_EQ(sender.answer(), "AA M1");
  sender.send("\x0BMSH|^~\\&|cut" + framed(adt("M2")));
  EXPECT_EQ(sender.answer(), "AR ");
  EXPECT_EQ(sender.answer(), "AA M2");
  sender.send("\x0B" + adt("BIG") + "NTE|1||" + std::string(1 << 20, 'x') + "\x1C\r" +
              framed(adt("M3")));
  EXPECT_EQ(sender.answer(), "AR BIG");
  EXPECT_EQ(sender.answer(), "AA M3");
  std::string binary("\x0B");
  for (int i = 0; i < 256; ++i) {
    if (i != 0x0B && i != 0x1C) binary += static_cast<char>(i);
  }
  sender.send(binary + "\x1C\r" + framed(adt("M4")));
  EXPECT_EQ(sender.answer(), "AR ");
  EXPECT_EQ(sender.answer(), "AA M4");
}

TEST(MllpListen, closes_on_a_sender_that_never_ends_its_message) {
  Listening hub(R"({"port":0,"frame_ms_max":300})");
  Sender drip(hub.port), good(hub.port);
  drip.send("\x0BMSH|");
  const auto began = std::chrono::steady_clock::now();
  std::atomic<bool> over{false};
  std::thread dripping([&] {
    while (!over) {
      try {
        drip.send("x");
      } catch (const Poco::Exception&) {  // closed on us, as it should be
        return;
      }
      std::this_thread::sleep_for(20ms);
    }
  });
  EXPECT_EQ(drip.answer(), "closed");
  over = true;
  dripping.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  good.send(framed(adt("M1")));
  EXPECT_EQ(good.answer(), "AA M1");
}

TEST(MllpListen, makes_room_for_a_new_sender_by_closing_the_quietest) {
  Listening hub(R"({"port":0,"connections_max":2})");
  Sender quiet(hub.port);
  quiet.send(framed(adt("M1")));
  EXPECT_EQ(quiet.answer(), "AA M1");
  Sender busy(hub.port);
  busy.send(framed(adt("M2")));
  EXPECT_EQ(busy.answer(), "AA M2");
  Sender third(hub.port);
  third.send(framed(adt("M3")));
  EXPECT_EQ(third.answer(), "AA M3");
  EXPECT_EQ(quiet.answer(), "closed");
  busy.send(framed(adt("M4")));
  EXPECT_EQ(busy.answer(), "AA M4");
}

TEST(MllpListen, finishes_what_is_in_hand_when_it_is_told_to_stop) {
  Listening hub(R"({"port":0})");
  hub.sink.hold();
  Sender sender(hub.port);
  sender.send(framed(adt("M1")));
  while (hub.sink.calls == 0) std::this_thread::yield();
  hub.stop();
  EXPECT_EQ(sender.answer(), "AA M1");
  EXPECT_EQ(sender.answer(), "closed");
}

TEST(MllpListen, says_when_its_port_is_taken) {
  Listening hub(R"({"port":0})");
  auto second = connector(R"({"mllp_listen":{"port":)" + std::to_string(hub.port) + "}}");
  HostSink sink;
  HostCall call;
  auto status = second->listen(sink.sink(), call.call());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "MLLP_PORT");
}

// --- TLS -----------------------------------------------------------------------------------------

std::string tls_settings(const Keys& keys, bool client_certificate) {
  return R"({"port":0,"tls":{"certificate_file":")" + keys.server_cert + R"(","key_file":")" +
         keys.server_key + R"(","ca_file":")" + keys.ca_cert +
         R"(","require_client_certificate":)" + (client_certificate ? "true" : "false") + "}}";
}

std::string answer_over_tls(uint16_t port, const Keys& keys, bool with_certificate) {
  Poco::Net::initializeSSL();
  Poco::Net::Context::Params params;
  params.caLocation = keys.ca_cert;
  params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
  if (with_certificate) {
    params.certificateFile = keys.client_cert;
    params.privateKeyFile = keys.client_key;
  }
  try {
    Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params);
    Poco::Net::SecureStreamSocket socket(context);
    socket.setPeerHostName("localhost");
    socket.connect(Poco::Net::SocketAddress("127.0.0.1", port));
    Sender sender(socket);
    sender.send(framed(adt("M1")));
    return sender.answer();
  } catch (const Poco::Exception& e) {
    return "refused: " + e.displayText();
  }
}

TEST(MllpListen, speaks_tls_and_nothing_else_where_it_is_set) {
  const Keys keys;
  Listening hub(tls_settings(keys, false));
  EXPECT_EQ(answer_over_tls(hub.port, keys, false), "AA M1");
  Sender plain(hub.port);
  plain.send(framed(adt("M2")));
  EXPECT_EQ(plain.answer(), "closed");
  EXPECT_EQ(hub.sink.got().size(), 1u);
}

TEST(MllpListen, asks_senders_for_their_certificate_where_it_is_set) {
  const Keys keys;
  Listening hub(tls_settings(keys, true));
  EXPECT_NE(answer_over_tls(hub.port, keys, false), "AA M1");
  EXPECT_EQ(answer_over_tls(hub.port, keys, true), "AA M1");
}

}  // namespace
}  // namespace concord::health::testing
