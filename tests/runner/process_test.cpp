// What can be seen of a runner from outside, in /proc: nothing of the hub's is in it.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "hub/runtime/channel/frame.hpp"
#include "tests/runner/support.hpp"

namespace concord::runner {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string of_process(int pid, const std::string& what) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/" + what);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string status_line(int pid, const std::string& name) {
  std::istringstream lines(of_process(pid, "status"));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name + ":")) return line.substr(name.size() + 2);
  return {};
}

class Process : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("SYN_SECRET_OF_THE_HUB", "SYN-1", 1);
    connector_ = load(drawer_, true, {{"password", "SYN-PASSWORD"}});
    pid_ = connector_->isolation()->pid;
  }
  Drawer drawer_;
  std::unique_ptr<runtime::Connector> connector_;
  int pid_ = 0;
};

TEST_F(Process, has_no_environment_and_no_secret_on_its_command_line) {
  EXPECT_EQ(of_process(pid_, "environ"), "");
  EXPECT_EQ(of_process(pid_, "cmdline"), std::string("concord-runner\0drawer\0", 22));
}

TEST_F(Process, has_its_lanes_and_nothing_else_open) {
  // A descriptor of the hub's that nobody marked as its own.
  const int open_in_hub = ::dup(0);
  auto another = load(drawer_, true, {}, settings(), "another");
  for (const int pid : {pid_, another->isolation()->pid}) {
    std::vector<std::string> wrong;
    int lanes = 0;
    for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
      const int fd = std::stoi(entry.path().filename().string());
      const std::string to = fs::read_symlink(entry.path()).string();
      const bool lane = fd >= 3 && fd < runtime::kLaneEnd && to.starts_with("socket:");
      lanes += lane ? 1 : 0;
      if (!lane && !(fd <= 2 && to == "/dev/null")) wrong.push_back(std::to_string(fd) + " " + to);
    }
    EXPECT_THAT(wrong, IsEmpty());
    EXPECT_EQ(lanes, runtime::kLaneEnd - 3);
  }
  ::close(open_in_hub);
}

TEST_F(Process, is_shut_in) {
  EXPECT_EQ(status_line(pid_, "NoNewPrivs"), "1");
  EXPECT_EQ(status_line(pid_, "Seccomp"), "2");
  EXPECT_EQ(status_line(pid_, "CapBnd").find_first_not_of('0'), std::string::npos);
  if (::geteuid() == 0) {
    EXPECT_THAT(status_line(pid_, "Uid"), Not(HasSubstr("\t0")));
    EXPECT_EQ(status_line(pid_, "Groups").find_first_not_of(' '), std::string::npos);
    // No more than to pass over the modes of its own folder, which Landlock holds it to.
    EXPECT_EQ(std::stoull(status_line(pid_, "CapEff"), nullptr, 16) & ~0x6ull, 0u);
  }
  EXPECT_THAT(of_process(pid_, "limits"), testing::ContainsRegex("Max core file size +0 +0"));
  EXPECT_THAT(of_process(pid_, "limits"), testing::ContainsRegex("Max open files +256 +256"));
}

TEST_F(Process, two_systems_have_two_users) {
  if (::geteuid() != 0) GTEST_SKIP() << "skipped: the hub does not run as root";
  auto another = load(drawer_, true, {}, settings(), "another");
  EXPECT_NE(status_line(pid_, "Uid"), status_line(another->isolation()->pid, "Uid"));
}

TEST_F(Process, says_which_means_hold_it) {
  std::vector<std::string> parts;
  const auto isolation = connector_->isolation();
  for (const auto& means : isolation->means) {
    parts.push_back(means.part);
    EXPECT_FALSE(means.by.empty());
    EXPECT_EQ(means.in_force, !means.brief.empty()) << means.part;
  }
  EXPECT_THAT(
      parts,
      testing::ElementsAre("user", "files", "calls", "network", "processes", "attempts", "memory"));
}

TEST_F(Process, is_gone_and_buried_when_its_connector_is) {
  connector_.reset();
  EXPECT_EQ(::kill(pid_, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(Process, holds_little_memory_of_its_own) {
  std::istringstream lines(of_process(pid_, "smaps_rollup"));
  long own_kb = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("Private_")) own_kb += std::stol(line.substr(line.find(':') + 1));
  EXPECT_GT(own_kb, 0);
  EXPECT_LT(own_kb, 10 * 1024);
}

TEST(Batches, of_sixty_megabytes_pass_and_larger_ones_are_told_what_to_do) {
  Drawer drawer;
  auto connector = load(drawer, true, {{"big", "yes"}});
  auto sixty = connector->read("60000000", "", {});
  ASSERT_TRUE(sixty) << to_text(sixty.error().error);
  EXPECT_EQ(sixty->records.at(0).body.size(), 60000000u);
  auto too_large = connector->read("140000000", "", {});
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().error.code, "BATCH_TOO_LARGE");
  EXPECT_EQ(connector->isolation()->restarts, 0u);
}

// The hub is killed without a word: its runners must not stay behind with the agencies' ports.
TEST(HubDeath, takes_the_runners_along) {
  Drawer drawer;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t hub = ::fork();
  if (hub == 0) {
    auto connector = load(drawer, true);
    const int pid = connector ? connector->isolation()->pid : -1;
    (void)!::write(ends[1], &pid, sizeof pid);
    for (;;) ::pause();
  }
  int runner = 0;
  ASSERT_EQ(::read(ends[0], &runner, sizeof runner), static_cast<ssize_t>(sizeof runner));
  ASSERT_GT(runner, 0);
  EXPECT_EQ(::kill(runner, 0), 0);
  ::kill(hub, SIGKILL);
  ::waitpid(hub, nullptr, 0);
  // An orphan's remains are its new parent's to bury: dead is enough.
  EXPECT_TRUE(wait_for(
      [&] { return ::kill(runner, 0) != 0 || status_line(runner, "State").starts_with("Z"); }));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace concord::runner
