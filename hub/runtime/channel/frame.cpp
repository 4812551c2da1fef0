#include "hub/runtime/channel/frame.hpp"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace concord::runtime {
namespace {

constexpr size_t kHead = 5;                 // u32 length of kind and payload, u8 kind
constexpr size_t kChunk = size_t{1} << 18;  // set aside at once, however long a frame claims to be

template <class Number>
void append(std::string& to, Number value) {
  for (size_t i = 0; i < sizeof value; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
}
template <class Number>
Number number(std::string_view bytes) {
  Number value = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<Number>(static_cast<Number>(static_cast<uint8_t>(bytes[i])) << (8 * i));
  return value;
}

}  // namespace

Put::Put(Kind kind) : bytes_(kHead - 1, '\0') {
  u8(static_cast<uint8_t>(kind));
}
Put& Put::u8(uint8_t value) {
  bytes_ += static_cast<char>(value);
  return *this;
}
Put& Put::u32(uint32_t value) {
  append(bytes_, value);
  return *this;
}
Put& Put::u64(uint64_t value) {
  append(bytes_, value);
  return *this;
}
Put& Put::text(std::string_view value) {
  u32(static_cast<uint32_t>(value.size()));
  bytes_ += value;
  return *this;
}
const std::string& Put::frame() {
  const auto length = static_cast<uint32_t>(bytes_.size() - (kHead - 1));
  for (size_t i = 0; i < 4; ++i) bytes_[i] = static_cast<char>(length >> (8 * i) & 0xff);
  return bytes_;
}

std::string_view Take::bytes(size_t count) {
  if (!good_ || rest_.size() < count) {
    good_ = false;
    return {};
  }
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}
uint8_t Take::u8() {
  return number<uint8_t>(bytes(1));
}
uint32_t Take::u32() {
  return number<uint32_t>(bytes(4));
}
uint64_t Take::u64() {
  return number<uint64_t>(bytes(8));
}
std::string_view Take::text(size_t bytes_max) {
  const uint32_t size = u32();
  if (size > bytes_max) good_ = false;
  return bytes(size);
}
uint32_t Take::count(size_t bytes_each) {
  const uint32_t claimed = u32();
  if (claimed > rest_.size() / bytes_each) good_ = false;
  return good_ ? claimed : 0;
}

Lane::~Lane() {
  if (fd_ >= 0) ::close(fd_);
}
Lane& Lane::operator=(Lane&& other) noexcept {
  if (this == &other) return *this;
  if (fd_ >= 0) ::close(fd_);
  fd_ = other.release();
  return *this;
}
int Lane::release() {
  return std::exchange(fd_, -1);
}
void Lane::shut() const {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

bool Lane::ready(Time until) const {
  return wait(POLLIN, until);
}

bool Lane::wait(short events, Time until) const {
  for (;;) {
    int patience = -1;
    if (until != Time::max()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      patience = static_cast<int>(std::clamp<int64_t>(left.count() + 1, 0, 1 << 30));
    }
    pollfd one{fd_, events, 0};
    const int ready = ::poll(&one, 1, patience);
    if (ready > 0) return true;
    if (ready == 0 && std::chrono::steady_clock::now() >= until) return false;
    if (ready < 0 && errno != EINTR) return true;  // the next call on it says what is wrong
  }
}

bool Lane::holds_something() const {
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

Lane::Outcome Lane::send(Put& put, Time until) const {
  const std::string& bytes = put.frame();
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t now =
        ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (now > 0) {
      sent += static_cast<size_t>(now);
    } else if (now < 0 && errno == EAGAIN) {
      if (!wait(POLLOUT, until)) return Outcome::late;
    } else if (now < 0 && errno != EINTR) {
      return Outcome::closed;
    }
  }
  return Outcome::good;
}

Lane::Outcome Lane::receive_bytes(char* to, size_t count, Time until) const {
  for (size_t have = 0; have < count;) {
    const ssize_t now = ::recv(fd_, to + have, count - have, MSG_DONTWAIT);
    if (now > 0) {
      have += static_cast<size_t>(now);
    } else if (now == 0) {
      return Outcome::closed;
    } else if (errno == EAGAIN) {
      if (!wait(POLLIN, until)) return Outcome::late;
    } else if (errno != EINTR) {
      return Outcome::closed;
    }
  }
  return Outcome::good;
}

Lane::Outcome Lane::receive(Frame& frame, size_t bytes_max, Time until) const {
  char head[kHead];
  if (const Outcome got = receive_bytes(head, kHead, until); got != Outcome::good) return got;
  const auto length = number<uint32_t>({head, 4});
  if (length == 0 || length - 1 > bytes_max) return Outcome::malformed;
  frame.kind = static_cast<Kind>(head[4]);
  frame.payload.clear();
  for (size_t left = length - 1; left > 0;) {
    const size_t before = frame.payload.size();
    const size_t chunk = std::min(left, std::max(kChunk, before));
    frame.payload.resize(before + chunk);
    const Outcome got = receive_bytes(frame.payload.data() + before, chunk, until);
    if (got != Outcome::good) return got;
    left -= chunk;
  }
  return Outcome::good;
}

}  // namespace concord::runtime
