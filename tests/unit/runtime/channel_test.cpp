#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "hub/runtime/channel/spec.hpp"
#include "hub/runtime/channel/values.hpp"

namespace concord::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kHead = 5;
const model::SystemId kSystem("court");

std::string payload_of(Put& put) {
  return put.frame().substr(kHead);
}

void put_error(Put& put, uint32_t error_class, const char* code) {
  put.u32(error_class).text(code).text("place").text("cause").text("next").u64(UINT64_MAX);
}

// One record, one reject, a checkpoint; as a runner puts them.
Put a_batch() {
  Put put(Kind::ok);
  put.u32(1).u8(1).text("party").text("0012").text("7").text("{}").text("a.csv:2").u64(1000000);
  put.u32(1).text("party").text("0013").text("raw");
  put_error(put, 3, "BAD");
  put.text("next").u8(1);
  return put;
}

struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    here = Lane(ends[0]);
    there = Lane(ends[1]);
  }
  void say(const std::string& bytes) const {
    ASSERT_EQ(::write(there.fd(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  Lane here, there;
};

Lane::Time soon() {
  return steady_clock::now() + milliseconds(50);
}

TEST(Channel, a_frame_arrives_as_it_was_sent) {
  Pair pair;
  Put put(Kind::read);
  put.u8(200).u32(4000000000u).u64(UINT64_MAX).text("ä").text("");
  ASSERT_EQ(pair.there.send(put), Lane::Outcome::good);
  Frame frame;
  ASSERT_EQ(pair.here.receive(frame, 1000), Lane::Outcome::good);
  EXPECT_EQ(frame.kind, Kind::read);
  Take take(frame.payload);
  EXPECT_EQ(take.u8(), 200);
  EXPECT_EQ(take.u32(), 4000000000u);
  EXPECT_EQ(take.u64(), UINT64_MAX);
  EXPECT_EQ(take.text(), "ä");
  EXPECT_EQ(take.text(), "");
  EXPECT_TRUE(take.done());
}

TEST(Channel, a_length_beyond_the_limit_is_malformed_before_a_byte_of_it_came) {
  Pair pair;
  pair.say(std::string("\xff\xff\xff\x7f\x20", 5));
  Frame frame;
  EXPECT_EQ(pair.here.receive(frame, 1000, soon()), Lane::Outcome::malformed);
  EXPECT_LT(frame.payload.capacity(), 1000u);
}

TEST(Channel, memory_grows_with_what_came_and_not_with_what_was_claimed) {
  Pair pair;
  pair.say(std::string("\x01\x00\x00\x07\x20", 5) + "a few bytes");  // claims 112 MB
  Frame frame;
  EXPECT_EQ(pair.here.receive(frame, kBatchBytesMax, soon()), Lane::Outcome::late);
  EXPECT_LE(frame.payload.capacity(), 1u << 20);
}

TEST(Channel, a_frame_of_no_length_is_malformed) {
  Pair pair;
  pair.say(std::string(5, '\0'));
  Frame frame;
  EXPECT_EQ(pair.here.receive(frame, 1000, soon()), Lane::Outcome::malformed);
}

TEST(Channel, a_torn_frame_is_late_and_a_lane_that_ends_is_closed) {
  Pair pair;
  pair.say(std::string("\x09\x00\x00\x00\x20", 5) + "1234");
  Frame frame;
  EXPECT_EQ(pair.here.receive(frame, 1000, soon()), Lane::Outcome::late);
  pair.there = Lane();
  EXPECT_EQ(pair.here.receive(frame, 1000, soon()), Lane::Outcome::closed);
  EXPECT_FALSE(pair.here.holds_something());
  Put put(Kind::end);
  EXPECT_EQ(pair.here.send(put), Lane::Outcome::closed);
}

TEST(Channel, a_side_that_does_not_listen_keeps_nobody) {
  Pair pair;
  Put put(Kind::write);
  put.text(std::string(8u << 20, 'x'));
  EXPECT_EQ(pair.here.send(put, soon()), Lane::Outcome::late);
}

TEST(Channel, a_batch_comes_whole) {
  Put put = a_batch();
  const std::string payload = payload_of(put);
  Take take(payload);
  const model::Batch batch = take_batch(take, kSystem);
  ASSERT_TRUE(take.done());
  ASSERT_EQ(batch.records.size(), 1u);
  EXPECT_EQ(batch.records[0].system, kSystem);
  EXPECT_EQ(batch.records[0].key, "0012");
  EXPECT_TRUE(batch.records[0].deleted);
  EXPECT_EQ(batch.records[0].changed_at, base::from_us(1000000));
  ASSERT_EQ(batch.rejects.size(), 1u);
  EXPECT_EQ(batch.rejects[0].raw, "raw");
  EXPECT_EQ(batch.rejects[0].error.code, "BAD");
  EXPECT_EQ(batch.checkpoint, "next");
  EXPECT_TRUE(batch.more);
}

TEST(Channel, what_is_cut_anywhere_is_noticed) {
  Put put = a_batch();
  const std::string whole = payload_of(put);
  for (size_t size = 0; size < whole.size(); ++size) {
    Take take(std::string_view(whole).substr(0, size));
    (void)take_batch(take, kSystem);
    EXPECT_FALSE(take.done()) << "cut to " << size;
  }
  const std::string longer = whole + "x";
  Take take(longer);
  (void)take_batch(take, kSystem);
  EXPECT_FALSE(take.done());
}

TEST(Channel, a_count_that_its_bytes_cannot_hold_sets_nothing_aside) {
  Put put(Kind::ok);
  put.u32(0xffffffffu).u64(0).u64(0).u64(0);
  const std::string payload = payload_of(put);
  Take take(payload);
  EXPECT_TRUE(take_batch(take, kSystem).records.empty());
  EXPECT_FALSE(take.good());
}

// Bytes from anywhere: whatever they are, they are taken or refused, and memory stays small.
TEST(Channel, no_bytes_at_all_do_harm) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed=" + std::to_string(seed));
  std::mt19937 random(seed);
  Put put = a_batch();
  const std::string whole = payload_of(put);
  for (int i = 0; i < 200000; ++i) {
    std::string bytes = whole;
    for (int flips = 1 + static_cast<int>(random() % 4); flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    for (int what = 0; what < 3; ++what) {
      Take take(bytes);
      if (what == 0) (void)take_batch(take, kSystem);
      if (what == 1) (void)take_outcomes(take, "court");
      if (what == 2) (void)take_spec(take);
    }
  }
}

TEST(Channel, a_sandbox_is_told_whole) {
  SandboxSpec spec;
  spec.uid = 61200;
  spec.pass_write_modes = true;
  spec.network = false;
  spec.memory_bytes_max = uint64_t{5} << 30;
  spec.read = {"/usr/lib"};
  spec.write = {"/srv/a", "/srv/b"};
  spec.connect = {443, 22};
  Put put = put_spec(spec);
  const std::string payload = payload_of(put);
  Take take(payload);
  const SandboxSpec told = take_spec(take);
  ASSERT_TRUE(take.done());
  EXPECT_TRUE(told.on && told.gate && told.pass_write_modes);
  EXPECT_FALSE(told.network || told.pass_read_modes);
  EXPECT_EQ(told.uid, spec.uid);
  EXPECT_EQ(told.memory_bytes_max, spec.memory_bytes_max);
  EXPECT_EQ(told.read, spec.read);
  EXPECT_EQ(told.write, spec.write);
  EXPECT_EQ(told.connect, spec.connect);
  EXPECT_TRUE(told.listen.empty());
}

TEST(Channel, a_write_brings_what_must_go_along) {
  WriteItem item;
  item.body = "{}";
  item.obligations = {{"notice_part2", "", "A notice."}, {"destroy_by", "2026-12-31", "By then."}};
  Put put = write_question(milliseconds(5), {item, WriteItem{}});
  const std::string payload = payload_of(put);
  Take take(payload);
  EXPECT_EQ(take.u64(), 5u);
  ASSERT_EQ(take.u32(), 2u);
  take.u8();
  for (int i = 0; i < 3; ++i) take.text();
  take.u64();
  take.text();
  EXPECT_EQ(take.text(), "{}");
  ASSERT_EQ(take.u32(), 2u);
  for (const model::Obligation& one : item.obligations) {
    EXPECT_EQ(take.text(), one.code);
    EXPECT_EQ(take.text(), one.value);
    EXPECT_EQ(take.text(), one.text);
  }
}

}  // namespace
}  // namespace concord::runtime
