// Court calendars that cannot be read, or not wholly.
#include "tests/bad_input/dropped.hpp"

namespace concord::bad_input {
namespace {

class BadCalendar : public testing::TestWithParam<Case> {};

TEST_P(BadCalendar, is_kept_with_file_and_line) {
  expect_kept_then_moved(GetParam());
}

const std::string kBegin = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n";
const std::string kEnd = "END:VCALENDAR\r\n";
const std::string kEvent =
    "BEGIN:VEVENT\r\nUID:SYN-H-1\r\nDTSTART:20260302T090000\r\nDTSTAMP:20260301T000000Z\r\n"
    "X-PARTY-ID:SYN-CP-1\r\nX-DOCKET-NUMBER:SYN-D-1\r\nSUMMARY:x\r\nEND:VEVENT\r\n";
const std::string kBadEvent =
    "BEGIN:VEVENT\r\nUID:SYN-H-2\r\nDTSTART:CANARY\r\nDTSTAMP:20260301T000000Z\r\nEND:VEVENT\r\n";

INSTANTIATE_TEST_SUITE_P(
    Files,
    BadCalendar,
    testing::Values(
        Case{"that_is_empty", kCalendar, "c.ics", "", "ICS_SYNTAX", "c.ics"},
        Case{"that_is_no_calendar", kCalendar, "c.ics", "CANARY\r\n", "ICS_SYNTAX", "c.ics"},
        Case{"with_a_start_that_is_no_time",
             kCalendar,
             "c.ics",
             kBegin + kEvent + kBadEvent + kEnd,
             "ICS_START",
             "c.ics:",
             1}),
    name_of);

}  // namespace
}  // namespace concord::bad_input
