#include "hub/base/time.hpp"

#include <gtest/gtest.h>

namespace concord::base {
namespace {

Instant at(std::string_view text) { return parse_instant(text).value(); }

TEST(Time, prints_what_it_reads) {
  for (const char* text : {"2026-06-01T12:00:00Z", "1999-12-31T23:59:59.25Z", "1969-01-01T00:00:00Z"})
    EXPECT_EQ(to_text(at(text)), text);
  EXPECT_EQ(to_text(at("2026-06-01T12:00:00+02:00")), "2026-06-01T10:00:00Z");
}

TEST(Time, reads_24_00_as_the_next_midnight) {
  EXPECT_EQ(to_text(at("2026-12-31T24:00:00Z")), "2027-01-01T00:00:00Z");
}

TEST(Time, refuses_what_is_no_time) {
  for (const char* text : {"", "2026-02-30T00:00:00Z", "2026-06-01T25:00:00Z", "2026-06-01T12:00:00",
                           "2026-06-01T12:00:00+99:00", "2026-06-01T12:00:00Zx"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(Time, a_wall_time_has_one_instant_but_for_daylight_saving) {
  EXPECT_EQ(to_text(*wall_to_instant("2026-07-01T09:00:00", "America/New_York", {})), "2026-07-01T13:00:00Z");
  EXPECT_EQ(wall_to_instant("2026-11-01T01:30:00", "America/New_York", {}).error().code, "WALL_TIME_REPEATED");
  EXPECT_EQ(to_text(*wall_to_instant("2026-11-01T01:30:00", "America/New_York", 0)), "2026-11-01T05:30:00Z");
  EXPECT_EQ(to_text(*wall_to_instant("2026-11-01T01:30:00", "America/New_York", 1)), "2026-11-01T06:30:00Z");
  EXPECT_EQ(wall_to_instant("2026-03-08T02:30:00", "America/New_York", {}).error().code, "WALL_TIME_SKIPPED");
  EXPECT_EQ(wall_to_instant("2026-03-08T02:30:00", "America/Nowhere", {}).error().code, "ZONE_UNKNOWN");
  EXPECT_EQ(*instant_to_wall(at("2026-07-01T13:00:00Z"), "America/New_York"), "2026-07-01T09:00:00");
}

TEST(Time, a_daily_time_happens_once_on_each_day_of_the_year) {
  Instant when = at("2026-01-01T00:00:00Z");
  int count = 0;
  while (when < at("2027-01-01T00:00:00Z")) {
    when = *next_wall_time(when, 2, 30, "America/New_York");
    ++count;
  }
  EXPECT_EQ(count, 366);  // one past the end
  EXPECT_EQ(to_text(*next_wall_time(at("2026-03-08T00:00:00Z"), 2, 30, "America/New_York")), "2026-03-08T07:00:00Z");
}

}  // namespace
}  // namespace concord::base
