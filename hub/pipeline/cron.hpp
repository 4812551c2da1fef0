// The five fields of a cron expression, read into sets.
#pragma once

#include <bitset>
#include <string_view>

#include "hub/base/result.hpp"

namespace concord::pipeline {

struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;      // of the month, 1 to 31
  std::bitset<13> months;    // 1 to 12
  std::bitset<7> week_days;  // 0 is Sunday
  bool any_day = false;      // the field starts with "*"
  bool any_week_day = false;

  [[nodiscard]] bool every_hour() const { return hours.all(); }
  [[nodiscard]] bool on_day(unsigned month, unsigned day, unsigned week_day) const;
};

// Lists, ranges, steps, and names of months and week days; Sunday is 0 or 7.
base::Result<Cron> parse_cron(std::string_view text);

}  // namespace concord::pipeline
