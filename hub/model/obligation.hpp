// What must stand with a delivery at its recipient. Of all obligations of a decision these go over
// the boundary; the others are the sender's or the hub's own work (accounting, deadlines, reviews).
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace concord::model {

struct Obligation {
  std::string code;   // "notice_part2"
  std::string value;  // what it is about, where it has that: a date, a consent's id, labels
  std::string text;   // the words to be shown with the record; one line, never empty
  bool operator==(const Obligation&) const = default;
};

// Those that travel, and that a connector may say it honours.
inline constexpr std::array<std::string_view, 6> kCarried = {"notice_part2",
                                                             "copy_of_consent",
                                                             "no_redisclosure",
                                                             "no_proceedings",
                                                             "destroy_by",
                                                             "label_sticky"};
constexpr bool is_carried(std::string_view code) {
  return std::find(kCarried.begin(), kCarried.end(), code) != kCarried.end();
}

}  // namespace concord::model
