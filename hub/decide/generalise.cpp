#include <charconv>
#include <cstdio>
#include <optional>

#include "hub/decide/release.hpp"

namespace concord::decide {
namespace {

using base::JsonValue;
using base::member;
using Memory = rapidjson::MemoryPoolAllocator<>;
using Day = std::chrono::year_month_day;

struct Partial {
  int year = 0;
  unsigned month = 0, day = 0;  // 0: not known
};

int number(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::optional<Partial> from_text(std::string_view text) {
  if (text.size() < 10 || !base::is_date(text.substr(0, 10))) return std::nullopt;
  return Partial{number(text.substr(0, 4)),
                 static_cast<unsigned>(number(text.substr(5, 2))),
                 static_cast<unsigned>(number(text.substr(8, 2)))};
}

// A date of any of the schema's shapes: pdate, moment, when, or the start of a period.
std::optional<Partial> date_of(const JsonValue& value) {
  if (value.IsString()) return from_text(base::text(value));
  if (!value.IsObject()) return std::nullopt;
  for (const char* name : {"local", "at", "start"})
    if (const JsonValue* found = member(value, name)) return date_of(*found);
  const JsonValue* year = member(value, "year");
  if (year == nullptr || !year->IsInt()) return std::nullopt;
  Partial out{year->GetInt(), 0, 0};
  const JsonValue* month = member(value, "month");
  const JsonValue* day = member(value, "day");
  if (month != nullptr && month->IsUint()) out.month = month->GetUint();
  if (day != nullptr && day->IsUint()) out.day = day->GetUint();
  return out;
}

// ISO 8601: the week of its Thursday.
std::optional<std::string> week_of(const Partial& date) {
  using namespace std::chrono;
  const Day day{year{date.year}, month{date.month}, std::chrono::day{date.day}};
  if (date.month == 0 || date.day == 0 || !day.ok()) return std::nullopt;
  const sys_days when{day};
  const sys_days thursday = when - days{weekday{when}.iso_encoding() - 1} + days{3};
  const year in = Day{thursday}.year();
  const auto week = (thursday - sys_days{in / January / 1}).count() / 7 + 1;
  char text[32];
  std::snprintf(text, sizeof text, "%04d-W%02d", static_cast<int>(in), static_cast<int>(week));
  return std::string(text);
}

std::optional<int> years_at(const Partial& born, base::Instant at) {
  using namespace std::chrono;
  const Day today{floor<days>(at)};
  int years = static_cast<int>(today.year()) - born.year;
  const bool before =
      born.month != 0 && (static_cast<unsigned>(today.month()) < born.month ||
                          (static_cast<unsigned>(today.month()) == born.month && born.day != 0 &&
                           static_cast<unsigned>(today.day()) < born.day));
  if (before) --years;
  if (years < 0) return std::nullopt;
  return years;
}

std::string_view age_band(int years) {
  if (years < 6) return "0-5";
  if (years < 13) return "6-12";
  if (years < 16) return "13-15";
  if (years < 18) return "16-17";
  return years < 25 ? "18-24" : "25+";
}

std::string_view count_band(int64_t count) {
  if (count == 0) return "0";
  if (count < 5) return "1-4";
  if (count < 10) return "5-9";
  return count < 20 ? "10-19" : "20+";
}

bool region(const JsonValue& value, JsonValue& out, Memory& memory) {
  if (!value.IsObject()) return false;
  out.SetObject();
  for (const char* name : {"state", "country"})
    if (const JsonValue* found = member(value, name); found != nullptr && found->IsString())
      out.AddMember(rapidjson::StringRef(name), JsonValue(*found, memory), memory);
  return out.MemberCount() > 0;
}

}  // namespace

bool generalise(const JsonValue& value,
                std::string_view how,
                base::Instant at,
                JsonValue& out,
                Memory& memory) {
  if (how == "flag_only") {
    out.SetBool(true);
    return true;
  }
  if (how == "region") return region(value, out, memory);
  if (how == "count_band") {
    if (!value.IsInt64() || value.GetInt64() < 0) return false;
    out = base::json_text(count_band(value.GetInt64()), memory);
    return true;
  }
  const auto date = date_of(value);
  if (!date) return false;
  if (how == "week_of_date") {
    const auto week = week_of(*date);
    if (!week) return false;
    out = base::json_text(*week, memory);
    return true;
  }
  if (how == "year_of_birth") {
    out.SetObject();
    out.AddMember("year", date->year, memory);
    return true;
  }
  if (how == "age_band") {
    const auto years = years_at(*date, at);
    if (!years) return false;
    out = base::json_text(age_band(*years), memory);
    return true;
  }
  return false;
}

}  // namespace concord::decide
