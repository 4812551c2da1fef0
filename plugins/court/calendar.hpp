// Hearing calendars (iCalendar, RFC 5545) read as `hearing` records.
//
// One VEVENT is one hearing; a recurring one is one hearing per instance within a window, keyed
// "UID;local start". Times stay as the court wrote them: wall time and IANA zone. A floating time
// takes the court's zone, a TZID must be a zone that is known here or has an alias, and UTC stays
// UTC; nothing is computed from them. What cannot be read is a reject with its line; the other
// events of the same calendar are read all the same.
//
// Threads: none of its own; any number may call read_calendar. Reads no clock: see `today`.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "court/settings.hpp"

namespace concord::court {

struct CalendarReading {
  std::vector<sdk::Record> records;  // sorted by key
  std::vector<sdk::Reject> rejects;
};

struct CalendarOptions {
  std::string zone;  // of the court
  CalendarSettings settings;
  std::chrono::sys_days today;  // the window of instances is around it
};

// origin names the calendar in places: "calendar.ics", "GET /calendar".
CalendarReading read_calendar(std::string_view bytes,
                              const std::string& origin,
                              const CalendarOptions& options);

}  // namespace concord::court
