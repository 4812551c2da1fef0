// The seven properties, sought to be broken with generated requests.
//
// Each run looks at 210,000, from a seed of its own that it prints. CONCORD_SEED=N repeats a run;
// CONCORD_REQUESTS=10000000 looks at that many. What is found is shrunk and printed as a line that
// `concord decide` reads.
#include "tests/properties/properties.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

uint64_t number_from(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

uint64_t first_seed() {
  static const uint64_t seed = [] {
    const uint64_t chosen = number_from("CONCORD_SEED", std::random_device{}() % 1'000'000'000);
    std::cout << "seed=" << chosen << std::endl;
    return chosen;
  }();
  return seed;
}

uint64_t requests_each() {
  return number_from("CONCORD_REQUESTS", 210'000) / kProperties.size();
}

class DecideProperty : public testing::TestWithParam<Named> {};

TEST_P(DecideProperty, holds_for_every_request) {
  const uint64_t seed = first_seed() + static_cast<uint64_t>(GetParam().number) * 1'000'000'000'000;
  const auto found = search(GetParam().property, seed, requests_each());
  if (found) FAIL() << "CONCORD_SEED=" << first_seed() << " " << found->text();
}

INSTANTIATE_TEST_SUITE_P(Each,
                         DecideProperty,
                         testing::ValuesIn(kProperties),
                         [](const auto& tested) { return std::string(tested.param.name); });

// The generator must reach what the properties speak of, or they would hold for want of cases.
TEST(Generator, meets_all_three_verdicts_and_most_rules_and_reasons) {
  size_t verdicts[3] = {0, 0, 0};
  std::set<std::string> rules, reasons;
  for (uint64_t seed = 1; seed <= 6000; ++seed) {
    const model::Decision decision = shipped_engine().decide(sample_of(seed).request);
    ++verdicts[static_cast<size_t>(decision.verdict)];
    for (const auto& ground : decision.grounds) rules.insert(ground.rule);
    reasons.insert(decision.reasons.begin(), decision.reasons.end());
  }
  EXPECT_GT(verdicts[0], 200u);
  EXPECT_GT(verdicts[1], 200u);
  EXPECT_GT(verdicts[2], 1500u);
  EXPECT_GT(rules.size(), 40u);
  EXPECT_GT(reasons.size(), 30u);
}

TEST(Generator, gives_lines_that_are_decided_as_the_request_is) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    const Sample sample = sample_of(seed);
    const auto read = request_of(line_of(sample));
    ASSERT_EQ(write_decision(shipped_engine().decide(read)),
              write_decision(shipped_engine().decide(sample.request)))
        << line_of(sample);
  }
}

}  // namespace
}  // namespace concord::decide
