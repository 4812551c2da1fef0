#include "hub/pipeline/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/pipeline/cron.hpp"

namespace concord::pipeline {
namespace {

using base::Instant;
using model::Schedule;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kNewYork = "America/New_York";

Instant at(std::string_view text) {
  return base::parse_instant(text).value();
}

Schedule cron(std::string text, std::string zone = kNewYork) {
  Schedule schedule;
  schedule.kind = Schedule::Kind::cron;
  schedule.cron = std::move(text);
  schedule.zone = std::move(zone);
  return schedule;
}

Schedule daily(int hour, int minute) {
  Schedule schedule;
  schedule.kind = Schedule::Kind::daily;
  schedule.hour = hour;
  schedule.minute = minute;
  schedule.zone = kNewYork;
  return schedule;
}

// All due times in (from, to], as text.
std::vector<std::string> due(const Schedule& schedule, std::string_view from, std::string_view to) {
  std::vector<std::string> times;
  for (Instant when = at(from);;) {
    auto next = next_due(schedule, when);
    if (!next) {
      times.push_back(base::to_text(next.error()));
      return times;
    }
    if (*next > at(to)) return times;
    when = *next;
    times.push_back(base::to_text(when));
  }
}

std::string cron_fault(const std::string& text) {
  auto status = check_schedule(cron(text));
  return status ? "" : base::to_text(status.error());
}

TEST(Schedule, every_n_falls_on_multiples_and_never_on_the_time_given) {
  Schedule schedule;
  schedule.every = std::chrono::minutes{15};
  EXPECT_THAT(due(schedule, "2026-06-01T11:59:59.5Z", "2026-06-01T12:30:00Z"),
              ElementsAre("2026-06-01T12:00:00Z", "2026-06-01T12:15:00Z", "2026-06-01T12:30:00Z"));
  EXPECT_EQ(base::to_text(*next_due(schedule, at("1969-12-31T23:50:00Z"))), "1970-01-01T00:00:00Z");
  EXPECT_EQ(base::to_text(*next_due(schedule, at("1969-12-31T23:45:00Z"))), "1970-01-01T00:00:00Z");
}

TEST(Schedule, daily_happens_once_on_each_day_of_daylight_saving) {
  EXPECT_THAT(due(daily(2, 30), "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z"),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"));
  EXPECT_THAT(due(daily(1, 30), "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"));
}

TEST(Schedule, cron_at_named_hours_behaves_as_daily_does) {
  EXPECT_THAT(due(cron("30 2 * * *"), "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z"),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"));
  EXPECT_THAT(due(cron("30 1 * * *"), "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"),
              ElementsAre("2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"));
  // Both skipped times happen at the end of the gap, which is one time; 03:15 is its own.
  EXPECT_THAT(due(cron("15,45 2-3 * * *"), "2026-03-08T05:00:00Z", "2026-03-08T12:00:00Z"),
              ElementsAre("2026-03-08T07:00:00Z", "2026-03-08T07:15:00Z", "2026-03-08T07:45:00Z"));
}

TEST(Schedule, cron_at_every_hour_goes_by_elapsed_time) {
  EXPECT_THAT(due(cron("*/30 * * * *"), "2026-03-08T06:29:00Z", "2026-03-08T07:30:00Z"),
              ElementsAre("2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z"));
  EXPECT_THAT(due(cron("*/30 * * * *"), "2026-11-01T04:59:00Z", "2026-11-01T07:00:00Z"),
              ElementsAre("2026-11-01T05:00:00Z",
                          "2026-11-01T05:30:00Z",
                          "2026-11-01T06:00:00Z",
                          "2026-11-01T06:30:00Z",
                          "2026-11-01T07:00:00Z"));
}

TEST(Schedule, a_year_of_cron_misses_no_day_and_repeats_none) {
  for (const char* zone : {kNewYork, "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"}) {
    for (const char* when : {"0 0 * * *", "15 1 * * *", "30 2 * * *", "59 23 * * *"}) {
      // 2018: clocks of Sao Paulo skipped midnight.
      const auto times = due(cron(when, zone), "2018-01-01T14:00:00Z", "2019-01-01T14:00:00Z");
      EXPECT_EQ(times.size(), 365u) << zone << " " << when;
    }
  }
}

TEST(Schedule, lists_ranges_steps_and_names) {
  EXPECT_THAT(
      due(cron("0 9-17/4 * jun mon-fri", "UTC"), "2026-06-05T00:00:00Z", "2026-06-08T10:00:00Z"),
      ElementsAre("2026-06-05T09:00:00Z",
                  "2026-06-05T13:00:00Z",
                  "2026-06-05T17:00:00Z",
                  "2026-06-08T09:00:00Z"));
  EXPECT_THAT(due(cron("5,10 0 1 1,7 *", "UTC"), "2026-01-01T00:05:00Z", "2026-12-31T00:00:00Z"),
              ElementsAre("2026-01-01T00:10:00Z", "2026-07-01T00:05:00Z", "2026-07-01T00:10:00Z"));
  EXPECT_EQ(due(cron("0 0 * * 7", "UTC"), "2026-06-01T00:00:00Z", "2026-06-30T00:00:00Z"),
            due(cron("0 0 * * SUN", "UTC"), "2026-06-01T00:00:00Z", "2026-06-30T00:00:00Z"));
}

TEST(Schedule, day_of_month_or_day_of_week_when_both_are_restricted) {
  EXPECT_THAT(due(cron("0 0 13 * fri", "UTC"), "2026-06-10T00:00:00Z", "2026-06-20T00:00:00Z"),
              ElementsAre("2026-06-12T00:00:00Z", "2026-06-13T00:00:00Z", "2026-06-19T00:00:00Z"));
  EXPECT_THAT(due(cron("0 0 */10 * fri", "UTC"), "2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z"),
              ElementsAre("2026-07-31T00:00:00Z", "2026-08-21T00:00:00Z"));
}

TEST(Schedule, a_leap_day_is_waited_for) {
  EXPECT_EQ(base::to_text(*next_due(cron("0 0 29 2 *", "UTC"), at("2096-03-01T00:00:00Z"))),
            "2104-02-29T00:00:00Z");
}

TEST(Schedule, says_what_is_wrong_with_a_cron_expression) {
  EXPECT_THAT(cron_fault("* * * *"), HasSubstr("has 4 fields, not five"));
  EXPECT_THAT(cron_fault("@daily"), HasSubstr("has 1 fields, not five"));
  EXPECT_THAT(cron_fault("60 * * * *"), HasSubstr("cron minute: \"60\": out of range"));
  EXPECT_THAT(cron_fault("* 25 * * *"), HasSubstr("cron hour: \"25\": out of range"));
  EXPECT_THAT(cron_fault("* * 0 * *"), HasSubstr("cron day of month: \"0\": out of range"));
  EXPECT_THAT(cron_fault("* * * juni *"), HasSubstr("cron month: \"juni\": this is no value"));
  EXPECT_THAT(cron_fault("* * * * 5-1"), HasSubstr("the range ends before it starts"));
  EXPECT_THAT(cron_fault("*/0 * * * *"), HasSubstr("a step is a number from 1"));
  EXPECT_THAT(cron_fault("5/15 * * * *"), HasSubstr("a step needs a range"));
  EXPECT_THAT(cron_fault("1,,2 * * * *"), HasSubstr("\"\": this is no value"));
  EXPECT_THAT(cron_fault("-5 * * * *"), HasSubstr("this is no value"));
  EXPECT_THAT(cron_fault("0 0 L * *"), HasSubstr("this is no value"));
  EXPECT_THAT(cron_fault("0 0 31 2 *"), HasSubstr("names a day that never comes"));
  EXPECT_EQ(cron_fault("0 0 29 2 mon"), "");
}

TEST(Schedule, says_what_is_wrong_with_the_rest) {
  Schedule never;
  EXPECT_EQ(check_schedule(never).error().code, "SCHEDULE_INVALID");
  EXPECT_EQ(check_schedule(daily(24, 0)).error().code, "SCHEDULE_INVALID");
  EXPECT_EQ(check_schedule(cron("* * * * *", "America/Nowhere")).error().code, "ZONE_UNKNOWN");
  EXPECT_EQ(next_due(cron("* * * * *", ""), at("2026-01-01T00:00:00Z")).error().code,
            "ZONE_UNKNOWN");
  EXPECT_EQ(next_due(daily(-1, 0), at("2026-01-01T00:00:00Z")).error().code, "SCHEDULE_INVALID");
}

}  // namespace
}  // namespace concord::pipeline
