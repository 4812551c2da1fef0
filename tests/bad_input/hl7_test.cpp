// HL7 v2 messages over a real MLLP connection: each is answered as the standard has it, and the hub
// has the bytes of what it refused.
#include <Poco/Net/StreamSocket.h>

#include "examples/simulators/ports.hpp"
#include "tests/bad_input/dropped.hpp"
#include "tests/bad_input/memory.hpp"

namespace concord::bad_input {
namespace {

using store::RecordState;

// A hub with a hospital that may send to it.
class Hospital : public testing::Test {
 protected:
  void SetUp() override {
    {
      sim::ReservedPort port;
      ASSERT_TRUE(port.reserve());
      port_ = port.number();
    }
    add_real_system(world,
                    "health",
                    "health",
                    "",
                    R"({"hl7":{"time_zone":"America/New_York"},"mllp_listen":{"port":)" +
                        std::to_string(port_) + R"(,"message_bytes_max":)" +
                        std::to_string(bytes_max) + "}}");
    world.start();
    ASSERT_TRUE(world.wait([&] {
      try {
        socket_.connect(Poco::Net::SocketAddress("127.0.0.1", port_));
        return true;
      } catch (const Poco::Exception&) {  // not listening yet
        return false;
      }
    }));
    socket_.setReceiveTimeout(Poco::Timespan(20, 0));
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
      ASSERT_GT(sent, 0);
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  // The next answer, whole.
  std::string answer() {
    while (heard_.find("\x1C\r") == std::string::npos) {
      char part[4096];
      const int got = socket_.receiveBytes(part, sizeof part);
      if (got <= 0) return "closed";
      heard_.append(part, static_cast<size_t>(got));
    }
    const size_t end = heard_.find("\x1C\r");
    std::string one = heard_.substr(0, end);
    heard_.erase(0, end + 2);
    return one;
  }
  static std::string framed(const std::string& message) { return "\x0B" + message + "\x1C\r"; }

  // Answered so, told where, and kept whole; the next good message on the line is taken.
  void expect_refused(const std::string& bytes,
                      const std::string& verdict,
                      const std::string& code,
                      const std::string& place) {
    send(bytes);
    const std::string told = answer();
    EXPECT_THAT(told, HasSubstr("\rMSA|" + verdict + "|"));
    EXPECT_THAT(told, HasSubstr("\rERR|"));
    EXPECT_THAT(told, Not(HasSubstr(kContent)));
    const auto kept = world.in(RecordState::rejected);
    ASSERT_EQ(kept.size(), 1u);
    expect_kept(kept[0], code, place);
    EXPECT_THAT(kept[0].record.body, HasSubstr(kContent));
    if (bytes.find("SYN-GOOD") == std::string::npos) send(framed(adt("SYN-GOOD", "SYN-9")));
    EXPECT_THAT(answer(), HasSubstr("\rMSA|AA|SYN-GOOD"));
    world.expect_balanced();
  }
  static std::string adt(const std::string& id,
                         const std::string& mrn,
                         const std::string& event = "A08",
                         const std::string& name = "Testfamily^Ada") {
    return "MSH|^~\\&|EHR|SYNHOSP|HUB|CO|20260301120000||ADT^" + event + "|" + id +
           "|P|2.5.1\rPID|1||" + mrn + "||" + name + "\r";
  }

  World world;
  size_t bytes_max = 4u << 20;

 private:
  uint16_t port_ = 0;
  Poco::Net::StreamSocket socket_;
  std::string heard_;
};

using Hl7 = Hospital;

TEST_F(Hl7, without_a_header_is_answered_AR) {
  expect_refused(framed("PID|1||SYN-1||CANARY\r"), "AR", "HL7_NO_HEADER", "");
}

TEST_F(Hl7, with_delimiters_that_are_none_is_answered_AR) {
  expect_refused(framed("MSH|^^\\&|EHR|SYNHOSP|HUB|CO|20260301120000||ADT^A08|SYN-M|P|2.5.1\r"
                        "PID|1||SYN-1||CANARY\r"),
                 "AR",
                 "HL7_DELIMITERS",
                 "MSH-2");
}

TEST_F(Hl7, of_an_event_that_is_not_taken_is_answered_AR) {
  expect_refused(framed(adt("SYN-M", "SYN-1", "A60", "CANARY")), "AR", "HL7_UNSUPPORTED", "MSH-9");
}

TEST_F(Hl7, of_another_version_is_answered_AR) {
  std::string message = adt("SYN-M", "SYN-1", "A08", "CANARY");
  message.replace(message.find("2.5.1"), 5, "3");
  expect_refused(framed(message), "AR", "HL7_VERSION", "MSH-12");
}

TEST_F(Hl7, that_says_of_nobody_is_answered_AE) {
  expect_refused(framed(adt("SYN-M", "", "A08", "CANARY")), "AE", "HL7_REQUIRED", "PID-3");
}

TEST_F(Hl7, of_half_a_message_is_answered_AR_when_the_next_one_begins) {
  expect_refused(
      "\x0BMSH|^~\\&|EHR|SYNHOSP|HUB|CO|20260301120000||ADT^A08|SYN-M|P|2.5.1\rPID|1||CANARY" +
          framed(adt("SYN-GOOD", "SYN-9")),
      "AR",
      "MLLP_FRAMING",
      "frame");
}

TEST_F(Hl7, outside_of_a_frame_is_answered_AR) {
  expect_refused("CANARY" + framed(adt("SYN-GOOD", "SYN-9")), "AR", "MLLP_FRAMING", "frame");
}

TEST_F(Hl7, in_bytes_that_are_not_its_character_set_is_answered_AE) {
  std::string message = adt("SYN-M",
                            "SYN-1",
                            "A08",
                            "CANARY^Pe\xC3\x28"
                            "a");
  message.replace(message.find("2.5.1"), 5, "2.5.1||||||UNICODE UTF-8");
  expect_refused(framed(message), "AE", "HL7_CHARSET", "PID");
}

TEST_F(Hl7, in_cp1252_that_says_utf8_is_answered_AE) {
  std::string message = adt("SYN-M",
                            "SYN-1",
                            "A08",
                            "CANARY^Pe\xF1"
                            "a");
  message.replace(message.find("2.5.1"), 5, "2.5.1||||||UNICODE UTF-8");
  expect_refused(framed(message), "AE", "HL7_CHARSET", "PID");
}

TEST_F(Hl7, of_100000_repetitions_and_components_is_answered) {
  std::string message = adt("SYN-M", "SYN-1", "A08", "Testfamily^Ada");
  message += "NK1|1|CANARY" + std::string(100000, '~') + std::string(100000, '^') +
             std::string(100000, '&') + "\r";
  send(framed(message));
  EXPECT_THAT(answer(), HasSubstr("\rMSA|A"));
  EXPECT_EQ(world.ledger().records, 1);
  world.expect_balanced();
}

TEST_F(Hl7, of_a_megabyte_that_is_refused_is_kept_to_its_last_byte) {
  std::string message = adt("SYN-M", "", "A08", "Testfamily^Ada");
  message += "ZZZ|" + std::string(1u << 20, 'x') + "CANARY\r";
  send(framed(message));
  EXPECT_THAT(answer(), HasSubstr("\rMSA|AE|SYN-M"));
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].record.body, message);
}

TEST_F(Hl7, of_200_megabytes_is_answered_AR_and_never_held_whole) {
  const std::string part(1u << 20, 'x');
  const size_t peak = peak_of([&] {
    send("\x0B" + adt("SYN-M", "SYN-1", "A08", kContent) + "ZZZ|");
    for (size_t sent = 0; sent < kHuge; sent += part.size()) send(part);
    send("\r\x1C\r");
    EXPECT_THAT(answer(), HasSubstr("\rMSA|AR|SYN-M"));
  });
  EXPECT_LT(peak, kHuge / 2);
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], "MLLP_OVERSIZE", "frame");
  EXPECT_THAT(kept[0].record.body, HasSubstr(kContent));  // its beginning; the sender has the rest
  world.expect_balanced();
}

TEST_F(Hl7, that_comes_twice_is_answered_twice_and_has_one_effect) {
  for (int i = 0; i < 2; ++i) {
    send(framed(adt("SYN-M", "SYN-1")));
    EXPECT_THAT(answer(), HasSubstr("\rMSA|AA|SYN-M"));
  }
  EXPECT_EQ(world.ledger().records, 1);
  EXPECT_EQ(world.ledger().duplicates, 1);
  world.expect_balanced();
}

TEST_F(Hl7, of_a_batch_that_lost_a_message_says_so_and_keeps_the_others) {
  send(framed("BHS|^~\\&|EHR|SYNHOSP\r" + adt("SYN-M1", "SYN-1") + adt("SYN-M2", "SYN-2") +
              "BTS|3\r"));
  EXPECT_THAT(answer(), HasSubstr("\rMSA|AA|SYN-M1"));
  (void)answer();
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], "HL7_BATCH_COUNT", "BTS-1");
  EXPECT_EQ(world.ledger().records, 3);
  world.expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
