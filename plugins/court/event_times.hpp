// When a calendar event is: wall times, zones and recurrence, with libical behind it.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "court/content_lines.hpp"
#include "court/settings.hpp"

namespace concord::court {

// What a clock on the wall shows; no zone in it.
struct Wall {
  std::chrono::sys_seconds at;  // read as if the wall clock were UTC
  bool date_only = false;
  bool utc = false;  // written with a Z
  bool operator==(const Wall&) const = default;

  [[nodiscard]] std::string text() const;  // "2026-03-08T09:30:00", "2026-03-08"
};

// 20260308, 20260308T093000 or 20260308T093000Z; none for anything else, impossible dates included.
std::optional<Wall> wall_of(std::string_view value);

// The same moment as a UTC wall time, on a wall in zone.
Wall to_zone(const Wall& utc, const std::string& zone);

struct ZoneNames {
  std::string court;                           // for floating times
  std::map<std::string, std::string> aliases;  // from settings and from VTIMEZONE X-LIC-LOCATION
};

// The IANA zone of a time's line, or the error to give (ICS_ZONE).
sdk::Result<std::string> zone_of(const ContentLine& line,
                                 const Wall& wall,
                                 const ZoneNames& names,
                                 const std::string& place);

// Of a DURATION value; none where it is malformed, negative or longer than a year.
std::optional<std::chrono::seconds> duration_of(const std::string& value);

struct Window {
  std::chrono::sys_days from, to;  // both included
  uint32_t instances_max;
};

struct Recurrence {
  Wall start;
  std::string zone;
  std::vector<ContentLine> rules;     // RRULE
  std::vector<ContentLine> added;     // RDATE
  std::vector<ContentLine> excluded;  // EXDATE
};

// Starts within the window, in order. Errors: ICS_RECURRENCE, with the line of what is refused.
sdk::Result<std::vector<Wall>> instances(const Recurrence& recurrence,
                                         const Window& window,
                                         const std::string& origin);

}  // namespace concord::court
