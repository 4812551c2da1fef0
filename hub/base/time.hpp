// Instants, dates, and wall time in IANA zones. Nothing here reads a clock but Clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/result.hpp"

namespace concord::base {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;  // UTC
using Clock = std::function<Instant()>;  // handed in; tests hand in their own

Instant now();  // the machine's clock; only main and tests name it

// "2026-06-01T12:00:00Z"; fractions only where there are any.
std::string to_text(Instant at);
// RFC 3339 with Z or an offset; up to microseconds.
std::optional<Instant> parse_instant(std::string_view text);
// "2026-06-01", or a full instant; a date alone is the start of its day, UTC.
std::optional<Instant> parse_date_or_instant(std::string_view text);
// Is this YYYY-MM-DD a day of the calendar?
bool is_date(std::string_view text);

inline int64_t to_us(Instant at) {
  return at.time_since_epoch().count();
}
inline Instant from_us(int64_t us) {
  return Instant{std::chrono::microseconds{us}};
}

// A wall time "2026-11-01T01:30:00" in an IANA zone. fold tells the first (0) from the second (1)
// pass through a repeated hour. A wall time that daylight saving skips is an error; a repeated one
// without fold is an error.
Result<Instant> wall_to_instant(std::string_view local,
                                std::string_view zone,
                                std::optional<int> fold);
// The wall time at an instant: "2026-11-01T01:30:00".
Result<std::string> instant_to_wall(Instant at, std::string_view zone);
bool is_zone(std::string_view zone);

// The first instant strictly after `after` at which the wall clock of the zone reads hour:minute.
// A time that daylight saving skips happens at the end of the gap; a repeated one happens once, the
// first time.
Result<Instant> next_wall_time(Instant after, int hour, int minute, std::string_view zone);

}  // namespace concord::base
