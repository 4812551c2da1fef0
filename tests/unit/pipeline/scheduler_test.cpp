#include "hub/pipeline/scheduler.hpp"

#include <gmock/gmock.h>

namespace concord::pipeline {
namespace {

using testing::ElementsAre;

model::Job job(const char* id, model::Schedule schedule) {
  model::Job made;
  made.id = model::JobId(id);
  made.schedule = std::move(schedule);
  return made;
}
model::Job every(const char* id, int minutes) {
  return job(id, {model::Schedule::Kind::every, std::chrono::minutes(minutes), 0, 0, "", ""});
}
model::Job daily(const char* id, int hour) {
  return job(id, {model::Schedule::Kind::daily, {}, hour, 0, "", "UTC"});
}

class TimetableTest : public testing::Test {
 protected:
  // A moment of 2 March 2026.
  static base::Instant at(const std::string& time) {
    return *base::parse_instant("2026-03-02T" + time + ":00Z");
  }
  std::vector<std::string> due(const std::string& time) {
    std::vector<std::string> ids;
    for (const model::Job& one : timetable.due(at(time))) ids.push_back(one.id.value);
    return ids;
  }
  Timetable timetable;
};

TEST_F(TimetableTest, a_job_that_stays_keeps_its_next_time) {
  timetable.take_over({every("a", 15)}, at("10:00"));
  EXPECT_THAT(due("10:00"), ElementsAre("a"));
  timetable.take_over({every("a", 15), every("b", 15)}, at("10:07"));
  EXPECT_THAT(due("10:08"), ElementsAre("b"));  // a new one that runs often begins at once
  EXPECT_THAT(due("10:15"), ElementsAre("a", "b"));
  EXPECT_THAT(due("10:16"), ElementsAre());
}

TEST_F(TimetableTest, a_job_whose_schedule_changed_goes_on_from_when_it_was_last_served) {
  timetable.take_over({every("a", 15)}, at("10:00"));
  EXPECT_THAT(due("10:00"), ElementsAre("a"));
  timetable.take_over({every("a", 10)}, at("10:02"));
  EXPECT_THAT(due("10:09"), ElementsAre());  // not at once a second time
  EXPECT_THAT(due("10:10"), ElementsAre("a"));
  // What the new schedule says that it missed is caught up once.
  timetable.take_over({every("a", 2)}, at("10:17"));
  EXPECT_THAT(due("10:17"), ElementsAre("a"));
  EXPECT_THAT(due("10:17"), ElementsAre());
}

TEST_F(TimetableTest, a_daily_job_that_is_new_waits_for_its_hour) {
  timetable.take_over({daily("night", 12)}, at("10:00"));
  EXPECT_THAT(due("11:59"), ElementsAre());
  EXPECT_THAT(due("12:00"), ElementsAre("night"));
}

TEST_F(TimetableTest, a_daily_job_that_is_moved_to_an_earlier_hour_does_not_run_twice_a_day) {
  timetable.take_over({daily("night", 12)}, at("10:00"));
  EXPECT_THAT(due("12:00"), ElementsAre("night"));
  timetable.take_over({daily("night", 11)}, at("12:30"));
  EXPECT_THAT(due("23:59"), ElementsAre());
}

TEST_F(TimetableTest, a_job_that_went_and_came_back_is_not_served_twice) {
  timetable.take_over({every("a", 60)}, at("10:00"));
  EXPECT_THAT(due("10:00"), ElementsAre("a"));
  timetable.take_over({}, at("10:10"));
  EXPECT_THAT(due("11:00"), ElementsAre());
  EXPECT_EQ(timetable.next(), std::nullopt);
  timetable.take_over({every("a", 60)}, at("10:20"));
  EXPECT_THAT(due("10:30"), ElementsAre());
  EXPECT_THAT(due("11:00"), ElementsAre("a"));
}

TEST_F(TimetableTest, what_was_missed_while_no_hub_ran_is_caught_up_once) {
  store::RunRow row;
  row.job = "a";
  row.due_at = at("08:00");
  timetable.remember({row});
  timetable.take_over({every("a", 15)}, at("10:00"));
  EXPECT_THAT(due("10:00"), ElementsAre("a"));
  EXPECT_THAT(due("10:00"), ElementsAre());
}

}  // namespace
}  // namespace concord::pipeline
