// The seven properties of every decision (tests/data/decisions, and the README of the decision
// cases).
#pragma once

#include <array>
#include <ostream>
#include <string_view>

#include "tests/properties/sample.hpp"

namespace concord::decide {

std::optional<std::string> narrowing_only_narrows(const Sample&, uint64_t salt);
std::optional<std::string> order_is_nothing(const Sample&, uint64_t salt);
std::optional<std::string> time_only_narrows(const Sample&, uint64_t salt);
std::optional<std::string> released_fields_are_grounded(const Sample&, uint64_t salt);
std::optional<std::string> no_withheld_value_goes_out(const Sample&, uint64_t salt);
std::optional<std::string> sealed_looks_absent(const Sample&, uint64_t salt);
std::optional<std::string> what_goes_along_can_be_honoured(const Sample&, uint64_t salt);

struct Named {
  int number;
  std::string_view name;
  Property property;
};
inline void PrintTo(const Named& named, std::ostream* out) {
  *out << named.name;
}
inline constexpr std::array<Named, 7> kProperties = {{
    {1, "narrowing_never_gives_more", narrowing_only_narrows},
    {2, "order_changes_no_byte", order_is_nothing},
    {3, "time_alone_permits_nothing", time_only_narrows},
    {4, "each_released_field_cites_a_basis_for_each_regime", released_fields_are_grounded},
    {5, "no_value_of_a_withheld_field_is_in_the_bytes", no_withheld_value_goes_out},
    {6, "a_denied_sealed_record_looks_like_an_absent_one", sealed_looks_absent},
    {7, "all_that_must_go_along_does_and_can", what_goes_along_can_be_honoured},
}};

}  // namespace concord::decide
