// Attacks that try to reach beyond the runner. Each is made twice: in the sandbox, where it must
// fail and be seen, and without, where it must succeed: else the first would show nothing.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "tests/hostile/support.hpp"

namespace concord::hostile {
namespace {

struct Case {
  std::string attack;
  std::string seen;  // how the status begins to tell it; "": it is refused without a word
  bool bare = true;  // without a sandbox it works
  std::string needs = "calls";  // part of the sandbox that refuses it
  Words words = {};
  bool kernel = true;  // the kernel alone refuses it too
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.attack;
}

const Case kCases[] = {
    // what is not its own
    {"read", "open /", true, "files"},
    {"climb", "open /", true, "files"},
    {"climb_by_descriptor", "open /", true, "files"},
    {"climb_by_folder", "open /", true, "files"},
    {"follow_symlink", "open /", true, "files"},
    {"symlink", "", true, "files"},
    {"hardlink", "", true, "files"},
    {"rename_out", "write to /", true, "files"},
    {"write", "write to /", true, "files"},
    {"read_hub_environment", "open /proc", true, "files"},
    {"read_hub_maps", "open /proc", true, "files"},
    {"open_hub_memory", "write to /proc", true, "files"},
    {"open_hub_descriptor", "open /proc", true, "files"},
    {"device", "system call mknod", true},
    {"open_by_handle", "system call open_by_handle_at", true},
    {"make_executable_and_run", "system call execve", true},
    // the hub and other processes
    {"fork", "system call clone", true},
    {"fork_bomb", "system call clone", false},
    {"vfork_by_clone3", "", true},
    {"shell", "system call execve", false},
    {"signal_hub", "system call kill", true},
    {"signal_parent", "system call kill", true},
    {"signal_group", "system call kill", true},
    {"signal_all", "system call kill", true},
    {"signal_thread", "system call kill", true},
    {"signal_by_queue", "system call rt_sigqueueinfo", false},
    {"signal_by_descriptor", "system call signals by a descriptor", true},
    {"ptrace", "system call ptrace", true},
    {"read_hub_memory", "system call process_vm_readv", true},
    {"write_hub_memory", "system call process_vm_writev", true},
    {"take_hub_descriptor", "system call pidfd_open", true},
    {"limit_hub", "", true},
    {"schedule_hub", "", false},
    {"become_root", "system call setresuid", true},
    {"mount", "system call mount", true},
    {"unshare_user", "system call unshare", false},
    {"unshare_network", "system call unshare", true},
    {"change_root", "system call chroot", false},
    {"host_name", "system call sethostname", false},
    {"bpf", "system call bpf", false},
    {"keys", "system call keyctl", false},
    {"io_uring", "system call io_uring_setup", false},
    {"shared_memory", "system call shmget", true},
    {"outlive_hub", "system call prctl", true},
    {"more_descriptors", "", false},
    {"real_time", "", false},
    // other hosts
    {"connect", "connect to 127.0.0.1:", true, "network"},
    {"connect_without_waiting", "connect to 127.0.0.1:", true, "network"},
    {"connect_mapped", "connect to 127.0.0.1:", true, "network"},
    {"connect_exchanged", "connect to 127.0.0.1:", true, "network"},
    {"connect_by_sending", "system call sendto", false},
    {"datagram", "system call sendto", true},
    {"datagram_connected", "connect to 127.0.0.1:", true, "network"},
    {"datagram_by_message", "system call sendmsg", true},
    {"raw_socket", "system call socket", true},
    {"packet_socket", "system call socket", true},
    {"other_protocol", "", false},
    {"listen", "bind to 127.0.0.1:", false, "network"},
    {"listen_anywhere", "listen on", true, "network", {}, false},
    {"local_socket", "", false},
    {"netlink", "", true},
    {"resolve", "", false, "calls", {{"name", "localhost"}}},
    // within its own process
    {"environment", "", false},
    {"open_descriptors", "", false},
    {"dump_core", "", false},
    {"new_privileges", "", true},
    {"allocate_10_gb", "", true},
    {"descriptors", "", false},
    {"threads", "", true, "user"},
};

char secret_of_the_hub[8] = "SYNHUB";

class Hostile : public testing::TestWithParam<Case> {
 protected:
  std::string run(const Loading& loading) {
    Words words = GetParam().words;
    words["attack"] = GetParam().attack;
    words["at"] = std::to_string(reinterpret_cast<uintptr_t>(secret_of_the_hub));
    connector_ = load(target_, words, loading);
    return connector_ ? outcome_of(*connector_) : "not loaded";
  }
  Target target_;
  std::unique_ptr<runtime::Connector> connector_;
};

TEST_P(Hostile, attempt_fails_and_is_seen) {
  const Case& c = GetParam();
  const std::string outcome = run(with_sandbox());
  if (const std::string lacks = kernel_lacks(*connector_, c.needs); !lacks.empty())
    GTEST_SKIP() << "skipped: " << lacks;
  EXPECT_EQ(outcome, "failed");
  EXPECT_EQ(connector_->isolation()->state, "running");
  if (!c.seen.empty() && kernel_lacks(*connector_, "attempts").empty()) {
    EXPECT_TRUE(attempted(*connector_, c.seen)) << testing::PrintToString(attempts(*connector_));
  }
  EXPECT_STREQ(secret_of_the_hub, "SYNHUB");
}

INSTANTIATE_TEST_SUITE_P(Attempts, Hostile, testing::ValuesIn(kCases), [](const auto& given) {
  return given.param.attack;
});

std::vector<Case> cases_where(bool Case::*flag) {
  std::vector<Case> chosen;
  for (const Case& c : kCases)
    if (c.*flag) chosen.push_back(c);
  return chosen;
}

// The hub's own look at paths and addresses must not be all that holds.
class HostileToTheKernel : public Hostile {};

TEST_P(HostileToTheKernel, attempt_fails_where_the_hub_answers_for_nothing) {
  const std::string outcome = run(with_the_kernel_alone());
  if (const std::string lacks = kernel_lacks(*connector_, GetParam().needs); !lacks.empty())
    GTEST_SKIP() << "skipped: " << lacks;
  EXPECT_EQ(outcome, "failed");
}

INSTANTIATE_TEST_SUITE_P(Attempts,
                         HostileToTheKernel,
                         testing::ValuesIn(cases_where(&Case::kernel)),
                         [](const auto& given) { return given.param.attack; });

// Not of those that would harm the machine.
class HostileAtLarge : public Hostile {};

TEST_P(HostileAtLarge, attempt_works_without_the_sandbox) {
  if (::geteuid() != 0) GTEST_SKIP() << "skipped: shown as root alone";
  EXPECT_EQ(run(without_sandbox()), "worked");
  std::memcpy(secret_of_the_hub, "SYNHUB", 7);
}

INSTANTIATE_TEST_SUITE_P(Attempts,
                         HostileAtLarge,
                         testing::ValuesIn(cases_where(&Case::bare)),
                         [](const auto& given) { return given.param.attack; });

// A key or a list that its settings name is exchanged for a newer one, as such files are.
TEST(Honest, file_that_is_named_is_read_anew_after_it_was_exchanged) {
  Target target;
  const std::string key = target.path("key");
  std::ofstream(key) << "old";
  ::chmod(key.c_str(), 0600);
  auto connector =
      load(target, {{"attack", "read"}, {"path", key}, {"named", "yes"}}, with_sandbox());
  ASSERT_TRUE(connector);
  EXPECT_EQ(outcome_of(*connector), "worked");
  if (!kernel_lacks(*connector, "attempts").empty()) GTEST_SKIP() << "skipped: needs the gate";
  std::ofstream(key + ".new") << "new";
  ASSERT_EQ(::rename((key + ".new").c_str(), key.c_str()), 0);
  EXPECT_EQ(outcome_of(*connector), "worked");
  EXPECT_THAT(attempts(*connector), testing::IsEmpty());
}

// What a connector needs for its work, it can do.
class HonestWork : public testing::TestWithParam<std::string> {};

TEST_P(HonestWork, work_is_let_through) {
  Target target;
  auto connector = load(target, {{"attack", GetParam()}}, with_sandbox());
  ASSERT_TRUE(connector);
  EXPECT_EQ(outcome_of(*connector), "worked");
  EXPECT_THAT(connector->isolation()->attempts, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Work,
    HonestWork,
    testing::Values("write_own", "connect_allowed", "connect_by_name", "listen_allowed"),
    [](const auto& given) { return given.param; });

}  // namespace
}  // namespace concord::hostile
