#include "hub/pipeline/schedule.hpp"

#include <date/tz.h>

#include <optional>
#include <string>

#include "hub/pipeline/cron.hpp"

namespace concord::pipeline {
namespace {

using base::Instant;

// A leap day on one week day comes round within 40 years, whatever century lies between.
constexpr int kDaysAhead = 41 * 366;

base::Error invalid(std::string cause, std::string next) {
  return base::config_error("SCHEDULE_INVALID", "schedule", std::move(cause), std::move(next));
}

base::Status check_zone(const std::string& zone) {
  if (!zone.empty() && base::is_zone(zone)) return base::Done{};
  return base::config_error(
      "ZONE_UNKNOWN",
      "schedule",
      zone.empty() ? "no time zone" : "there is no time zone \"" + zone + "\"",
      "use an IANA name such as America/New_York");
}

// When a wall time of cron happens: not at all, once, or twice.
struct Times {
  std::optional<Instant> first, second;
};

Times times_of(const date::time_zone& zone,
               date::local_time<std::chrono::minutes> wall,
               bool every_hour) {
  const date::local_info info = zone.get_info(wall);
  auto at = [&](const date::sys_info& pass) {
    return Instant{wall.time_since_epoch() - pass.offset};
  };
  if (info.result == date::local_info::nonexistent) {
    if (every_hour) return {};
    return {Instant{info.first.end.time_since_epoch()}, std::nullopt};
  }
  if (info.result == date::local_info::ambiguous && every_hour)
    return {at(info.first), at(info.second)};
  return {at(info.first), std::nullopt};
}

// The earliest time of one day that is after `after`.
std::optional<Instant> first_on(const Cron& cron,
                                const date::time_zone& zone,
                                date::local_days day,
                                Instant after) {
  std::optional<Instant> best;
  auto offer = [&](const std::optional<Instant>& at) {
    if (at && *at > after && (!best || *at < *best)) best = at;
  };
  for (size_t hour = 0; hour < 24; ++hour) {
    if (!cron.hours.test(hour)) continue;
    for (size_t minute = 0; minute < 60; ++minute) {
      if (!cron.minutes.test(minute)) continue;
      const auto wall = day + std::chrono::hours{hour} + std::chrono::minutes{minute};
      const Times times = times_of(zone, wall, cron.every_hour());
      offer(times.first);
      offer(times.second);
    }
  }
  return best;
}

base::Result<Instant> next_cron(const model::Schedule& schedule, Instant after) {
  auto cron = parse_cron(schedule.cron);
  if (!cron) return std::move(cron).error();
  const date::time_zone* zone = date::locate_zone(schedule.zone);
  // A day early: where clocks go back over midnight, yesterday has times yet to come.
  const date::local_days today = date::floor<date::days>(zone->to_local(after));
  std::optional<Instant> best;
  for (int ahead = -1; ahead < kDaysAhead; ++ahead) {
    const date::local_days day = today + date::days{ahead};
    const date::year_month_day ymd{day};
    const bool wanted =
        cron->on_day(unsigned{ymd.month()}, unsigned{ymd.day()}, date::weekday{day}.c_encoding());
    std::optional<Instant> found;
    if (wanted) found = first_on(*cron, *zone, day, after);
    if (best) return found && *found < *best ? *found : *best;
    best = found;  // the day behind it is looked at too, for the same reason
  }
  return invalid("\"" + schedule.cron + "\" names a day that never comes",
                 "mend the day of month and the month");
}

}  // namespace

base::Status check_schedule(const model::Schedule& schedule) {
  switch (schedule.kind) {
    case model::Schedule::Kind::every:
      if (schedule.every.count() > 0) return base::Done{};
      return invalid("the time between two runs is not above zero", "write it as in \"every: 5m\"");
    case model::Schedule::Kind::daily:
      if (schedule.hour < 0 || schedule.hour > 23 || schedule.minute < 0 || schedule.minute > 59)
        return invalid("no time of day", "write hours and minutes, as in \"daily: '02:30'\"");
      return check_zone(schedule.zone);
    case model::Schedule::Kind::cron:
      break;
  }
  if (auto zone = check_zone(schedule.zone); !zone) return zone;
  auto next = next_cron(schedule, Instant{});
  if (!next) return std::move(next).error();
  return base::Done{};
}

base::Result<Instant> next_due(const model::Schedule& schedule, Instant after) {
  if (schedule.kind == model::Schedule::Kind::cron) {
    if (auto zone = check_zone(schedule.zone); !zone) return std::move(zone).error();
    return next_cron(schedule, after);
  }
  if (auto checked = check_schedule(schedule); !checked) return std::move(checked).error();
  if (schedule.kind == model::Schedule::Kind::daily)
    return base::next_wall_time(after, schedule.hour, schedule.minute, schedule.zone);
  const int64_t every = std::chrono::microseconds{schedule.every}.count();
  int64_t before = base::to_us(after) / every;
  if (base::to_us(after) % every < 0) --before;  // towards the past
  return base::from_us((before + 1) * every);
}

}  // namespace concord::pipeline
