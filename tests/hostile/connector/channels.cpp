// What a connector does that has found the lanes to the hub, and speaks for the runner. It answers
// the read that it was asked for, on descriptor 4 (hub/runtime/channel/README.md), in its own
// words.
#include <unistd.h>

#include <cstring>

#include "tests/hostile/connector/attack.hpp"

namespace concord::hostile {
namespace {

constexpr int kControl = 3, kRead = 4, kEvents = 8;
constexpr uint8_t kOk = 32, kFail = 33, kLog = 48, kDeliver = 64;

std::string u32(uint32_t value) {
  std::string bytes(4, '\0');
  for (size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

// length: what the frame claims; its real one if not said. times: so often, at once.
void say(int lane, uint8_t kind, const std::string& payload, uint32_t length = 0, int times = 1) {
  const std::string one = u32(length != 0 ? length : static_cast<uint32_t>(payload.size() + 1)) +
                          static_cast<char>(kind) + payload;
  std::string frame;
  for (int i = 0; i < times; ++i) frame += one;
  for (size_t sent = 0; sent < frame.size();) {
    const ssize_t now = ::write(lane, frame.data() + sent, frame.size() - sent);
    if (now <= 0) return;
    sent += static_cast<size_t>(now);
  }
}

[[noreturn]] void wait_for_the_end() {
  for (;;) ::pause();
}

}  // namespace

Attacks channels() {
  return {
      {"garbage",
       [](const Words&) -> Verdict {
         say(kRead, kOk, std::string(100, '\xff'));
         wait_for_the_end();
       }},
      {"oversized_length",
       [](const Words&) -> Verdict {
         say(kRead, kOk, "x", 0xfffffff0u);
         wait_for_the_end();
       }},
      {"empty_frame",
       [](const Words&) -> Verdict {
         ::write(kRead, "\0\0\0\0\0", 5);
         wait_for_the_end();
       }},
      {"torn_frame",
       [](const Words&) -> Verdict {
         say(kRead, kOk, "x", 1000);
         wait_for_the_end();
       }},
      // More records than there are bytes in the world.
      {"false_count",
       [](const Words&) -> Verdict {
         say(kRead, kOk, u32(0xffffffffu) + std::string(64, '\0'));
         wait_for_the_end();
       }},
      {"text_beyond_its_frame",
       [](const Words&) -> Verdict {
         say(kRead, kOk, u32(0) + u32(0) + u32(0x7fffffffu) + "abc");
         wait_for_the_end();
       }},
      {"bytes_left_over",
       [](const Words&) -> Verdict {
         say(kRead, kOk, u32(0) + u32(0) + u32(1) + "1" + std::string(1, '\0') + "more");
         wait_for_the_end();
       }},
      {"unknown_kind",
       [](const Words&) -> Verdict {
         say(kRead, 200, "");
         wait_for_the_end();
       }},
      {"failure_without_error",
       [](const Words&) -> Verdict {
         say(kRead, kFail, "");
         wait_for_the_end();
       }},
      {"garbage_on_control",
       [](const Words&) -> Verdict {
         say(kControl, 99, "x");
         wait_for_the_end();
       }},
      {"log_beyond_its_frame",
       [](const Words&) -> Verdict {
         say(kControl, kLog, "x", 0x7fffffffu);
         wait_for_the_end();
       }},
      {"garbage_event",
       [](const Words&) -> Verdict {
         say(kEvents, kDeliver, u32(0xffffffffu));
         wait_for_the_end();
       }},
      {"close_all",
       [](const Words&) -> Verdict {
         for (int fd = kControl; fd < 64; ++fd) ::close(fd);
         wait_for_the_end();
       }},
      // Answers before it is asked: the next question finds an answer already there.
      {"answer_twice",
       [](const Words&) -> Verdict {
         const std::string nothing = u32(0) + u32(0) + u32(1) + "9" + std::string(1, '\0');
         say(kRead, kOk, nothing, 0, 2);
         return {};
       }},
      {"log_flood",
       [](const Words&) -> Verdict {
         const std::string line = u32(1) + u32(3) + "a.b" + u32(2) + "{}";
         for (int i = 0; i < 20000; ++i) say(kControl, kLog, line);
         return {true, 0};
       }},
  };
}

}  // namespace concord::hostile
