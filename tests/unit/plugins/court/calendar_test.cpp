#include "court/calendar.hpp"

#include <gmock/gmock.h>

#include <concord/json.hpp>

namespace concord::court {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

CalendarOptions options() {
  CalendarOptions o;
  o.zone = "America/New_York";
  o.today = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
  return o;
}

CalendarReading read(const std::string& events, CalendarOptions o = options()) {
  return read_calendar(
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + events + "END:VCALENDAR\r\n", "c.ics", o);
}
std::string event(const std::string& lines) {
  return "BEGIN:VEVENT\r\nUID:SYN-1\r\n" + lines + "END:VEVENT\r\n";
}
std::string start_of(const sdk::Record& record) {
  rapidjson::Document body;
  sdk::JsonFault fault;
  EXPECT_TRUE(sdk::parse_json(record.body, body, fault)) << fault.cause;
  const auto& start = body["start"];
  return std::string(sdk::text_of(start, "local")) + " " + std::string(sdk::text_of(start, "zone"));
}
std::vector<std::string> keys(const CalendarReading& reading) {
  std::vector<std::string> out;
  for (const auto& r : reading.records) out.push_back(r.key);
  return out;
}
// "CODE place" of the only reject.
std::string reject(const CalendarReading& reading) {
  EXPECT_THAT(reading.rejects, SizeIs(1));
  EXPECT_THAT(reading.records, IsEmpty());
  return reading.rejects.empty()
             ? ""
             : reading.rejects[0].error.code + " " + reading.rejects[0].error.place;
}

TEST(Calendar, keeps_wall_time_and_zone_as_the_court_wrote_them) {
  EXPECT_EQ(start_of(read(event("DTSTART;TZID=America/Chicago:20260308T093000\r\n")).records.at(0)),
            "2026-03-08T09:30:00 America/Chicago");
  EXPECT_EQ(start_of(read(event("DTSTART:20260308T093000\r\n")).records.at(0)),
            "2026-03-08T09:30:00 America/New_York");
  EXPECT_EQ(start_of(read(event("DTSTART:20260308T143000Z\r\n")).records.at(0)),
            "2026-03-08T14:30:00 UTC");
  EXPECT_EQ(start_of(read(event("DTSTART;VALUE=DATE:20260308\r\n")).records.at(0)),
            "2026-03-08 America/New_York");
}

TEST(Calendar, leaves_times_that_daylight_saving_skips_or_repeats_to_the_hub) {
  EXPECT_EQ(
      start_of(read(event("DTSTART;TZID=America/New_York:20260308T023000\r\n")).records.at(0)),
      "2026-03-08T02:30:00 America/New_York");
  EXPECT_EQ(
      start_of(read(event("DTSTART;TZID=America/New_York:20261101T013000\r\n")).records.at(0)),
      "2026-11-01T01:30:00 America/New_York");
}

TEST(Calendar, understands_zones_by_windows_name_registry_path_and_alias) {
  EXPECT_THAT(
      start_of(
          read(event("DTSTART;TZID=\"Eastern Standard Time\":20260308T093000\r\n")).records.at(0)),
      HasSubstr("America/New_York"));
  EXPECT_THAT(start_of(read(event("DTSTART;TZID=/citadel.org/1/America/Denver:20260308T093000\r\n"))
                           .records.at(0)),
              HasSubstr("America/Denver"));
  CalendarOptions o = options();
  o.settings.zone_aliases["Court Time"] = "America/Phoenix";
  EXPECT_THAT(start_of(read(event("DTSTART;TZID=Court Time:20260308T093000\r\n"), o).records.at(0)),
              HasSubstr("America/Phoenix"));
  EXPECT_THAT(
      start_of(
          read("BEGIN:VTIMEZONE\r\nTZID:own\r\nX-LIC-LOCATION:America/Boise\r\nEND:VTIMEZONE\r\n" +
               event("DTSTART;TZID=own:20260308T093000\r\n"))
              .records.at(0)),
      HasSubstr("America/Boise"));
}

TEST(Calendar, reads_what_a_hearing_needs) {
  const auto reading = read(event(
      "DTSTART;TZID=America/New_York:20260309T093000\r\nDURATION:PT30M\r\nSUMMARY:Review\\, in\r\n"
      "  chambers\r\nLOCATION:Room "
      "4B\r\nSTATUS:CANCELLED\r\nCATEGORIES:REVIEW,x\r\nCLASS:CONFIDENTIAL\r\n"
      "X-DOCKET-NUMBER:26-JV-0001\r\nX-PARTY-ID:SYN-CP-1\r\nSEQUENCE:2\r\nLAST-MODIFIED:"
      "20260301T000000Z\r\n"));
  ASSERT_THAT(reading.records, SizeIs(1));
  const sdk::Record& r = reading.records[0];
  EXPECT_EQ(
      r.body,
      R"({"hearing_id":"SYN-1","docket":"26-JV-0001","party_id":"SYN-CP-1","kind":"REVIEW",)"
      R"("status":"cancelled","start":{"local":"2026-03-09T09:30:00","zone":"America/New_York"},)"
      R"("end":{"local":"2026-03-09T10:00:00","zone":"America/New_York"},"minutes":30,)"
      R"("location":{"text":"Room 4B"},"summary":"Review, in chambers","class":"confidential","sealed":true})");
  EXPECT_EQ(r.type, "hearing");
  EXPECT_EQ(r.key, "SYN-1");
  EXPECT_EQ(r.origin, "c.ics:3");
  EXPECT_EQ(r.version.substr(0, 32), "000000000002.2026-03-01T00:00:00");
  EXPECT_EQ(r.changed_at_us, 1772323200000000);
}

TEST(Calendar, a_change_changes_the_version_and_a_new_stamp_alone_does_not) {
  auto version = [](const char* lines) { return read(event(lines)).records.at(0).version; };
  const auto first = version("DTSTAMP:20260101T000000Z\r\nDTSTART:20260309T093000\r\n");
  EXPECT_EQ(version("DTSTAMP:20260202T000000Z\r\nDTSTART:20260309T093000\r\n"), first);
  EXPECT_NE(version("DTSTART:20260309T094500\r\n"), first);
  EXPECT_GT(version("SEQUENCE:1\r\nDTSTART:20260309T093000\r\n"), first);
}

struct Broken {
  const char* name;
  std::string events;
  const char* want;
};
class BrokenCalendar : public testing::TestWithParam<Broken> {};
TEST_P(BrokenCalendar, is_a_reject_with_its_line) {
  EXPECT_EQ(reject(read(GetParam().events)), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Calendar,
    BrokenCalendar,
    testing::Values(
        Broken{"dtstart", event("DTSTART:INVALID-DATE\r\n"), "ICS_START c.ics:5"},
        Broken{"impossible_date", event("DTSTART:20260230T093000\r\n"), "ICS_START c.ics:5"},
        Broken{"impossible_hour", event("DTSTART:20260228T253000\r\n"), "ICS_START c.ics:5"},
        Broken{"no_dtstart", event(""), "ICS_START c.ics:3"},
        Broken{
            "two_dtstart", event("DTSTART:20260308\r\nDTSTART:20260309\r\n"), "ICS_START c.ics:6"},
        Broken{"zone",
               event("DTSTART;TZID=custom_America/New_York:20260308T093000\r\n"),
               "ICS_ZONE c.ics:5 DTSTART"},
        Broken{"zone_escape",
               event("DTSTART;TZID=../../etc/passwd:20260308T093000\r\n"),
               "ICS_ZONE c.ics:5 DTSTART"},
        Broken{"end_before_start",
               event("DTSTART:20260308T093000\r\nDTEND:20260308T083000\r\n"),
               "ICS_END c.ics:6"},
        Broken{"duration",
               event("DTSTART:20260308T093000\r\nDURATION:P999999999999999999W\r\n"),
               "ICS_DURATION c.ics:6"},
        Broken{"negative_duration",
               event("DTSTART:20260308T093000\r\nDURATION:-PT1H\r\n"),
               "ICS_DURATION c.ics:6"},
        Broken{"no_uid",
               "BEGIN:VEVENT\r\nDTSTART:20260308T093000\r\nEND:VEVENT\r\n",
               "ICS_UID c.ics:3"},
        Broken{"secondly",
               event("DTSTART:20260308T093000\r\nRRULE:FREQ=SECONDLY\r\n"),
               "ICS_RECURRENCE c.ics:6 RRULE"},
        Broken{"bad_rule",
               event("DTSTART:20260308T093000\r\nRRULE:FREQ=SOMETIMES\r\n"),
               "ICS_RECURRENCE c.ics:6 RRULE"},
        Broken{"ancient_rule",
               event("DTSTART:17000101T093000\r\nRRULE:FREQ=DAILY\r\n"),
               "ICS_RECURRENCE c.ics:6 RRULE"},
        Broken{"bad_exdate",
               event("DTSTART:20260308T093000\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEXDATE:x\r\n"),
               "ICS_RECURRENCE c.ics:7 EXDATE"}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Calendar, refuses_more_instances_than_are_allowed) {
  CalendarOptions o = options();
  o.settings.instances_max = 10;
  EXPECT_EQ(reject(read(event("DTSTART:20260308T093000\r\nRRULE:FREQ=DAILY\r\n"), o)),
            "ICS_RECURRENCE c.ics:6 RRULE");
}

TEST(Calendar, expands_recurrence_in_wall_time_within_the_window) {
  CalendarOptions o = options();
  o.settings.days_back = 0;
  o.settings.days_ahead = 21;
  const auto reading =
      read(event("DTSTART;TZID=America/New_York:20260106T090000\r\nRRULE:FREQ=WEEKLY\r\n"
                 "EXDATE;TZID=America/New_York:20260317T090000\r\n"),
           o);
  // 8 March 2026 is when clocks go forward: still nine o'clock.
  EXPECT_THAT(keys(reading), ElementsAre("SYN-1;2026-03-03T09:00:00", "SYN-1;2026-03-10T09:00:00"));
  EXPECT_EQ(start_of(reading.records.at(1)), "2026-03-10T09:00:00 America/New_York");
}

TEST(Calendar, honours_until_and_exdate_written_in_utc) {
  // 14:00Z is 9:00 before and 10:00 after the change of 8 March.
  const auto reading =
      read(event("DTSTART;TZID=America/New_York:20260303T090000\r\n"
                 "RRULE:FREQ=DAILY;UNTIL=20260306T140000Z\r\nEXDATE:20260304T140000Z\r\n"));
  EXPECT_THAT(
      keys(reading),
      ElementsAre(
          "SYN-1;2026-03-03T09:00:00", "SYN-1;2026-03-05T09:00:00", "SYN-1;2026-03-06T09:00:00"));
}

TEST(Calendar, a_moved_instance_replaces_its_place_in_the_series) {
  const auto reading = read(event("DTSTART:20260303T090000\r\nRRULE:FREQ=DAILY;COUNT=2\r\n") +
                            event("RECURRENCE-ID:20260304T090000\r\nDTSTART:20260305T110000\r\n"));
  EXPECT_THAT(keys(reading), ElementsAre("SYN-1;2026-03-03T09:00:00", "SYN-1;2026-03-04T09:00:00"));
  EXPECT_EQ(start_of(reading.records.at(1)), "2026-03-05T11:00:00 America/New_York");
}

TEST(Calendar, one_broken_event_leaves_the_others_readable) {
  const auto reading =
      read(event("DTSTART:x\r\n") +
           "BEGIN:VEVENT\r\nUID:SYN-2\r\nDTSTART:20260303T090000\r\nEND:VEVENT\r\n");
  EXPECT_THAT(keys(reading), ElementsAre("SYN-2"));
  EXPECT_THAT(reading.rejects, SizeIs(1));
  EXPECT_EQ(reading.rejects[0].key, "SYN-1");
  EXPECT_THAT(reading.rejects[0].raw, HasSubstr("DTSTART:x"));
}

TEST(Calendar, tells_of_what_is_no_whole_calendar) {
  auto read_bytes = [](std::string_view bytes) { return read_calendar(bytes, "c.ics", options()); };
  EXPECT_EQ(reject(read_bytes("")), "ICS_SYNTAX c.ics:1");
  EXPECT_EQ(reject(read_bytes("<html></html>\n")), "ICS_SYNTAX c.ics:1");
  EXPECT_EQ(reject(read_bytes("BEGIN:VCALENDAR\nX:\xE9\n")), "ICS_ENCODING c.ics:2");
  const auto cut = read_bytes("BEGIN:VCALENDAR\n" + event("DTSTART:20260303T090000\r\n") +
                              "BEGIN:VEVENT\nUID:SYN-2\nDTST");
  EXPECT_THAT(keys(cut), ElementsAre("SYN-1"));
  EXPECT_EQ(cut.rejects.size(), 2u);  // the cut line, and what was never closed
}

TEST(Calendar, reads_byte_order_mark_and_any_line_end) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    std::string text = "\xEF\xBB\xBF";
    for (const char* line : {"BEGIN:VCALENDAR",
                             "BEGIN:VEVENT",
                             "UID:SYN-1",
                             "DTSTART:20260303T090000",
                             "END:VEVENT",
                             "END:VCALENDAR"})
      text += std::string(line) + end;
    EXPECT_THAT(read_calendar(text, "c.ics", options()).records, SizeIs(1));
  }
}

TEST(Calendar, no_reject_quotes_content_in_its_error) {
  const auto reading = read(event("DTSTART:Testfamily\r\n"));
  ASSERT_THAT(reading.rejects, SizeIs(1));
  const auto& e = reading.rejects[0].error;
  EXPECT_EQ((e.place + e.cause + e.next).find("Testfamily"), std::string::npos);
}

}  // namespace
}  // namespace concord::court
