// What holds for every request, sought to be broken with generated ones. Each property has a mutant
// that it must catch.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "hub/decide/explain.hpp"
#include "tests/unit/decide/generate.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

using model::Decision;
using model::DecisionInput;
using model::Label;
using Decider = std::function<Decision(const DecisionInput&)>;
using Counterexample = std::optional<std::string>;
using Property = Counterexample (*)(const Decider&, Generator&);

constexpr uint64_t kSeeds = 4000;

Decision real(const DecisionInput& input) {
  return shipped_engine().decide(input);
}

// The first seed at which the property breaks.
Counterexample search(Property property, const Decider& decider) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Generator generator(seed);
    if (auto found = property(decider, generator))
      return "seed=" + std::to_string(seed) + " " + *found;
  }
  return std::nullopt;
}

int given(const Decision& decision, const std::string& path) {
  const auto& whole = decision.released;
  if (std::find(whole.begin(), whole.end(), path) != whole.end()) return 2;
  for (const auto& [name, how] : decision.transformed)
    if (name == path) return 1;
  return 0;
}

Counterexample more_given(const Decider& decider,
                          const DecisionInput& before,
                          const DecisionInput& after,
                          const std::string& step) {
  const Decision first = decider(before), second = decider(after);
  for (const auto& field : before.fields)
    if (given(second, field.path) > given(first, field.path))
      return step + " gave more of " + field.path + "\n" + write_decision(first) + "\n" +
             write_decision(second);
  return std::nullopt;
}

// 1: a forbidding fact, one permit less, or one more regime's label never gives more.
Counterexample narrowing_only_narrows(const Decider& decider, Generator& generator) {
  const DecisionInput before = generator.request();
  DecisionInput after = before;
  switch (generator.below(3)) {
    case 0: {
      static const std::vector<std::string> facts = {
          "alleged_abuser", "detrimental", "representative_endangers"};
      if (generator.chance(50)) {
        after.facts[generator.one_of(facts)] = "\"parent\"";
        return more_given(decider, before, after, "a forbidding fact");
      }
      model::Consent refusal = generator.consent(9);
      refusal.decision = "deny";
      refusal.supersedes.clear();
      after.consents.push_back(refusal);
      return more_given(decider, before, after, "a refusal");
    }
    case 1: {
      // One that replaces another is not only a permit: without it the other revives.
      const auto found = std::find_if(
          after.consents.begin(), after.consents.end(), [](const model::Consent& consent) {
            return consent.decision == "permit" && consent.supersedes.empty();
          });
      if (found == after.consents.end()) return std::nullopt;
      after.consents.erase(found);
      return more_given(decider, before, after, "one permit less");
    }
    default: {
      // A field without any regime is withheld as unlabelled; its first label is no narrowing.
      auto& field = after.fields[generator.below(after.fields.size())];
      if (regimes_of(field.labels).empty()) return std::nullopt;
      const Label label = generator.one_of(regimes());
      field.labels.add(label);
      return more_given(decider, before, after, "the label " + std::string(model::name_of(label)));
    }
  }
}

// 2: order changes nothing, and the same input gives the same bytes.
Counterexample order_is_nothing(const Decider& decider, Generator& generator) {
  const DecisionInput input = generator.request();
  DecisionInput other = input;
  std::shuffle(other.consents.begin(), other.consents.end(), generator.random());
  std::shuffle(other.orders.begin(), other.orders.end(), generator.random());
  std::shuffle(other.fields.begin(), other.fields.end(), generator.random());
  std::shuffle(
      other.recipient.capacities.begin(), other.recipient.capacities.end(), generator.random());
  const std::string first = write_decision(decider(input)), second = write_decision(decider(other));
  if (first != second) return first + "\n" + second;
  if (first != write_decision(decider(input))) return "not the same twice: " + first;
  return std::nullopt;
}

bool starts_between(const DecisionInput& input, base::Instant from, base::Instant to) {
  auto within = [&](const std::optional<base::Instant>& at) {
    return at && *at > from && *at <= to;
  };
  for (const model::Consent& consent : input.consents) {
    if (within(consent.start) || within(consent.signed_at)) return true;
    // Taking a refusal back is an act of its own.
    if (consent.decision == "deny" && within(consent.revoked_at)) return true;
  }
  return std::any_of(input.orders.begin(), input.orders.end(), [&](const model::Order& order) {
    return within(order.start);
  });
}

// 3: time alone turns no deny into a permit.
Counterexample time_only_narrows(const Decider& decider, Generator& generator) {
  const DecisionInput now = generator.request();
  DecisionInput later = now;
  later.at += std::chrono::hours(1 + static_cast<int>(generator.below(24 * 30)));
  if (starts_between(now, now.at, later.at)) return std::nullopt;
  return more_given(decider, now, later, "time");
}

// 4: every released field rests on a rule for each of its regimes, and cites it.
Counterexample released_fields_are_grounded(const Decider& decider, Generator& generator) {
  const DecisionInput input = generator.request();
  const Decision decision = decider(input);
  for (const auto& field : input.fields) {
    if (given(decision, field.path) == 0) continue;
    for (Label regime : regimes_of(field.labels).list()) {
      const bool grounded =
          std::any_of(decision.grounds.begin(), decision.grounds.end(), [&](const auto& ground) {
            if (ground.path != field.path || ground.regime != regime) return false;
            const Rule* rule = shipped_engine().rule(ground.rule);
            const auto& cites = decision.citations;
            return rule != nullptr && rule->governs.has(regime) &&
                   std::find(cites.begin(), cites.end(), rule->cites) != cites.end();
          });
      if (!grounded) return field.path + " has no ground: " + write_decision(decision);
    }
  }
  return std::nullopt;
}

using View = std::string (*)(const Decision&);

std::string real_view(const Decision& decision) {
  return explain(decision, shipped_engine(), Audience::recipient);
}
std::string mutant_view_with_reasons(const Decision& decision) {
  return decision.reasons.front() + "\n";
}

// 6: a denied sealed record and an absent one look the same to the recipient.
Counterexample sealed_looks_absent(View view) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Generator generator(seed);
    DecisionInput input = generator.request();
    for (auto& field : input.fields) field.labels.add(Label::SEALED);
    const Decision decision = real(input);
    if (decision.verdict != model::Verdict::deny) continue;
    if (view(decision) != absent_record()) return "seed=" + std::to_string(seed);
  }
  return std::nullopt;
}

// --- Mutants.

// "Within a field any one regime will do."
Decision mutant_any_regime(const DecisionInput& input) {
  DecisionInput loose = input;
  for (auto& field : loose.fields) {
    const auto labels = field.labels.list();
    for (Label label : labels) {
      DecisionInput alone = input;
      alone.fields = {{field.path, {label}}};
      if (real(alone).verdict == model::Verdict::permit) field.labels = {label};
    }
  }
  return real(loose);
}

Decision mutant_first_consent_counts(const DecisionInput& input) {
  DecisionInput loose = input;
  if (loose.consents.size() > 1) loose.consents.resize(1);
  return real(loose);
}

Decision mutant_refusals_lapse(const DecisionInput& input) {
  DecisionInput loose = input;
  std::erase_if(loose.consents, [&](const model::Consent& consent) {
    return consent.decision == "deny" && consent.end && *consent.end <= input.at;
  });
  return real(loose);
}

Decision mutant_forgets_a_ground(const DecisionInput& input) {
  Decision decision = real(input);
  if (!decision.grounds.empty()) decision.grounds.pop_back();
  return decision;
}

// A refusal read as a permit.
Decision mutant_refusal_permits(const DecisionInput& input) {
  DecisionInput loose = input;
  for (auto& consent : loose.consents) consent.decision = "permit";
  return real(loose);
}

TEST(DecideProperty, narrowing_never_gives_more) {
  EXPECT_EQ(search(narrowing_only_narrows, real), std::nullopt);
}
TEST(DecideProperty, and_it_catches_one_regime_for_all) {
  EXPECT_NE(search(narrowing_only_narrows, mutant_any_regime), std::nullopt);
}
TEST(DecideProperty, and_it_catches_a_refusal_read_as_permit) {
  EXPECT_NE(search(narrowing_only_narrows, mutant_refusal_permits), std::nullopt);
}
TEST(DecideProperty, order_changes_no_byte) {
  EXPECT_EQ(search(order_is_nothing, real), std::nullopt);
}
TEST(DecideProperty, and_it_catches_the_first_consent_alone) {
  EXPECT_NE(search(order_is_nothing, mutant_first_consent_counts), std::nullopt);
}
TEST(DecideProperty, time_alone_permits_nothing) {
  EXPECT_EQ(search(time_only_narrows, real), std::nullopt);
}
TEST(DecideProperty, and_it_catches_refusals_that_lapse) {
  EXPECT_NE(search(time_only_narrows, mutant_refusals_lapse), std::nullopt);
}
TEST(DecideProperty, each_released_field_cites_a_basis_for_each_regime) {
  EXPECT_EQ(search(released_fields_are_grounded, real), std::nullopt);
}
TEST(DecideProperty, and_it_catches_a_forgotten_ground) {
  EXPECT_NE(search(released_fields_are_grounded, mutant_forgets_a_ground), std::nullopt);
}
TEST(DecideProperty, a_denied_sealed_record_looks_like_an_absent_one) {
  EXPECT_EQ(sealed_looks_absent(real_view), std::nullopt);
}
TEST(DecideProperty, and_it_catches_a_view_with_reasons) {
  EXPECT_NE(sealed_looks_absent(mutant_view_with_reasons), std::nullopt);
}

// The generator must reach what the properties speak of, or they would hold for want of cases.
TEST(DecideProperty, the_generated_requests_meet_all_three_verdicts_and_most_rules) {
  size_t verdicts[3] = {0, 0, 0};
  std::set<std::string> rules, reasons;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Decision decision = real(Generator(seed).request());
    ++verdicts[static_cast<size_t>(decision.verdict)];
    for (const auto& ground : decision.grounds) rules.insert(ground.rule);
    reasons.insert(decision.reasons.begin(), decision.reasons.end());
  }
  EXPECT_GT(verdicts[0], 200u);
  EXPECT_GT(verdicts[1], 200u);
  EXPECT_GT(verdicts[2], 1000u);
  EXPECT_GT(rules.size(), 25u);
  EXPECT_GT(reasons.size(), 25u);
}

}  // namespace
}  // namespace concord::decide
