// Times as sources write them, and a clock that tests can set.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace concord::sdk {

// What a text in ISO 8601 says. us: microseconds since 1970-01-01T00:00:00Z, as if UTC where no
// zone was said; then the instant is not known, and belongs in no changed_at_us.
struct Instant {
  int64_t us = 0;
  bool zone_known = false;
};

namespace detail {

// Reads exactly `count` digits at `at` and moves on.
inline bool digits(std::string_view text, size_t& at, size_t count, int64_t& out) {
  if (at + count > text.size()) return false;
  const auto [end, bad] = std::from_chars(text.data() + at, text.data() + at + count, out);
  if (bad != std::errc{} || end != text.data() + at + count || text[at] == '-') return false;
  at += count;
  return true;
}
inline bool letter(std::string_view text, size_t& at, std::string_view any) {
  if (at >= text.size() || any.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}
inline bool time_of_day(std::string_view text, size_t& at, int64_t& us) {
  int64_t h = 0, m = 0, s = 0;
  if (!digits(text, at, 2, h) || !letter(text, at, ":") || !digits(text, at, 2, m)) return false;
  if (letter(text, at, ":") && !digits(text, at, 2, s)) return false;
  if (h > 24 || m > 59 || s > 60) return false;
  us += ((h * 60 + m) * 60 + s) * 1'000'000;
  if (letter(text, at, ".,")) {
    int64_t scale = 100'000;
    const size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      us += scale * (text[at] - '0');
    if (at == first) return false;
  }
  return true;
}

}  // namespace detail

// "2026-03-01T08:30:00.25-05:00", "2026-03-01 08:30:00", "2026-03-01"; nullopt: none of these, or a
// day that the calendar does not have.
inline std::optional<Instant> read_instant(std::string_view text) {
  using detail::digits, detail::letter;
  size_t at = 0;
  int64_t y = 0, m = 0, d = 0;
  if (!digits(text, at, 4, y) || !letter(text, at, "-") || !digits(text, at, 2, m) ||
      !letter(text, at, "-") || !digits(text, at, 2, d))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(y)),
                                         std::chrono::month(static_cast<unsigned>(m)),
                                         std::chrono::day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  Instant instant{std::chrono::sys_days(date).time_since_epoch().count() * 86'400'000'000LL, false};
  if (at == text.size()) return instant;
  if (!letter(text, at, "Tt ") || !detail::time_of_day(text, at, instant.us)) return std::nullopt;
  if (at == text.size()) return instant;
  instant.zone_known = true;
  if (letter(text, at, "Zz")) return at == text.size() ? std::optional(instant) : std::nullopt;
  const bool east = at < text.size() && text[at] == '+';
  int64_t h = 0, minutes = 0;
  if (!letter(text, at, "+-") || !digits(text, at, 2, h)) return std::nullopt;
  letter(text, at, ":");
  if (!digits(text, at, 2, minutes) || at != text.size() || h > 14 || minutes > 59)
    return std::nullopt;
  instant.us += (east ? -1 : 1) * (h * 60 + minutes) * 60'000'000;
  return instant;
}

// "2026-03-01T13:30:00.250000Z"; texts of the same length, so they sort as the times do.
inline std::string instant_text(int64_t us) {
  const auto at = std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(us));
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  char out[40];
  std::snprintf(out,
                sizeof out,
                "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return out;
}

// Where a connector gets the time from: the system's clock, unless a test hands in another
// (concord/testing.hpp). Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual int64_t now_us() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  // The machine's own; lives as long as the program.
  static const Clock& of_system() {
    static const Clock clock;
    return clock;
  }
};

}  // namespace concord::sdk
