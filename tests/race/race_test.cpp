// Revocations against deliveries in every state: queued, decided, on their way, retrying, parked
// and taken up again. By the receiver's own clock nothing of a revoked record starts after the
// revocation was acknowledged.
//
// RACE_SEED=N repeats a run's choices (not its timing); RACE_REVOCATIONS=N revokes that often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "tests/race/moody.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// The twin decides before it holds its view of the evidence: it must be caught, and soon.
#ifdef CONCORD_DECIDE_BEFORE_HOLD
constexpr unsigned long kRevocations = 100;
constexpr unsigned kBeforeUs = 100000;   // as long as it takes over a round
constexpr unsigned kWatchedUs = 150000;  // longer than from there to the send
#else
constexpr unsigned long kRevocations = 10000;
constexpr unsigned kBeforeUs = 1500;
constexpr unsigned kWatchedUs = 0;
#endif

constexpr int kChildren = 48;
constexpr int kThreads = 8;  // each with children of its own

// Of one child: since when nothing may start. Written by whoever revokes, read by the receiver.
struct Gate {
  std::atomic<bool> closed{false};
};

class RaceTest : public testing::Test {
 protected:
  void SetUp() override {
    moody_.tell_seed();
    // What a covered entity holds goes out with an authorization only: 45 CFR 164.508.
    world.coalition.agencies[0].capacities = {"covered_entity"};
    for (int child = 1; child <= kChildren; ++child) {
      const model::ChildRef at_welfare{model::SystemId("child_welfare"),
                                       "SYN-CW-" + std::to_string(child)};
      world.coalition.assignments.push_back({model::AgencyId("court"), at_welfare, {}, {}});
      world.evidence.consents.push_back(consent(child));
    }
    world.court().answer = [this](const runtime::WriteItem& item) { return receive(item); };
    world.start();
    for (int child = 1; child <= kChildren; ++child) world.know(child);
  }

  static model::Consent consent(int child) {
    model::Consent given;
    given.id = model::ConsentId("C-" + std::to_string(child));
    given.child = {model::SystemId("child_welfare"), "SYN-CW-" + std::to_string(child)};
    given.signers = {"minor", "parent"};
    given.recipients = {"court"};
    given.purposes = {"case_planning"};
    given.signed_at = given.start = base::parse_instant("2026-01-02T00:00:00Z");
    given.end = base::parse_instant("2036-01-02T00:00:00Z");
    return given;
  }

  // The court: takes one, fails one, refuses one, and takes its time.
  runtime::WriteOutcome receive(const runtime::WriteItem& item) {
    const int child = std::stoi(item.subject.substr(item.subject.rfind('-') + 1));
    started_ += 1;
    // To be asked back carries nothing, and is what the revocation is for.
    if (!item.withdraw && gates_[child].closed) ++violations_;
    return moody_.answer();
  }

  // What a thread does to its children until it has revoked so often: sends news of them, revokes,
  // looks whether anything starts, and lets it be permitted again.
  void disturb(int first, unsigned long revocations) {
    std::vector<int64_t> versions(kChildren + 1);
    for (unsigned long done = 0; done < revocations; ++done) {
      const int child = first + static_cast<int>(moody_.random(kChildren / kThreads));
      for (int other = first; other < first + kChildren / kThreads; ++other) {
        if (other != child && moody_.random(2) == 0) continue;
        const std::string version = std::to_string(++versions[static_cast<size_t>(other)]);
        world.place(other, version, "Example Home " + version);
      }
      if (moody_.random(16) == 0) (void)world.hub().take_up_again("");
      if (moody_.random(16) == 0) {
        for (const model::Delivery& parked : world.deliveries(model::Outcome::parked))
          (void)world.hub().retry_delivery(parked.id);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(moody_.random(kBeforeUs)));
      const auto asked = SteadyClock::now();
      const base::Status revoked = world.hub().revoke(consent(child).id);
      took_[first].push_back(SteadyClock::now() - asked);
      gates_[child].closed = true;
      EXPECT_TRUE(revoked) << to_text(revoked.error());
      std::this_thread::sleep_for(std::chrono::microseconds(kWatchedUs + moody_.random(1500)));
      gates_[child].closed = false;
      const base::Status granted = world.hub().grant({consent(child)});
      EXPECT_TRUE(granted) << to_text(granted.error());
    }
  }

  SmallWorld world;
  Moody moody_;
  std::array<Gate, kChildren + 1> gates_;
  std::map<int, std::vector<SteadyClock::duration>> took_;  // how long an acknowledgement took
  std::atomic<int64_t> started_{0}, violations_{0};

  void race() {
    const unsigned long each = number("RACE_REVOCATIONS", kRevocations) / kThreads + 1;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) took_[1 + i * (kChildren / kThreads)];
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([=, this] { disturb(1 + i * (kChildren / kThreads), each); });
    for (std::thread& thread : threads) thread.join();
  }
};

#ifdef CONCORD_DECIDE_BEFORE_HOLD

TEST_F(RaceTest, a_sender_that_decides_before_it_holds_its_view_is_caught) {
  race();
  std::printf("%ld of %ld sends started after the acknowledgement\n",
              static_cast<long>(violations_),
              static_cast<long>(started_));
  EXPECT_GT(violations_, 0);
}

#else

TEST_F(RaceTest, nothing_of_a_revoked_record_starts_after_the_acknowledgement) {
  race();
  EXPECT_EQ(violations_, 0);
  EXPECT_GT(started_, 1000);
  EXPECT_TRUE(world.ledger().balanced()) << world.ledger().faults.front();
  std::vector<SteadyClock::duration> took;
  for (const auto& [first, some] : took_) took.insert(took.end(), some.begin(), some.end());
  std::sort(took.begin(), took.end());
  const auto p99 = std::chrono::duration_cast<milliseconds>(took[took.size() * 99 / 100]);
  std::printf("%zu revocations, %ld sends, acknowledged within %ld ms (p99)\n",
              took.size(),
              static_cast<long>(started_),
              static_cast<long>(p99.count()));
  EXPECT_LE(p99, milliseconds(2000));
}

#endif

}  // namespace
}  // namespace concord::pipeline
