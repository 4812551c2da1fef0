// iCalendar: hearings, recurrence and zones; and the content lines beneath.
#include "court/calendar.hpp"

#include <set>

#include "court/content_lines.hpp"
#include "tests/fuzz/records.hpp"

namespace concord::fuzz {

void calendar(std::string_view input) {
  court::CalendarOptions options;
  options.zone = "America/New_York";
  options.settings.zone_aliases = {{"Eastern", "America/New_York"}};
  options.settings.instances_max = 50;
  options.today = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
  const auto reading = court::read_calendar(input, "a.ics", options);
  all_good(reading);
  std::set<std::string> keys;
  for (const sdk::Record& record : reading.records)
    must(keys.insert(record.key).second, "a key that stands there twice");

  size_t number = 0;
  for (const court::ContentLine& line : court::content_lines(input)) {
    must(line.number > number, "lines do not rise");
    number = line.number;
    must(court::unescape_text(line.value).size() <= line.value.size(), "unescaped it is longer");
    size_t held = 0;
    for (const std::string& item : court::split_list(line.value)) held += item.size();
    must(held <= line.value.size(), "items hold more than their list");
  }
}

}  // namespace concord::fuzz
