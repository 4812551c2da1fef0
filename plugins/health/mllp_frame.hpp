// MLLP framing: <VT> message <FS> <CR>. What is not framed so is told apart, never guessed at.
//
// Threads: one FrameReader belongs to one connection. Memory: at most bytes_max and one read.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace concord::health {

std::string framed(std::string_view message);

struct Frame {
  enum class Kind {
    message,   // as it should be
    unframed,  // bytes that no <VT> began: kept, answered AR
    cut,       // a new <VT> before the <FS>: the sender broke off
    oversize   // more than bytes_max; bytes holds the beginning
  };
  Kind kind = Kind::message;
  std::string bytes;
};

class FrameReader {
 public:
  explicit FrameReader(size_t bytes_max) : bytes_max_(bytes_max) {}

  void feed(std::string_view bytes);
  std::optional<Frame> next();  // frames in the order in which they ended
  // Something has begun that has not ended.
  [[nodiscard]] bool in_hand() const { return state_ != State::outside || !bytes_.empty(); }

 private:
  enum class State { outside, inside, skipping };
  void keep(std::string_view bytes);
  void close(Frame::Kind kind);

  size_t bytes_max_;
  State state_ = State::outside;
  std::string bytes_;
  std::deque<Frame> ready_;
};

}  // namespace concord::health
