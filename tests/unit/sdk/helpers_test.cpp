// Checkpoints, pages and times.
#include <gtest/gtest.h>

#include <concord/checkpoint.hpp>
#include <concord/page.hpp>
#include <concord/testing.hpp>

namespace concord::sdk {
namespace {

TEST(Checkpoint, comes_back_as_it_was_written) {
  const std::string text =
      Checkpoint("court", 2).set("cursor", "a\"b").set("next", int64_t{7}).write();
  const auto again = Checkpoint::read(text, "court", 2, "hearing");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text("cursor"), "a\"b");
  EXPECT_EQ(again->number("next"), 7);
  EXPECT_EQ(again->write(), text);
}

TEST(Checkpoint, none_is_the_beginning) {
  const auto none = Checkpoint::read("", "court", 1, "hearing");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->text("cursor"), "");
}

TEST(Checkpoint, of_an_older_format_is_read_and_says_so) {
  const auto older = Checkpoint::read(Checkpoint("court", 1).write(), "court", 3, "hearing");
  ASSERT_TRUE(older);
  EXPECT_EQ(older->format(), 1);
}

class ForeignCheckpoint : public testing::TestWithParam<const char*> {};
TEST_P(ForeignCheckpoint, is_refused_and_not_misread) {
  const auto refused = Checkpoint::read(GetParam(), "court", 1, "hearing checkpoint");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error_class, ErrorClass::config);
  EXPECT_EQ(refused.error().code, "CHECKPOINT");
  EXPECT_EQ(refused.error().place, "hearing checkpoint");
}
INSTANTIATE_TEST_SUITE_P(Each,
                         ForeignCheckpoint,
                         testing::Values("17",
                                         "{",
                                         R"({"cursor":"x"})",
                                         R"({"of":"health","format":1})",
                                         R"({"of":"court","format":2})",
                                         R"({"of":"court","format":0})",
                                         R"({"of":"court","format":1,"deep":{}})"));

TEST(Page, a_record_beyond_the_limit_becomes_a_reject_cut_between_characters) {
  Batch batch;
  const Limits limits{10, 4};
  add_record(batch, {"t", "K", "1", "{}", "here"}, limits);
  add_record(batch, {"t", "L", "1", "abc\xC3\xA9\xC3\xA9", "there"}, limits);
  ASSERT_EQ(batch.records.size(), 1u);
  ASSERT_EQ(batch.rejects.size(), 1u);
  EXPECT_EQ(batch.rejects[0].raw, "abc");
  EXPECT_EQ(batch.rejects[0].error.code, "RECORD_SIZE");
  EXPECT_EQ(room_in(batch, limits), 8u);
}

struct Time {
  const char* text;
  int64_t us;
  bool zone_known;
};
class InstantText : public testing::TestWithParam<Time> {};
TEST_P(InstantText, is_read_as_the_instant_it_says) {
  const auto at = read_instant(GetParam().text);
  ASSERT_TRUE(at) << GetParam().text;
  EXPECT_EQ(at->us, GetParam().us) << GetParam().text;
  EXPECT_EQ(at->zone_known, GetParam().zone_known) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Each,
                         InstantText,
                         testing::Values(Time{"1970-01-01T00:00:01Z", 1'000'000, true},
                                         Time{"1970-01-01", 0, false},
                                         Time{"1970-01-01 00:00", 0, false},
                                         Time{"1970-01-01T05:30:00.25+05:30", 250'000, true},
                                         Time{"1969-12-31T19:00:00-0500", 0, true}));

TEST(InstantText, what_is_none_is_not_guessed) {
  for (const char* text : {"",
                           "2026-02-30",
                           "2026-13-01",
                           "2026-01-01T25:00:00Z",
                           "03/01/2026",
                           "2026-01-01T10:00:00+15:00",
                           "2026-01-01T10:00:00Zx"})
    EXPECT_FALSE(read_instant(text)) << text;
}

TEST(InstantText, is_written_so_that_it_sorts) {
  EXPECT_EQ(instant_text(1'000'000), "1970-01-01T00:00:01.000000Z");
  EXPECT_EQ(instant_text(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(read_instant(instant_text(1'772'000'000'123'456))->us, 1'772'000'000'123'456);
}

TEST(FakeClock, stands_until_it_is_moved) {
  FakeClock clock(5);
  EXPECT_EQ(clock.now_us(), 5);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(clock.now_us(), 1'000'005);
  EXPECT_GT(Clock::of_system().now_us(), 1'700'000'000'000'000);
}

}  // namespace
}  // namespace concord::sdk
