#include "hub/pipeline/cron.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace concord::pipeline {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekDays = {
    "sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  const char* name;
  unsigned low, high;
  std::span<const std::string_view> names;
  unsigned first_name;  // value of names[0]
};

const std::array<Field, 5> kFields = {{{"minute", 0, 59, {}, 0},
                                       {"hour", 0, 23, {}, 0},
                                       {"day of month", 1, 31, {}, 0},
                                       {"month", 1, 12, kMonths, 1},
                                       {"day of week", 0, 7, kWeekDays, 0}}};

base::Error fault(const Field& field, std::string_view seen, const std::string& why) {
  return base::config_error("CRON_INVALID",
                            std::string("cron ") + field.name,
                            "\"" + std::string(seen) + "\": " + why,
                            "write numbers from " + std::to_string(field.low) + " to " +
                                std::to_string(field.high) + ", as in *, 5, 1-5, */15 or 1,15");
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    const size_t end = text.find(mark, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (size_t at = text.find_first_not_of(" \t"); at != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(" \t", at), text.size());
    found.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(" \t", end);
  }
  return found;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [at, wrong] = std::from_chars(text.data(), end, value);
  if (text.empty() || wrong != std::errc{} || at != end) return std::nullopt;
  return value;
}

std::optional<unsigned> value_of(const Field& field, std::string_view text) {
  if (auto plain = number(text)) return plain;
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (size_t i = 0; i < field.names.size(); ++i)
    if (field.names[i] == lower) return field.first_name + static_cast<unsigned>(i);
  return std::nullopt;
}

// One item of the list: "*", "*/15", "5", "1-5", "1-30/2". mark(value) takes each value.
template <class Mark>
base::Status read_item(const Field& field, std::string_view item, const Mark& mark) {
  const size_t slash = item.find('/');
  const std::string_view range = item.substr(0, slash);
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    const auto given = number(item.substr(slash + 1));
    if (!given || *given == 0) return fault(field, item, "a step is a number from 1");
    step = *given;
  }
  unsigned low = field.low;
  unsigned high = field.high;
  if (range != "*") {
    const size_t dash = range.find('-');
    const auto first = value_of(field, range.substr(0, dash));
    if (!first) return fault(field, item, "this is no value of the field");
    low = *first;
    high = low;
    if (dash != std::string_view::npos) {
      const auto last = value_of(field, range.substr(dash + 1));
      if (!last) return fault(field, item, "the end of the range is no value of the field");
      high = *last;
    } else if (slash != std::string_view::npos) {
      return fault(field, item, "a step needs a range before it, or *");
    }
    if (low < field.low || high > field.high || low > field.high)
      return fault(field, item, "out of range");
    if (low > high) return fault(field, item, "the range ends before it starts");
  }
  for (unsigned value = low; value <= high; value += step) mark(value);
  return base::Done{};
}

template <class Mark>
base::Status read_field(const Field& field, std::string_view text, const Mark& mark) {
  for (const std::string_view item : split(text, ','))
    if (auto read = read_item(field, item, mark); !read) return read;
  return base::Done{};
}

}  // namespace

bool Cron::on_day(unsigned month, unsigned day, unsigned week_day) const {
  if (!months.test(month)) return false;
  const bool by_day = days.test(day);
  const bool by_week_day = week_days.test(week_day);
  return any_day || any_week_day ? by_day && by_week_day : by_day || by_week_day;
}

base::Result<Cron> parse_cron(std::string_view text) {
  const auto parts = words(text);
  if (parts.size() != 5)
    return base::config_error(
        "CRON_INVALID",
        "cron",
        "\"" + std::string(text) + "\" has " + std::to_string(parts.size()) + " fields, not five",
        "write minute, hour, day of month, month, day of week, as in \"30 2 * * 1-5\"");
  Cron cron;
  const std::array<base::Status, 5> read = {
      read_field(kFields[0], parts[0], [&](unsigned v) { cron.minutes.set(v); }),
      read_field(kFields[1], parts[1], [&](unsigned v) { cron.hours.set(v); }),
      read_field(kFields[2], parts[2], [&](unsigned v) { cron.days.set(v); }),
      read_field(kFields[3], parts[3], [&](unsigned v) { cron.months.set(v); }),
      read_field(kFields[4], parts[4], [&](unsigned v) { cron.week_days.set(v % 7); })};
  for (const base::Status& status : read)
    if (!status) return status.error();
  cron.any_day = parts[2].starts_with('*');
  cron.any_week_day = parts[4].starts_with('*');
  return cron;
}

}  // namespace concord::pipeline
