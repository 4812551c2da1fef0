#include "hub/model/label.hpp"

#include <array>

namespace concord::model {
namespace {

constexpr std::array<std::string_view, kLabelCount> kNames = {"PHI",
                                                              "PART2",
                                                              "PSYNOTES",
                                                              "minor_consented",
                                                              "CPS",
                                                              "IVE",
                                                              "EDU",
                                                              "JUV",
                                                              "JUV_COURT",
                                                              "SEALED",
                                                              "CHRI",
                                                              "LES",
                                                              "VSP",
                                                              "LOC",
                                                              "REPORTER_ID",
                                                              "ASSESSMENT",
                                                              "FREE_TEXT",
                                                              "AGG",
                                                              "report",
                                                              "hashed",
                                                              "no_proceedings",
                                                              "N",
                                                              "R",
                                                              "unknown"};

}  // namespace

std::string_view name_of(Label label) {
  return kNames[static_cast<size_t>(label)];
}

Label label_of(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Label>(i);
  return Label::unknown;
}

std::vector<Label> LabelSet::list() const {
  std::vector<Label> out;
  for (size_t i = 0; i < kLabelCount; ++i)
    if (has(static_cast<Label>(i))) out.push_back(static_cast<Label>(i));
  return out;
}

}  // namespace concord::model
