#include "health/mllp_frame.hpp"

#include <algorithm>

namespace concord::health {
namespace {

constexpr char kStart = '\x0B', kEnd = '\x1C';
constexpr size_t kKeptMax = 64u << 10;  // of what is not a message

}  // namespace

std::string framed(std::string_view message) {
  std::string out;
  out.reserve(message.size() + 3);
  out += kStart;
  out += message;
  out += kEnd;
  out += '\r';
  return out;
}

void FrameReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t mark = bytes.find_first_of("\x0B\x1C");
    keep(bytes.substr(0, mark));
    if (mark == std::string_view::npos) return;
    const bool start = bytes[mark] == kStart;
    bytes.remove_prefix(mark + 1);
    const bool oversize = state_ == State::skipping;
    if (state_ == State::outside) {
      if (!bytes_.empty()) close(Frame::Kind::unframed);
    } else {
      close(oversize ? Frame::Kind::oversize : start ? Frame::Kind::cut : Frame::Kind::message);
    }
    state_ = start ? State::inside : State::outside;
  }
}

void FrameReader::keep(std::string_view bytes) {
  if (state_ == State::outside) {
    // The <CR> after <FS>, and line ends that some senders put between frames.
    while (bytes_.empty() && !bytes.empty() && (bytes[0] == '\r' || bytes[0] == '\n')) {
      bytes.remove_prefix(1);
    }
    bytes_ += bytes.substr(0, std::min(bytes.size(), kKeptMax - std::min(kKeptMax, bytes_.size())));
    return;
  }
  if (state_ == State::skipping) return;
  if (bytes_.size() + bytes.size() <= bytes_max_) {
    bytes_ += bytes;
    return;
  }
  bytes_ += bytes.substr(0, std::min(bytes.size(), kKeptMax - std::min(kKeptMax, bytes_.size())));
  bytes_.resize(std::min(bytes_.size(), kKeptMax));
  bytes_.shrink_to_fit();
  state_ = State::skipping;
}

void FrameReader::close(Frame::Kind kind) {
  ready_.push_back({kind, std::move(bytes_)});
  bytes_ = {};
}

std::optional<Frame> FrameReader::next() {
  if (ready_.empty()) return std::nullopt;
  Frame frame = std::move(ready_.front());
  ready_.pop_front();
  return frame;
}

}  // namespace concord::health
