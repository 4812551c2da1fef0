#include "health/hl7_time.hpp"

#include <date/tz.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace concord::health {
namespace {

using Micros = std::chrono::microseconds;

// A time taken apart. count: how many of year, month, day, hour, minute, second are given.
struct Pieces {
  std::array<int, 6> value{0, 1, 1, 0, 0, 0};
  int count = 0;
  std::string fraction;               // digits after the point
  std::optional<int> offset_minutes;  // east of UTC
};

std::optional<int> number(std::string_view text, size_t at, size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int out = 0;
  for (size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    out = out * 10 + (text[i] - '0');
  }
  return out;
}

bool exists(const Pieces& p) {
  const auto& [year, month, day, hour, minute, second] = p.value;
  if (year < 1) return false;
  const date::year_month_day ymd{date::year{year},
                                 date::month{static_cast<unsigned>(month)},
                                 date::day{static_cast<unsigned>(day)}};
  return ymd.ok() && hour < 24 && minute < 60 && second < 61;
}

// "+0500", "-05:00", "Z" (where allowed), or nothing.
bool read_offset(std::string_view text, bool colon, std::optional<int>& out) {
  if (text.empty()) return true;
  if (colon && text == "Z") {
    out = 0;
    return true;
  }
  if (text[0] != '+' && text[0] != '-') return false;
  if (text.size() != (colon ? 6u : 5u) || (colon && text[3] != ':')) return false;
  const auto hours = number(text, 1, 2), minutes = number(text, colon ? 4 : 3, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return false;
  out = (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
  return true;
}

// Takes ".123" off the front.
bool read_fraction(std::string_view& text, size_t digits_max, std::string& out) {
  if (text.empty() || text[0] != '.') return true;
  size_t end = 1;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  out = text.substr(1, end - 1);
  text.remove_prefix(end);
  return !out.empty() && out.size() <= digits_max;
}

std::optional<Pieces> parse_hl7(std::string_view text) {
  Pieces out;
  size_t at = 0;
  for (size_t i = 0; i < out.value.size(); ++i) {
    const auto piece = number(text, at, i == 0 ? 4 : 2);
    if (!piece) break;
    out.value[i] = *piece;
    at += i == 0 ? 4 : 2;
    ++out.count;
  }
  std::string_view rest = text.substr(at);
  if (out.count == 0 || out.count == 4) return std::nullopt;  // an hour alone is no time of day
  if (out.count == 6 && !read_fraction(rest, 6, out.fraction)) return std::nullopt;
  if (!read_offset(rest, false, out.offset_minutes) || !exists(out)) return std::nullopt;
  return out;
}

std::optional<Pieces> parse_iso(std::string_view text) {
  Pieces out;
  size_t at = 0;
  for (size_t i = 0; i < out.value.size(); ++i) {
    if (i > 0) {
      if (at >= text.size() || text[at] != std::string_view("?--T::")[i]) break;
      ++at;
    }
    const auto piece = number(text, at, i == 0 ? 4 : 2);
    if (!piece) return std::nullopt;
    out.value[i] = *piece;
    at += i == 0 ? 4 : 2;
    ++out.count;
  }
  std::string_view rest = text.substr(std::min(at, text.size()));
  if (out.count == 0 || out.count == 4) return std::nullopt;
  if (out.count == 6 && !read_fraction(rest, 9, out.fraction)) return std::nullopt;
  if (!read_offset(rest, true, out.offset_minutes) || !exists(out)) return std::nullopt;
  return out;
}

template <class... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), pattern, values...);
  return {text.data(), static_cast<size_t>(size)};
}

std::string offset_text(int minutes, bool colon) {
  const int size = minutes < 0 ? -minutes : minutes;
  return format(
      colon ? "%c%02d:%02d" : "%c%02d%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

std::string join(const Pieces& p, const std::array<const char*, 6>& before, bool colon) {
  std::string out;
  for (int i = 0; i < p.count; ++i) {
    out += before[static_cast<size_t>(i)];
    out += format(i == 0 ? "%04d" : "%02d", p.value[static_cast<size_t>(i)]);
  }
  if (!p.fraction.empty()) out += "." + p.fraction;
  // A date alone has no zone in ISO.
  if (p.offset_minutes && p.count > 3) out += offset_text(*p.offset_minutes, colon);
  return out;
}

date::local_time<Micros> local_of(const Pieces& p) {
  const auto& [year, month, day, hour, minute, second] = p.value;
  std::string micros = p.fraction.substr(0, 6);
  micros.append(6 - micros.size(), '0');
  const date::year_month_day ymd{date::year{year},
                                 date::month{static_cast<unsigned>(month)},
                                 date::day{static_cast<unsigned>(day)}};
  return date::local_days{ymd} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + Micros{std::stol(micros)};
}

std::optional<int64_t> instant_of(const std::optional<Pieces>& pieces, const std::string& zone) {
  if (!pieces) return std::nullopt;
  const date::local_time<Micros> local = local_of(*pieces);
  if (pieces->offset_minutes || zone.empty()) {
    const std::chrono::minutes offset{pieces->offset_minutes.value_or(0)};
    return (local.time_since_epoch() - offset).count();
  }
  try {
    return date::locate_zone(zone)
        ->to_sys(local, date::choose::earliest)
        .time_since_epoch()
        .count();
  } catch (const std::exception&) {  // a zone that this machine does not know; settings refuse it
    return std::nullopt;
  }
}

struct Calendar {
  int year, month, day, hour, minute, second, micros;
};
Calendar calendar_of(int64_t instant_us) {
  const std::chrono::sys_time<Micros> at{Micros{instant_us}};
  const auto day = date::floor<date::days>(at);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss<Micros> time{at - day};
  return {int{ymd.year()},
          static_cast<int>(unsigned{ymd.month()}),
          static_cast<int>(unsigned{ymd.day()}),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count())};
}

}  // namespace

std::optional<std::string> iso_from_hl7(std::string_view text) {
  const auto pieces = parse_hl7(text);
  if (!pieces) return std::nullopt;
  return join(*pieces, {"", "-", "-", "T", ":", ":"}, true);
}

std::string iso_or_same(const std::string& text) {
  auto iso = iso_from_hl7(text);
  return iso ? std::move(*iso) : text;
}

std::string hl7_from_iso(std::string_view text) {
  auto pieces = parse_iso(text);
  if (!pieces) return std::string(text);
  if (pieces->fraction.size() > 4) pieces->fraction.resize(4);  // all that HL7 allows
  return join(*pieces, {"", "", "", "", "", ""}, false);
}

std::optional<int64_t> instant_of_hl7(std::string_view text, const std::string& zone) {
  return instant_of(parse_hl7(text), zone);
}

std::optional<int64_t> instant_of_iso(std::string_view text) {
  return instant_of(parse_iso(text), "");
}

bool zone_exists(const std::string& zone) {
  try {
    return date::locate_zone(zone) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

std::string sortable(int64_t instant_us) {
  const Calendar c = calendar_of(instant_us);
  return format("%04d%02d%02dT%02d%02d%02d.%06dZ",
                c.year,
                c.month,
                c.day,
                c.hour,
                c.minute,
                c.second,
                c.micros);
}

std::string hl7_utc(int64_t instant_us) {
  const Calendar c = calendar_of(instant_us);
  return format("%04d%02d%02d%02d%02d%02d.%03d+0000",
                c.year,
                c.month,
                c.day,
                c.hour,
                c.minute,
                c.second,
                c.micros / 1000);
}

std::string iso_utc(int64_t instant_us) {
  const Calendar c = calendar_of(instant_us);
  return format("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                c.year,
                c.month,
                c.day,
                c.hour,
                c.minute,
                c.second,
                c.micros);
}

}  // namespace concord::health
