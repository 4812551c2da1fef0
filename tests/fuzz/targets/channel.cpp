// Bytes on a lane, cut into frames as they come, and what stands in them for the sandbox and for a
// write. The input is the stream of the other side, which then ends.
#include <sys/socket.h>

#include "hub/runtime/channel/spec.hpp"
#include "hub/runtime/channel/values.hpp"
#include "hub/runtime/runner/encode.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {
namespace {

using namespace concord::runtime;

constexpr size_t kHead = 5, kPayloadMax = 4096, kStreamMax = 64u << 10;

std::string payload_of(Put& put) {
  return put.frame().substr(kHead);
}

// Put again and taken again it is the same, whatever bits the first had that nobody knows.
template <class Value>
void comes_back(std::string_view payload, Value (*take_one)(Take&), Put (*put_one)(const Value&)) {
  Take take(payload);
  const Value value = take_one(take);
  if (!take.done()) return;
  Put put = put_one(value);
  const std::string written = payload_of(put);
  Take again(written);
  Put twice = put_one(take_one(again));
  must(again.done() && payload_of(twice) == written, "it does not come back as it went");
}

void deliveries(std::string_view payload) {
  Take take(payload);
  const uint64_t timeout = take.u64();
  const auto taken = take_deliveries(take);
  must(taken.abi.size() <= payload.size() / 37, "more deliveries than can be there");
  if (!take.done()) return;
  std::vector<WriteItem> items;
  const auto text = [](concord_bytes b) {
    return std::string(reinterpret_cast<const char*>(b.data), b.size);
  };
  for (const concord_delivery& d : taken.abi) {
    items.push_back({d.operation == CONCORD_WRITE_WITHDRAW,
                     text(d.idempotency_key),
                     text(d.type),
                     text(d.key),
                     text(d.subject),
                     text(d.body),
                     d.version});
    for (uint32_t i = 0; i < d.obligation_count; ++i) {
      const concord_obligation& o = d.obligations[i];
      items.back().obligations.push_back({text(o.code), text(o.value), text(o.text)});
    }
  }
  Put put = write_question(std::chrono::milliseconds(static_cast<int64_t>(timeout)), items);
  std::string expected(payload);
  const std::string written = payload_of(put);
  must(written.size() == expected.size(), "a question is longer or shorter");
  Take again(written);
  must(again.u64() == timeout && take_deliveries(again).abi.size() == taken.abi.size() &&
           again.done(),
       "a question does not come back");
}

void look_into(const Frame& frame) {
  comes_back(frame.payload, take_spec, put_spec);
  comes_back(frame.payload, take_confined, put_confined);
  deliveries(frame.payload);
}

}  // namespace

void channel(std::string_view input) {
  input = input.substr(0, kStreamMax);
  int ends[2];
  must(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "a pair of sockets");
  const Lane here(ends[0]);
  {
    const Lane there(ends[1]);
    must(::send(there.fd(), input.data(), input.size(), MSG_DONTWAIT) ==
             static_cast<ssize_t>(input.size()),
         "the stream fits into the socket");
  }
  // What the stream says, told apart by hand.
  size_t at = 0;
  for (Frame frame;;) {
    const auto outcome = here.receive(frame, kPayloadMax);
    must(outcome != Lane::Outcome::late, "late without a deadline");
    const std::string_view rest = input.substr(at);
    uint32_t length = 0;
    for (size_t i = 0; rest.size() >= kHead && i < 4; ++i)
      length |= static_cast<uint32_t>(static_cast<uint8_t>(rest[i])) << (8 * i);
    if (outcome == Lane::Outcome::malformed)
      return must(rest.size() >= kHead && (length == 0 || length - 1 > kPayloadMax),
                  "a good frame was refused");
    if (outcome == Lane::Outcome::closed)
      return must(rest.size() < kHead || rest.size() - 4 < length, "a whole frame was lost");
    must(length >= 1 && rest.size() - 4 >= length, "a frame that nobody sent");
    must(frame.payload == rest.substr(kHead, length - 1), "other bytes than were sent");
    must(static_cast<uint8_t>(frame.kind) == static_cast<uint8_t>(rest[4]), "another kind");
    look_into(frame);
    at += 4 + length;
  }
}

}  // namespace concord::fuzz
