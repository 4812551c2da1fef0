// Packs are exchanged while others decide: each decision is wholly of the old or wholly of the new.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "hub/base/guarded.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

// The shipped packs without the rule that gives a team what it knows of a report.
Engine without_the_team() {
  std::vector<RulePack> packs = shipped_packs();
  for (RulePack& pack : packs) {
    std::erase_if(pack.rules, [](const Rule& rule) {
      return rule.id == "capta.team" || rule.id == "ma.team" || rule.id == "md.team";
    });
    pack.digest += "+";
  }
  auto engine = Engine::compile(packs);
  EXPECT_TRUE(engine) << base::to_text(engine.error());
  return std::move(*engine);
}

TEST(Reload, gives_each_decision_the_old_packs_or_the_new_and_never_a_mixture) {
  const auto input = request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"source":{"agency":"s","capacities":["cwa"]},)"
      R"("recipient":{"agency":"r","capacities":["mdt_member"],"roster":{"status":"active"},"assigned":true},)"
      R"("subject":{"candidates":1},"fields":{"cps.a":["CPS"],"cps.b":["CPS"],"cps.c":["CPS"]}}})");
  const Engine before = shipped_engine(), after = without_the_team();
  const std::string old_answer = write_decision(before.decide(input));
  const std::string new_answer = write_decision(after.decide(input));
  ASSERT_NE(old_answer, new_answer);

  // As the hub holds it: an Engine is a value that shares what never changes.
  base::Guarded<Engine> current{before};
  std::atomic<bool> ended{false};
  std::atomic<size_t> mixed{0}, of_old{0}, of_new{0};
  std::vector<std::thread> deciders;
  for (int i = 0; i < 3; ++i)
    deciders.emplace_back([&] {
      while (!ended) {
        const Engine mine = *current.lock();
        const std::string answer = write_decision(mine.decide(input));
        ++(answer == old_answer ? of_old : answer == new_answer ? of_new : mixed);
      }
    });
  for (int i = 0; i < 400 || of_old < 50 || of_new < 50; ++i) {
    *current.lock() = i % 2 == 0 ? after : before;
    std::this_thread::yield();
  }
  ended = true;
  for (std::thread& decider : deciders) decider.join();
  EXPECT_EQ(mixed, 0u);
}

}  // namespace
}  // namespace concord::decide
