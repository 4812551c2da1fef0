// The hub is killed at random moments, a hundred times, while four agencies work and forget what
// it has acknowledged. What ought to be known everywhere is known, once and in order.
//
// CRASH_SEED=N repeats a run's choices (not its timing); CRASH_KILLS=N kills that often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "tests/crash/account.hpp"

namespace concord::crash {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kChildren = 200;
constexpr size_t kAtWork = 40;  // children to whom something happens

unsigned long number(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

// A county whose hub runs from these binaries.
class County {
 public:
  explicit County(const fs::path& binaries)
      : folder_(make_folder()),
        seed_(static_cast<unsigned>(number("CRASH_SEED", std::random_device{}()))),
        random_(seed_),
        play_({folder_, binaries, fs::path(CONCORD_SOURCE_DIR) / "examples/coalition"},
              kChildren,
              true) {
    std::printf("seed=%u\n", seed_);
  }
  ~County() {
    load_.reset();
    play_.close();
    // Kept where something was wrong, to be looked at.
    if (!testing::Test::HasFailure()) fs::remove_all(folder_);
  }

  bool open() {
    if (!play_.open()) return false;
    for (const char* system : {"child_welfare", "court"})
      play_.act(system, R"({"verb":"prune_on_ack","on":true})");
    load_ = std::make_unique<Load>(
        play_,
        play_.children_known_to({"child_welfare", "court", "health", "juvenile_justice"}, kAtWork),
        seed_);
    const bool settled = play_.settle(seconds(120));
    held_ = held_by_sources(play_);
    return settled;
  }

  // Kills it that often, each time a while after it was ready.
  bool kill(unsigned long times) {
    load_->start();
    bool back = true;
    for (unsigned long i = 0; i < times && back; ++i) {
      std::this_thread::sleep_for(milliseconds(random_() % 300));
      play_.hub.kill();
      back = play_.start_hub();
    }
    load_->stop();
    return back;
  }

  std::vector<std::string> faults() {
    EXPECT_TRUE(play_.settle(seconds(180))) << play_.concord({"status"});
    return faults_of(play_, load_->owed(), held_);
  }
  [[nodiscard]] size_t owed() const { return load_->owed().size(); }

 private:
  static fs::path make_folder() {
    std::string path = testing::TempDir() + "/concord-crash-XXXXXX";
    return mkdtemp(path.data());
  }

  fs::path folder_;
  unsigned seed_;
  std::mt19937 random_;
  story::Play play_;
  std::unique_ptr<Load> load_;
  int64_t held_ = 0;
};

const fs::path kBuild = CONCORD_BUILD_DIR;

TEST(Crash, a_hundred_kills_lose_nothing_repeat_nothing_and_keep_the_order) {
  County county(kBuild / "bin");
  ASSERT_TRUE(county.open());
  ASSERT_TRUE(county.kill(number("CRASH_KILLS", 100)));
  EXPECT_THAT(county.faults(), testing::IsEmpty());
  EXPECT_GT(county.owed(), 200u);
  std::printf("%zu changes were owed to agencies\n", county.owed());
}

// The same hub, but for one line: it tells the source before the commit. The test above is worth
// something only if it catches this one.
TEST(Crash, a_hub_that_tells_the_source_before_the_commit_is_caught) {
  County county(kBuild / "tests/ack_first/bin");
  ASSERT_TRUE(county.open());
  const unsigned long kills = number("CRASH_KILLS", 100);
  std::vector<std::string> lost;
  for (unsigned long killed = 0; killed < kills && lost.empty(); killed += 10) {
    ASSERT_TRUE(county.kill(10));
    for (std::string& fault : county.faults())
      if (fault.starts_with("lost")) lost.push_back(std::move(fault));
  }
  EXPECT_THAT(lost, testing::Not(testing::IsEmpty()));
}

}  // namespace
}  // namespace concord::crash
