#include "hub/base/time.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <charconv>
#include <cstdio>

namespace concord::base {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

const date::time_zone* find_zone(std::string_view zone) {
  try {
    return date::locate_zone(std::string(zone));
  } catch (const std::exception&) {
    return nullptr;
  }
}

Error no_zone(std::string_view zone) {
  return config_error("ZONE_UNKNOWN",
                      "time zone",
                      "there is no time zone \"" + std::string(zone) + "\"",
                      "use an IANA name such as \"America/New_York\"");
}

// Reads exactly n digits at the front.
std::optional<int> digits(std::string_view& text, size_t n) {
  if (text.size() < n) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < n; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(n);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<date::year_month_day> take_date(std::string_view& text) {
  auto year = digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  auto month = digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  auto day = digits(text, 2);
  if (!day) return std::nullopt;
  date::year_month_day ymd{date::year{*year},
                           date::month{static_cast<unsigned>(*month)},
                           date::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return ymd;
}

// HH:MM[:SS[.ffffff]]; 24:00 is the next midnight.
std::optional<microseconds> take_time(std::string_view& text) {
  auto hour = digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  auto minute = digits(text, 2);
  if (!minute) return std::nullopt;
  int second = 0;
  microseconds fraction{0};
  if (take(text, ':')) {
    auto s = digits(text, 2);
    if (!s) return std::nullopt;
    second = *s;
    if (take(text, '.')) {
      int64_t scale = 100000;
      size_t n = 0;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (scale > 0) fraction += microseconds{(text.front() - '0') * scale};
        scale /= 10;
        text.remove_prefix(1);
        ++n;
      }
      if (n == 0) return std::nullopt;
    }
  }
  const bool midnight = *hour == 24 && *minute == 0 && second == 0 && fraction.count() == 0;
  if ((*hour > 23 && !midnight) || *minute > 59 || second > 60) return std::nullopt;
  if (second == 60) second = 59;  // a leap second is told as the one before
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + seconds{second} + fraction;
}

}  // namespace

Instant now() {
  return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
}

std::string to_text(Instant at) {
  const auto day = date::floor<date::days>(at);
  const date::year_month_day ymd{day};
  const auto rest = at - day;
  const auto whole = std::chrono::duration_cast<seconds>(rest).count();
  const auto us = (rest - seconds{whole}).count();
  char text[40];
  int n = std::snprintf(text,
                        sizeof text,
                        "%04d-%02u-%02uT%02lld:%02lld:%02lld",
                        int{ymd.year()},
                        unsigned{ymd.month()},
                        unsigned{ymd.day()},
                        static_cast<long long>(whole / 3600),
                        static_cast<long long>(whole / 60 % 60),
                        static_cast<long long>(whole % 60));
  std::string out(text, static_cast<size_t>(n));
  if (us != 0) {
    std::snprintf(text, sizeof text, ".%06lld", static_cast<long long>(us));
    out += text;
    while (out.back() == '0') out.pop_back();
  }
  return out + "Z";
}

std::optional<Instant> parse_instant(std::string_view text) {
  auto ymd = take_date(text);
  if (!ymd || (!take(text, 'T') && !take(text, 't') && !take(text, ' '))) return std::nullopt;
  auto time = take_time(text);
  if (!time) return std::nullopt;
  std::chrono::minutes offset{0};
  if (!take(text, 'Z') && !take(text, 'z')) {
    const bool east = take(text, '+');
    if (!east && !take(text, '-')) return std::nullopt;
    auto hours = digits(text, 2);
    take(text, ':');
    auto minutes = digits(text, 2);
    if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
    offset = std::chrono::minutes{*hours * 60 + *minutes} * (east ? 1 : -1);
  }
  if (!text.empty()) return std::nullopt;
  return Instant{date::sys_days{*ymd}.time_since_epoch()} + *time - offset;
}

std::optional<Instant> parse_date_or_instant(std::string_view text) {
  if (text.size() == 10) {
    auto ymd = take_date(text);
    if (!ymd) return std::nullopt;
    return Instant{date::sys_days{*ymd}.time_since_epoch()};
  }
  return parse_instant(text);
}

bool is_date(std::string_view text) {
  return take_date(text).has_value() && text.empty();
}

bool is_zone(std::string_view zone) {
  return find_zone(zone) != nullptr;
}

Result<Instant> wall_to_instant(std::string_view local,
                                std::string_view zone,
                                std::optional<int> fold) {
  const date::time_zone* tz = find_zone(zone);
  if (tz == nullptr) return no_zone(zone);
  std::string_view text = local;
  auto ymd = take_date(text);
  if (!ymd || (!take(text, 'T') && !take(text, ' ')))
    return bad_record(
        "WALL_TIME", "wall time", "expected YYYY-MM-DDTHH:MM[:SS]", "mend the time at the source");
  auto time = take_time(text);
  if (!time || !text.empty())
    return bad_record(
        "WALL_TIME", "wall time", "expected YYYY-MM-DDTHH:MM[:SS]", "mend the time at the source");
  const auto wall = date::local_days{*ymd} + *time;
  const date::local_info info = tz->get_info(wall);
  if (info.result == date::local_info::nonexistent)
    return bad_record("WALL_TIME_SKIPPED",
                      "wall time",
                      "daylight saving skips this hour in " + std::string(zone),
                      "mend the time at the source");
  if (info.result == date::local_info::ambiguous) {
    if (!fold)
      return bad_record("WALL_TIME_REPEATED",
                        "wall time",
                        "this hour happens twice in " + std::string(zone) + " and fold is missing",
                        "say fold 0 (first) or 1 (second)");
    const auto& which = *fold == 0 ? info.first : info.second;
    return Instant{wall.time_since_epoch() - which.offset};
  }
  return Instant{wall.time_since_epoch() - info.first.offset};
}

Result<std::string> instant_to_wall(Instant at, std::string_view zone) {
  const date::time_zone* tz = find_zone(zone);
  if (tz == nullptr) return no_zone(zone);
  const auto wall = tz->to_local(at);
  std::string text = to_text(Instant{wall.time_since_epoch()});
  text.pop_back();  // the Z
  return text;
}

Result<Instant> next_wall_time(Instant after, int hour, int minute, std::string_view zone) {
  const date::time_zone* tz = find_zone(zone);
  if (tz == nullptr) return no_zone(zone);
  auto day = date::floor<date::days>(tz->to_local(after)) - date::days{1};
  for (int i = 0; i < 4; ++i, day += date::days{1}) {
    const auto wall = day + std::chrono::hours{hour} + std::chrono::minutes{minute};
    const date::local_info info = tz->get_info(wall);
    // In a gap the clock jumps over this time: it happens when the gap ends.
    const Instant at = info.result == date::local_info::nonexistent
                           ? Instant{info.first.end.time_since_epoch()}
                           : Instant{wall.time_since_epoch() - info.first.offset};
    if (at > after) return at;
  }
  return fatal_error("NO_NEXT_TIME", "schedule", "no next time within three days", "report this");
}

}  // namespace concord::base
