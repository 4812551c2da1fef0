// MLLP: the same frames however the network cuts the bytes, none beyond its limit.
#include <vector>

#include "health/mllp_frame.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

using health::Frame;

constexpr size_t kMax = 200, kKeptMax = 64u << 10;

std::vector<Frame> frames_of(std::string_view bytes, size_t chunk, bool& in_hand) {
  health::FrameReader reader(kMax);
  std::vector<Frame> frames;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, chunk));
    bytes.remove_prefix(std::min(chunk, bytes.size()));
    while (auto frame = reader.next()) frames.push_back(std::move(*frame));
  }
  in_hand = reader.in_hand();
  return frames;
}

}  // namespace

void mllp(std::string_view input) {
  const size_t chunk = 1 + choice(input, 10);
  bool in_hand = false, in_hand_too = false;
  const auto whole = frames_of(input, input.size() + 1, in_hand);
  const auto pieces = frames_of(input, chunk, in_hand_too);
  must(whole.size() == pieces.size() && in_hand == in_hand_too, "frames depend on how bytes came");
  size_t held = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    must(whole[i].kind == pieces[i].kind, "a frame is of another kind when it comes in pieces");
    must(whole[i].bytes.size() <= (whole[i].kind == Frame::Kind::oversize   ? kKeptMax
                                   : whole[i].kind == Frame::Kind::unframed ? kKeptMax
                                                                            : kMax),
         "a frame beyond its limit");
    if (whole[i].kind != Frame::Kind::oversize)
      must(whole[i].bytes == pieces[i].bytes, "a frame holds other bytes when it comes in pieces");
    held += whole[i].bytes.size();
    if (whole[i].kind != Frame::Kind::message) continue;
    bool more = false;
    const auto again = frames_of(health::framed(whole[i].bytes), chunk, more);
    must(again.size() == 1 && again[0].kind == Frame::Kind::message &&
             again[0].bytes == whole[i].bytes && !more,
         "a message does not come back from its frame");
  }
  must(held <= input.size(), "more bytes than came");
}

}  // namespace concord::fuzz
