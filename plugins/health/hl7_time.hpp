// Times of HL7 v2 (YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+ZZZZ]) and of FHIR, to and from ISO 8601.
//
// Threads: pure functions. Time: reads no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace concord::health {

// "20260301120000-0500" -> "2026-03-01T12:00:00-05:00"; "2012" stays "2012", "201203" is "2012-03":
// no precision is invented. None where it is no time that exists.
std::optional<std::string> iso_from_hl7(std::string_view text);
// The same, but what is no time (a sentinel, `""`, a slip) comes back as it is, to stay visible.
std::string iso_or_same(const std::string& text);
// The reverse: "2026-03-01T12:00:00.5Z" -> "20260301120000.5+0000". Same where it is no ISO time.
std::string hl7_from_iso(std::string_view text);

// Microseconds since 1970 UTC; missing parts are their first. A time without zone is taken to be in
// `zone` (IANA name; the earlier of two where clocks go back). None where it is no time.
std::optional<int64_t> instant_of_hl7(std::string_view text, const std::string& zone);
std::optional<int64_t> instant_of_iso(std::string_view text);  // without zone: UTC
bool zone_exists(const std::string& zone);

std::string sortable(int64_t instant_us);  // "20260301T170000.000000Z": sorts as time does
std::string hl7_utc(int64_t instant_us);   // "20260301170000.000+0000"
std::string iso_utc(int64_t instant_us);   // "2026-03-01T17:00:00.000000Z"

}  // namespace concord::health
