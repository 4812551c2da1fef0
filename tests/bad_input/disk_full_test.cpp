// A disk without room: nothing is acknowledged, the hub says why, and once there is room everything
// goes through. Seen on a real full disk where one may be mounted, and on files that may not grow
// anywhere.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

#include <thread>

#include "tests/bad_input/dropped.hpp"

namespace concord::bad_input {
namespace {

using model::Outcome;
using store::RecordState;

constexpr int kChildren = 40;

// Takes the room away, and gives it back.
class Shortage {
 public:
  virtual ~Shortage() = default;
  virtual void begins() = 0;
  virtual void ends() = 0;
};

// No file of this process grows beyond what the store's log has now: a full disk as far as SQLite
// can tell, and nobody's leave is needed for it.
class NoGrowth : public Shortage {
 public:
  explicit NoGrowth(std::string data) : data_(std::move(data)) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
  }
  ~NoGrowth() override { NoGrowth::ends(); }
  void begins() override {
    rlimit now = before_;
    std::error_code fault;
    now.rlim_cur = fs::file_size(data_ + "/concord.db-wal", fault);
    if (fault) now.rlim_cur = 0;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &now), 0);
  }
  void ends() override { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  std::string data_;
  rlimit before_{};
};

// A small disk of our own, filled up.
class SmallDisk : public Shortage {
 public:
  explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    // In a mount namespace of our own: it is gone with this process, whatever happens.
    const bool apart =
        unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    mounted_ = apart && mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=64m") == 0;
  }
  ~SmallDisk() override {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  void begins() override {
    std::ofstream ballast(folder_ + "/ballast", std::ios::binary);
    const std::string page(4096, 'x');
    while (ballast.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
    struct statvfs room {};
    ASSERT_EQ(statvfs(folder_.c_str(), &room), 0);
    ASSERT_EQ(room.f_bfree, 0u);
  }
  void ends() override { fs::remove(folder_ + "/ballast"); }

 private:
  std::string folder_;
  bool mounted_ = false;
};

// Child welfare has more to give than there is room for, by file and by event.
class FullDisk : public testing::Test {
 protected:
  FullDisk() : dropped(kCsv, "p.csv", file()) {
    dropped.world.coalition.data_folder = disk.path() + "/data";
    for (int child = 1; child <= kChildren; ++child)
      dropped.world.coalition.assignments.push_back(
          {model::AgencyId("court"),
           {model::SystemId("child_welfare"), "SYN-CW-" + std::to_string(child)},
           {},
           {}});
  }
  static std::string file() {
    std::string csv = "id,first_name\n";
    for (int n = 1; n <= 3000; ++n)
      csv += "SYN-" + std::to_string(n) + "," + std::string(1000, 'a') + "\n";
    return csv;
  }
  [[nodiscard]] std::string data() { return dropped.world.coalition.data_folder; }
  // What the hub says of a system's reading.
  std::string fault(const std::string& system) {
    for (const auto& status : world().hub().status())
      if (status.id.value == system && status.fault) return to_text(*status.fault);
    return "";
  }
  World& world() { return dropped.world; }

  void nothing_is_lost_in(Shortage& shortage) {
    world().start();
    for (int child = 1; child <= kChildren; ++child) world().know(child);
    const int64_t before = world().ledger().records;
    shortage.begins();

    // By job: the file is not moved, and the hub says why.
    ASSERT_TRUE(world().hub().run_job(model::JobId("drop")));
    ASSERT_TRUE(world().wait([&] { return !fault("drop").empty(); }));
    EXPECT_THAT(fault("drop"), HasSubstr("the disk is full"));
    EXPECT_THAT(fault("drop"), HasSubstr("Next: free space"));
    EXPECT_TRUE(dropped.waits());
    // By event: told to send again.
    for (int child = 1; child <= kChildren; ++child) {
      model::Record record = World::placement(child, "1", std::string(100000, 'b') + kContent);
      const auto answer = world().push(record);
      ASSERT_TRUE(answer);
      expect_clear(*answer, "DISK_FULL", "store");
      EXPECT_EQ(answer->error_class, base::ErrorClass::retry);
    }
    EXPECT_EQ(world().notes(), 0u);
    // The store can be asked all the while.
    EXPECT_LT(world().ledger().records, before + 3000);
    world().expect_balanced();

    shortage.ends();
    EXPECT_EQ(world().run("drop").error, "");
    EXPECT_TRUE(world().wait([&] { return fault("drop").empty(); })) << fault("drop");
    EXPECT_TRUE(dropped.done());
    EXPECT_EQ(world().ledger().records, before + 3000);
    for (int child = 1; child <= kChildren; ++child)
      EXPECT_FALSE(world().push(World::placement(child, "1", "Example Home")));
    ASSERT_TRUE(
        world().wait([&] { return world().deliveries(Outcome::delivered).size() == kChildren; }));
    world().expect_balanced();
    // And it is all there after a restart.
    world().stop();
    world().start();
    EXPECT_EQ(world().ledger().records, before + 3000 + kChildren);
    EXPECT_TRUE(world().hub().store().record(before + 3000));
    world().expect_balanced();
  }

  Folder disk;
  Dropped dropped;
};

TEST_F(FullDisk, stops_the_taking_in_and_loses_nothing) {
  NoGrowth shortage(data());
  nothing_is_lost_in(shortage);
}

TEST_F(FullDisk, of_a_real_one_stops_the_taking_in_and_loses_nothing) {
  SmallDisk shortage(data());
  if (!shortage.mounted()) GTEST_SKIP() << "skipped: no disk may be mounted here";
  nothing_is_lost_in(shortage);
}

// SQLite then gives up the whole transaction before its end, not only what did not fit.
TEST_F(FullDisk, met_in_the_middle_of_a_large_record_is_told_as_such) {
  world().start();
  NoGrowth shortage(data());
  model::Record large = World::person(1);
  large.body = "{\"a\":\"" + std::string(40u << 20, 'x') + "\"}";
  shortage.begins();
  const auto refused = world().push(large);
  ASSERT_TRUE(refused);
  expect_clear(*refused, "DISK_FULL", "store");
  shortage.ends();
  const auto kept = world().push(large);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->code, "JSON_SIZE");
  EXPECT_EQ(world().count(RecordState::rejected), 1);
  world().expect_balanced();
}

TEST_F(FullDisk, leaves_outcomes_for_later_and_sends_nothing_twice_to_effect) {
  world().start();
  world().know(1);
  NoGrowth shortage(data());
  // The recipient has it; the hub cannot write that down.
  std::atomic<bool> full{false};
  world().court().before_write = [&] {
    if (!full.exchange(true)) shortage.begins();
  };
  EXPECT_FALSE(world().push(World::placement(1, "1", "Example Home")));
  ASSERT_TRUE(world().wait([&] { return world().notes() == 1; }));
  // Longer than until it is tried again: what the audit cannot take is not sent.
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  EXPECT_EQ(world().notes(), 1u);
  EXPECT_EQ(world().deliveries(Outcome::delivered).size(), 0u);
  shortage.ends();
  ASSERT_TRUE(world().wait([&] { return world().deliveries(Outcome::delivered).size() == 1; }));
  const auto written = world().court().all_written();
  EXPECT_EQ(written.size(), 2u);
  for (const auto& item : written) EXPECT_EQ(item.idempotency_key, written[0].idempotency_key);
  world().expect_balanced();
}

TEST_F(FullDisk, refuses_a_start_and_leaves_nothing_half_made) {
  {
    NoGrowth shortage(data());
    shortage.begins();
    const auto opened = store::Store::open(data(), store::Open::write);
    ASSERT_FALSE(opened);
    expect_clear(opened.error(), "DISK_FULL", data());
  }
  world().start();
  world().know(1);
  world().expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
