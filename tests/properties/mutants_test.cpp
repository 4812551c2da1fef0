// Each property catches the faults that it is there for. A mutant that survives fails here.
#include <gtest/gtest.h>

#include <map>
#include <ostream>

#include "tests/properties/planted.hpp"
#include "tests/properties/properties.hpp"

namespace concord::decide {
namespace {

std::string_view awake;

struct Mutant {
  std::string_view name;
  int breaks;
};
constexpr Mutant kMutants[] = {
#include "mutants.inc"
};
void PrintTo(const Mutant& mutant, std::ostream* out) {
  *out << mutant.name;
}

Property property_of(int number) {
  return kProperties.at(static_cast<size_t>(number) - 1).property;
}

// As many as it may take; most are caught within a few hundred.
constexpr uint64_t kRequests = 150'000;
constexpr uint64_t kSeed = 7'000'000;

class MutantTest : public testing::TestWithParam<Mutant> {
 protected:
  void TearDown() override { awake = {}; }
};

TEST_P(MutantTest, is_caught_by_its_property) {
  awake = GetParam().name;
  const auto found = search(property_of(GetParam().breaks), kSeed, kRequests);
  ASSERT_TRUE(found) << GetParam().name << " survives property " << GetParam().breaks;
  RecordProperty("seed", std::to_string(found->seed));
  RecordProperty("found", found->text());
}

INSTANTIATE_TEST_SUITE_P(Planted, MutantTest, testing::ValuesIn(kMutants), [](const auto& tested) {
  return std::string(tested.param.name);
});

TEST(Mutants, asleep_change_nothing) {
  for (const Named& property : kProperties) {
    const auto found = search(property.property, kSeed, 1500);
    EXPECT_FALSE(found) << property.name << "\n" << found->text();
  }
}

TEST(Mutants, are_three_or_more_of_each_property) {
  std::map<int, int> count;
  for (const Mutant& mutant : kMutants) ++count[mutant.breaks];
  for (const Named& property : kProperties) EXPECT_GE(count[property.number], 3) << property.name;
}

// What is found is small enough to be read: the least that still breaks.
TEST(Mutants, leave_a_small_request) {
  awake = "refusals_lapse";
  const auto found = search(time_only_narrows, kSeed, kRequests);
  awake = {};
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sample.request.fields.size(), 1u) << found->text();
  EXPECT_LE(found->sample.request.consents.size(), 2u) << found->text();
  EXPECT_TRUE(found->sample.request.orders.empty()) << found->text();
  EXPECT_LE(found->sample.request.facts.size(), 1u) << found->text();
}

}  // namespace

bool planted(std::string_view name) {
  return name == awake;
}

}  // namespace concord::decide
