// What crosses between the hub and a runner, as bytes: frames, and the lanes that carry them.
// README.md beside this file tells the format. Nothing here trusts the other side: a length is
// looked at before anything is set aside for it, and a frame that does not add up is malformed.
// Threads: a Lane is used by one thread at a time. Owns: its descriptor.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace concord::runtime {

enum class Kind : uint8_t {
  // hub to runner, on control
  sandbox = 1,  // how to shut itself in
  config,       // which library, which settings
  cancel,
  listen,
  stop_listening,
  end,
  // hub to runner, on read, write and other
  read = 16,
  ack,
  write,
  check,
  describe,
  // the answer to any of these, either way
  ok = 32,
  fail,
  // runner to hub, on control
  log = 48,
  listen_ended,
  // runner to hub, on an ask lane
  deliver = 64,
  poke,
  resolve,
};

// The descriptors of a runner: what it finds open, and nothing else.
constexpr int kControlLane = 3, kReadLane = 4, kWriteLane = 5, kOtherLane = 6, kAskLanes = 7;
constexpr int kAskLaneCount = 3;  // the first for names, the others for events
constexpr int kLaneEnd = kAskLanes + kAskLaneCount;

constexpr size_t kBatchBytesMax = 128u << 20;  // a batch that was read, or is to be written
constexpr size_t kEventBytesMax = 64u << 20;   // records that a source pushed
constexpr size_t kShortBytesMax = 8u << 20;    // everything else

struct Frame {
  Kind kind{};
  std::string payload;
};

// Puts values one after the other: numbers little-endian, text as its length and its bytes.
class Put {
 public:
  explicit Put(Kind kind);
  Put& u8(uint8_t value);
  Put& u32(uint32_t value);
  Put& u64(uint64_t value);
  Put& text(std::string_view value);
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  // The whole frame, with its head.
  [[nodiscard]] const std::string& frame();

 private:
  std::string bytes_;
};

// Takes them again. Once something was missing, all that follows is empty and good() is false.
class Take {
 public:
  explicit Take(std::string_view payload) : rest_(payload) {}
  uint8_t u8();
  uint32_t u32();
  uint64_t u64();
  std::string_view text(size_t bytes_max = SIZE_MAX);
  // A count of things of which each takes at least so many bytes.
  uint32_t count(size_t bytes_each);
  [[nodiscard]] bool good() const { return good_; }
  // Nothing missing and nothing left over.
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  std::string_view bytes(size_t count);
  std::string_view rest_;
  bool good_ = true;
};

class Lane {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Outcome { good, late, closed, malformed };

  Lane() = default;
  explicit Lane(int fd) : fd_(fd) {}
  ~Lane();
  Lane(Lane&& other) noexcept : fd_(other.release()) {}
  Lane& operator=(Lane&& other) noexcept;
  [[nodiscard]] int fd() const { return fd_; }
  int release();
  // Wakes whoever waits on it: the lane is closed for both sides.
  void shut() const;

  // Is there something to receive, or an end to notice? until: Time::max() waits for ever.
  [[nodiscard]] bool ready(Time until = Time::max()) const;
  // Are there bytes to receive now? An end is none.
  [[nodiscard]] bool holds_something() const;

  Outcome send(Put& put, Time until = Time::max()) const;
  Outcome receive(Frame& frame, size_t bytes_max, Time until = Time::max()) const;

 private:
  Outcome receive_bytes(char* to, size_t count, Time until) const;
  [[nodiscard]] bool wait(short events, Time until) const;
  int fd_ = -1;
};

}  // namespace concord::runtime
