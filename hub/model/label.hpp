// Labels say which law speaks of a field. They are sticky: a mapping only adds.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace concord::model {

// Spelt as in the schema, the packs and the decision cases. unknown stands for any label that this
// version does not know: nothing releases it.
enum class Label : uint8_t {
  PHI,
  PART2,
  PSYNOTES,
  minor_consented,
  CPS,
  IVE,
  EDU,
  JUV,
  JUV_COURT,
  SEALED,
  CHRI,
  LES,
  VSP,
  LOC,
  REPORTER_ID,
  ASSESSMENT,
  FREE_TEXT,
  AGG,
  report,
  hashed,
  no_proceedings,
  N,
  R,
  unknown
};
inline constexpr size_t kLabelCount = static_cast<size_t>(Label::unknown) + 1;

std::string_view name_of(Label label);
Label label_of(std::string_view name);  // Label::unknown where there is none of that name

class LabelSet {
 public:
  constexpr LabelSet() = default;
  constexpr LabelSet(std::initializer_list<Label> labels) {
    for (Label label : labels) add(label);
  }
  constexpr void add(Label label) { bits_ |= bit(label); }
  constexpr void add(LabelSet other) { bits_ |= other.bits_; }
  constexpr void remove(Label label) { bits_ &= ~bit(label); }
  [[nodiscard]] constexpr bool has(Label label) const { return (bits_ & bit(label)) != 0; }
  [[nodiscard]] constexpr bool any_of(LabelSet other) const { return (bits_ & other.bits_) != 0; }
  [[nodiscard]] constexpr bool all_of(LabelSet other) const {
    return (bits_ & other.bits_) == other.bits_;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr uint32_t bits() const { return bits_; }
  static constexpr LabelSet of_bits(uint32_t bits) {
    LabelSet set;
    set.bits_ = bits;
    return set;
  }
  [[nodiscard]] std::vector<Label> list() const;  // in the order of the enum
  constexpr bool operator==(const LabelSet&) const = default;

 private:
  static constexpr uint32_t bit(Label label) { return uint32_t{1} << static_cast<unsigned>(label); }
  uint32_t bits_ = 0;
};

}  // namespace concord::model
