#include <gtest/gtest.h>

#include <algorithm>

#include "hub/app/coalition_files.hpp"
#include "hub/app/policy.hpp"

namespace concord::app {
namespace {

// A capacity that packs know and agencies.yaml refuses would be a rule that nobody can meet.
TEST(Capacities, every_one_that_a_rule_pack_names_may_stand_in_agencies_yaml) {
  EXPECT_TRUE(std::is_sorted(capacities().begin(), capacities().end()));
  auto policy = load_policy({std::string(CONCORD_SOURCE_DIR) + "/mappings/policy"});
  ASSERT_TRUE(policy.ok()) << base::to_text(policy.error());
  size_t seen = 0;
  for (const decide::RulePack& pack : policy->packs)
    for (const decide::Rule& rule : pack.rules)
      for (const auto* conditions : {&rule.when, &rule.needs, &rule.unless})
        for (const decide::Condition& condition : *conditions) {
          if (condition.test != decide::Test::recipient_capacity &&
              condition.test != decide::Test::source_capacity)
            continue;
          for (const std::string& capacity : condition.arguments) {
            ++seen;
            const auto fits = [&](const std::string& known) {
              return capacity.ends_with('*')
                         ? known.starts_with(capacity.substr(0, capacity.size() - 1))
                         : known == capacity;
            };
            EXPECT_TRUE(std::any_of(capacities().begin(), capacities().end(), fits))
                << rule.id << " names " << capacity;
          }
        }
  EXPECT_GT(seen, 50u);
}

}  // namespace
}  // namespace concord::app
