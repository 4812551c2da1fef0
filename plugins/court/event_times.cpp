#include "court/event_times.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <set>

namespace concord::court {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

// Daily for 27 years: what looks further back than that is no court's calendar.
constexpr int kStepsMax = 10000;

// Windows names that Outlook and Exchange write as TZID.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kWindowsZones{
    {{"Eastern Standard Time", "America/New_York"},
     {"Central Standard Time", "America/Chicago"},
     {"Mountain Standard Time", "America/Denver"},
     {"US Mountain Standard Time", "America/Phoenix"},
     {"Pacific Standard Time", "America/Los_Angeles"},
     {"Alaskan Standard Time", "America/Anchorage"},
     {"Hawaiian Standard Time", "Pacific/Honolulu"}}};

bool digits(std::string_view text, int& out) {
  out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  return !text.empty();
}

icaltimetype to_ical(const Wall& wall) {
  const auto day = std::chrono::floor<std::chrono::days>(wall.at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{wall.at - day};
  icaltimetype out = icaltime_null_time();
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  out.hour = static_cast<int>(time.hours().count());
  out.minute = static_cast<int>(time.minutes().count());
  out.second = static_cast<int>(time.seconds().count());
  out.is_date = wall.date_only ? 1 : 0;
  return out;
}

sys_seconds from_ical(const icaltimetype& time) {
  using namespace std::chrono;
  return sys_days{year{time.year} / time.month / time.day} + hours{time.hour} +
         minutes{time.minute} + seconds{time.second};
}

sdk::Error refused(const ContentLine& line, const std::string& origin, std::string cause) {
  return sdk::bad_record("ICS_RECURRENCE",
                         origin + ":" + std::to_string(line.number) + " " + line.name,
                         std::move(cause),
                         "publish these hearings as single events");
}

struct FreeIterator {
  void operator()(icalrecur_iterator* it) const { icalrecur_iterator_free(it); }
};

}  // namespace

std::string Wall::text() const {
  const icaltimetype t = to_ical(*this);
  char out[32];
  if (date_only) {
    std::snprintf(out, sizeof out, "%04d-%02d-%02d", t.year, t.month, t.day);
  } else {
    std::snprintf(out,
                  sizeof out,
                  "%04d-%02d-%02dT%02d:%02d:%02d",
                  t.year,
                  t.month,
                  t.day,
                  t.hour,
                  t.minute,
                  t.second);
  }
  return out;
}

std::optional<Wall> wall_of(std::string_view value) {
  using namespace std::chrono;
  Wall wall;
  if (value.ends_with('Z')) {
    wall.utc = true;
    value.remove_suffix(1);
  }
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  wall.date_only = value.size() == 8;
  if (value.size() != 8 && (value.size() != 15 || value[8] != 'T')) return std::nullopt;
  if (wall.date_only && wall.utc) return std::nullopt;
  if (!digits(value.substr(0, 4), y) || !digits(value.substr(4, 2), mo) ||
      !digits(value.substr(6, 2), d))
    return std::nullopt;
  if (!wall.date_only && (!digits(value.substr(9, 2), h) || !digits(value.substr(11, 2), mi) ||
                          !digits(value.substr(13, 2), s)))
    return std::nullopt;
  const year_month_day date{
      year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 59) return std::nullopt;
  wall.at = sys_days{date} + hours{h} + minutes{mi} + seconds{s};
  return wall;
}

Wall to_zone(const Wall& utc, const std::string& zone) {
  Wall out{utc.at, utc.date_only, false};
  icaltimezone* to = zone == "UTC" ? nullptr : icaltimezone_get_builtin_timezone(zone.c_str());
  if (to == nullptr) return out;
  icaltimetype time = to_ical(utc);
  time.zone = icaltimezone_get_utc_timezone();
  out.at = from_ical(icaltime_convert_to_zone(time, to));
  return out;
}

sdk::Result<std::string> zone_of(const ContentLine& line,
                                 const Wall& wall,
                                 const ZoneNames& names,
                                 const std::string& place) {
  if (wall.utc) return std::string("UTC");
  const std::string_view tzid = line.parameter("TZID");
  if (tzid.empty()) return names.court;
  if (const auto alias = names.aliases.find(std::string(tzid)); alias != names.aliases.end())
    return alias->second;
  if (zone_known(tzid)) return std::string(tzid);
  for (const auto& [windows, iana] : kWindowsZones) {
    if (tzid == windows) return std::string(iana);
  }
  // "/citadel.org/20210210_1/America/New_York": RFC 5545 lets a registry stand before the name.
  for (size_t slash = 0; tzid.starts_with('/') && slash != std::string_view::npos;
       slash = tzid.find('/', slash + 1)) {
    const std::string_view rest = tzid.substr(slash + 1);
    if (rest.find('/') != std::string_view::npos && zone_known(rest)) return std::string(rest);
  }
  return sdk::bad_record("ICS_ZONE",
                         place,
                         "the TZID is no time zone that is known here",
                         "say which IANA zone it is in calendar.zone_aliases");
}

std::optional<std::chrono::seconds> duration_of(const std::string& value) {
  // libical's arithmetic overflows on long digit strings.
  size_t run = 0;
  for (const char c : value) {
    run = c >= '0' && c <= '9' ? run + 1 : 0;
    if (run > 7) return std::nullopt;
  }
  const icaldurationtype duration = icaldurationtype_from_string(value.c_str());
  if (icaldurationtype_is_bad_duration(duration) || duration.is_neg) return std::nullopt;
  const int64_t seconds =
      ((int64_t{duration.weeks} * 7 + duration.days) * 24 + duration.hours) * 3600 +
      int64_t{duration.minutes} * 60 + duration.seconds;
  if (seconds > 366 * 86400) return std::nullopt;
  return std::chrono::seconds(seconds);
}

sdk::Result<std::vector<Wall>> instances(const Recurrence& recurrence,
                                         const Window& window,
                                         const std::string& origin) {
  const Wall& start = recurrence.start;
  auto inside = [&](sys_seconds at) {
    const sys_days day = std::chrono::floor<std::chrono::days>(at);
    return day >= window.from && day <= window.to;
  };
  std::set<sys_seconds> found;
  if (inside(start.at)) found.insert(start.at);

  for (const ContentLine& line : recurrence.rules) {
    icalrecurrencetype rule = icalrecurrencetype_from_string(line.value.c_str());
    if (rule.freq == ICAL_NO_RECURRENCE) return refused(line, origin, "the rule is malformed");
    if (rule.freq < ICAL_DAILY_RECURRENCE)
      return refused(line, origin, "the rule repeats more than daily");
    if (!icaltime_is_null_time(rule.until) && icaltime_is_utc(rule.until)) {
      const Wall until{from_ical(rule.until), false, true};
      rule.until = to_ical(to_zone(until, recurrence.zone));
    }
    const std::unique_ptr<icalrecur_iterator, FreeIterator> iterator(
        icalrecur_iterator_new(rule, to_ical(start)));
    if (!iterator) return refused(line, origin, "the rule cannot be expanded");
    for (int step = 0;; ++step) {
      if (step >= kStepsMax)
        return refused(line, origin, "more than 10000 instances lie before the window's end");
      const icaltimetype next = icalrecur_iterator_next(iterator.get());
      if (icaltime_is_null_time(next)) break;
      const sys_seconds at = from_ical(next);
      if (std::chrono::floor<std::chrono::days>(at) > window.to) break;
      if (inside(at)) found.insert(at);
    }
  }
  auto dates = [&](const ContentLine& line, auto&& use) -> sdk::Status {
    for (const std::string& value : split_list(line.value)) {
      auto wall = wall_of(value);
      if (!wall) return refused(line, origin, "a value that is no date or time");
      if (wall->utc && recurrence.zone != "UTC") wall = to_zone(*wall, recurrence.zone);
      use(*wall);
    }
    return sdk::Done{};
  };
  for (const ContentLine& line : recurrence.added) {
    auto read = dates(line, [&](const Wall& wall) {
      if (inside(wall.at)) found.insert(wall.at);
    });
    if (!read) return std::move(read).error();
  }
  for (const ContentLine& line : recurrence.excluded) {
    auto read = dates(line, [&](const Wall& wall) {
      std::erase_if(found, [&](sys_seconds at) {
        return wall.date_only ? std::chrono::floor<std::chrono::days>(at) == wall.at
                              : at == wall.at;
      });
    });
    if (!read) return std::move(read).error();
  }
  if (found.size() > window.instances_max) {
    return refused(
        recurrence.rules.empty() ? recurrence.added.front() : recurrence.rules.front(),
        origin,
        "more than " + std::to_string(window.instances_max) + " instances lie in the window");
  }
  std::vector<Wall> out;
  for (const sys_seconds at : found) out.push_back({at, start.date_only, start.utc});
  return out;
}

}  // namespace concord::court
