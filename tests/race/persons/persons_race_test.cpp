// Keys that are split off and merged again, against deliveries in every state: queued, decided, on
// their way, retrying, parked. By the receiver's own clock nothing is written to a child after it
// was acknowledged that the child is another, until it is acknowledged that it is the same.
//
// RACE_SEED=N repeats a run's choices (not its timing); RACE_SPLITS=N splits that often.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "tests/race/moody.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

constexpr int kChildren = 12;
constexpr int kThreads = 4;  // each with children of its own
#ifdef CONCORD_HOLD_NOTHING_BACK
constexpr unsigned long kSplits = 40;
constexpr unsigned kWatchedUs = 120000;  // longer than the twin takes from decision to send
#else
constexpr unsigned long kSplits = 120;
constexpr unsigned kWatchedUs = 0;
#endif

model::ChildRef at_court(int child) {
  return {model::SystemId("court"), "SYN-CP-" + std::to_string(child)};
}
model::ChildRef at_welfare(int child) {
  return {model::SystemId("child_welfare"), "SYN-CW-" + std::to_string(child)};
}

class PersonsRaceTest : public testing::Test {
 protected:
  void SetUp() override {
    moody_.tell_seed();
    world.assign_to_court(kChildren);
    world.court().answer = [this](const runtime::WriteItem& item) { return receive(item); };
    world.start();
    for (int child = 1; child <= kChildren; ++child) world.know(child);
  }

  // The court: takes one, fails one, refuses one, and takes its time.
  runtime::WriteOutcome receive(const runtime::WriteItem& item) {
    // Nobody's, where a twin has lost it.
    const int child =
        item.subject.empty() ? 0 : std::stoi(item.subject.substr(item.subject.rfind('-') + 1));
    ++started_;
    // To be asked back carries nothing, and is what the split is for.
    if (!item.withdraw && parted_[static_cast<size_t>(child)]) ++violations_;
    const runtime::WriteOutcome outcome = moody_.answer();
    return item.withdraw ? runtime::WriteOutcome{} : outcome;
  }

  static PersonAsked asked() {
    PersonAsked how;
    how.by = "supervisor 3";
    how.why = "tried";
    how.anyway = true;
    return how;
  }

  // As it is shown, until nothing has changed meanwhile.
  template <class Change>
  void until_done(const Change& change) {
    for (;;) {
      PersonAsked how = asked();
      how.dry_run = true;
      const auto shown = change(how);
      ASSERT_TRUE(shown) << to_text(shown.error());
      how.dry_run = false;
      how.owed = static_cast<int64_t>(shown->effects.owed.size());
      const auto done = change(how);
      if (done) return;
      ASSERT_EQ(done.error().code, "PREVIEW_CHANGED") << to_text(done.error());
    }
  }

  void disturb(int first, unsigned long splits) {
    constexpr int kEach = kChildren / kThreads;
    std::array<int64_t, kChildren + 1> versions{};
    for (unsigned long done = 0; done < splits; ++done) {
      const int child = first + static_cast<int>(moody_.random(kEach));
      for (int other = first; other < first + kEach; ++other) {
        if (other != child && moody_.random(2) == 0) continue;
        const std::string version = std::to_string(++versions[static_cast<size_t>(other)]);
        world.place(other, version, "Example Home " + version);
      }
      if (moody_.random(8) == 0)
        for (const model::Delivery& parked : world.deliveries(model::Outcome::parked))
          (void)world.hub().retry_delivery(parked.id);
      std::this_thread::sleep_for(std::chrono::microseconds(moody_.random(1500)));
      // Either side of the match may be what is split off.
      const model::ChildRef key = moody_.random(2) == 0 ? at_court(child) : at_welfare(child);
      until_done([&](const PersonAsked& how) { return world.hub().split(key, {}, how); });
      parted_[static_cast<size_t>(child)] = true;
      world.place(
          child, std::to_string(++versions[static_cast<size_t>(child)]), "Example Home of another");
      std::this_thread::sleep_for(std::chrono::microseconds(kWatchedUs + moody_.random(1500)));
      parted_[static_cast<size_t>(child)] = false;
      const auto at_the_court = world.hub().person_of(at_court(child));
      const auto at_the_welfare = world.hub().person_of(at_welfare(child));
      ASSERT_TRUE(at_the_court && at_the_welfare);
      ASSERT_NE(*at_the_court, *at_the_welfare);
      until_done([&](const PersonAsked& how) {
        return world.hub().merge(*at_the_court, *at_the_welfare, how);
      });
    }
  }

  SmallWorld world;
  Moody moody_;
  std::array<std::atomic<bool>, kChildren + 1> parted_{};
  std::atomic<int64_t> started_{0}, violations_{0};
};

#ifdef CONCORD_HOLD_NOTHING_BACK

TEST_F(PersonsRaceTest, a_hub_that_holds_nothing_back_is_caught) {
  disturb(1, number("RACE_SPLITS", kSplits));
  std::printf("%ld of %ld sends started after the acknowledgement\n",
              static_cast<long>(violations_),
              static_cast<long>(started_));
  EXPECT_GT(violations_, 0);
}

#else

TEST_F(PersonsRaceTest, nothing_is_written_to_a_child_after_it_was_said_that_it_is_another) {
  const unsigned long each = number("RACE_SPLITS", kSplits) / kThreads + 1;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([=, this] { disturb(1 + i * (kChildren / kThreads), each); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(violations_, 0);
  EXPECT_GT(started_, 200);
  EXPECT_EQ(world.hub().people(), static_cast<size_t>(kChildren));
  EXPECT_TRUE(world.ledger().balanced()) << world.ledger().faults.front();
  auto report = world.hub().store().check_audit({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->faults.empty()) << to_text(report->faults);
  std::printf("%lu splits, %ld sends\n", each * kThreads, static_cast<long>(started_));
}

#endif

}  // namespace
}  // namespace concord::pipeline
