// Connectors that take their process down, or never come back, or eat what they can. The hub (this
// process) lives, the neighbour notices nothing, the status says what happened, and the next call
// finds a new runner.
#include <gmock/gmock.h>

#include "tests/hostile/support.hpp"

namespace concord::hostile {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct End {
  std::string attack, code, cause;  // code: how it begins
};
void PrintTo(const End& e, std::ostream* out) {
  *out << e.attack;
}

const End kEnds[] = {
    {"segfault", "RUNNER_ENDED", "signal 11 (SIGSEGV)"},
    {"abort", "RUNNER_ENDED", "signal"},
    {"exit", "RUNNER_ENDED", "by itself, with code 0"},
    {"quick_exit", "RUNNER_ENDED", "by itself, with code 3"},
    {"throw", "RUNNER_ENDED", "signal"},
    {"stack_overflow", "RUNNER_ENDED", "signal"},
    {"stack_smash", "RUNNER_ENDED", "signal"},
    {"unload_itself", "RUNNER_ENDED", "signal"},
    {"loop", "CONNECTOR_HUNG", "read did not return"},
    {"sleep", "CONNECTOR_HUNG", "read did not return"},
    {"sleep_with_signals_blocked", "CONNECTOR_HUNG", "read did not return"},
    {"leak", "RUNNER_MEMORY", "more than 256 MB"},
    // the lanes, past the runner's own code
    {"garbage", "RUNNER_PROTOCOL", "the answer to read"},
    {"oversized_length", "RUNNER_PROTOCOL", "the answer to read"},
    {"empty_frame", "RUNNER_PROTOCOL", "the answer to read"},
    {"torn_frame", "CONNECTOR_HUNG", "read did not return"},
    {"false_count", "RUNNER_PROTOCOL", "the answer to read"},
    {"text_beyond_its_frame", "RUNNER_PROTOCOL", "the answer to read"},
    {"bytes_left_over", "RUNNER_PROTOCOL", "the answer to read"},
    {"unknown_kind", "RUNNER_PROTOCOL", "the answer to read"},
    {"failure_without_error", "RUNNER_PROTOCOL", "the answer to read"},
    {"garbage_on_control", "RUNNER_PROTOCOL", "a log line"},
    {"log_beyond_its_frame", "RUNNER_PROTOCOL", "a log line"},
    {"garbage_event", "RUNNER_PROTOCOL", "an event"},
    {"close_all", "RUNNER_", ""},
};

class HostileEnd : public testing::TestWithParam<End> {
 protected:
  void SetUp() override {
    Loading quiet = with_sandbox();
    quiet.system = "neighbour";
    neighbour_ = load(target_, {}, quiet);
    neighbour_pid_ = neighbour_->isolation()->pid;
  }
  void TearDown() override {
    EXPECT_EQ(outcome_of(*neighbour_), "failed");  // it attacks nothing, and answers
    EXPECT_EQ(neighbour_->isolation()->pid, neighbour_pid_);
    EXPECT_EQ(neighbour_->isolation()->restarts, 0u);
  }
  Target target_;
  std::unique_ptr<runtime::Connector> neighbour_;
  int neighbour_pid_ = 0;
};

TEST_P(HostileEnd, is_seen_and_mended) {
  Loading loading = with_sandbox();
  // Long enough for a leak to be noticed before the deadline.
  loading.timeouts.read = GetParam().attack == "leak" ? 20s : 300ms;
  auto connector = load(target_, {{"attack", GetParam().attack}}, loading);
  ASSERT_TRUE(connector);
  const int first = connector->isolation()->pid;
  const auto given = connector->read("syn", "", {});
  ASSERT_FALSE(given);
  EXPECT_THAT(given.error().error.code, StartsWith(GetParam().code));
  EXPECT_EQ(given.error().error.error_class, base::ErrorClass::retry);
  EXPECT_THAT(given.error().error.cause, HasSubstr(GetParam().cause));
  EXPECT_TRUE(connector->check()) << "the next call finds a new runner";
  const auto isolation = connector->isolation();
  EXPECT_NE(isolation->pid, first);
  EXPECT_EQ(isolation->restarts, 1u);
  ASSERT_TRUE(isolation->last_end);
  EXPECT_THAT(isolation->last_end->code, StartsWith(GetParam().code));
}

INSTANTIATE_TEST_SUITE_P(Ends, HostileEnd, testing::ValuesIn(kEnds), [](const auto& given) {
  return given.param.attack;
});

class HostileAnywhere : public testing::TestWithParam<std::string> {};

TEST_P(HostileAnywhere, a_crash_ends_the_runner_alone) {
  Target target;
  Loading loading = with_sandbox();
  auto connector = load(target, {{"attack", "segfault"}, {"in", GetParam()}}, loading);
  ASSERT_TRUE(connector) << "a crash is no error of the coalition's texts";
  if (GetParam() == "check") {
    EXPECT_FALSE(connector->check());
  }
  if (GetParam() == "write") {
    EXPECT_FALSE(connector->write({{false, "k", "t", "k", "", "{}", 1}}));
  }
  EXPECT_TRUE(wait_for([&] { return connector->isolation()->restarts >= 1; }));
  EXPECT_EQ(connector->isolation()->last_end->code, "RUNNER_ENDED");
}

INSTANTIATE_TEST_SUITE_P(Functions,
                         HostileAnywhere,
                         testing::Values("create", "check", "write"),
                         [](const auto& given) { return given.param; });

TEST(HostileQuarantine, five_ends_in_ten_minutes_are_enough_and_somebody_says_when_to_go_on) {
  Target target;
  auto connector = load(target, {{"attack", "segfault"}}, with_sandbox());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome_of(*connector), "RUNNER_ENDED");
  ASSERT_TRUE(wait_for([&] { return connector->isolation()->state == "quarantined"; }));
  const auto refused = connector->read("syn", "", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error().error),
            "hostile: its connector ended 5 times within 10 minutes and is not started again; the "
            "last time: the connector's process is gone: it was ended by signal 11 (SIGSEGV).  "
            "Next: report it to the connector's author; once it is mended: concord connector "
            "release hostile.");
  EXPECT_EQ(connector->isolation()->pid, 0);
  connector->release();
  EXPECT_TRUE(connector->check());
}

TEST(HostileQuarantine, is_never_reached_where_the_coalition_says_so) {
  Target target;
  Loading loading = with_sandbox();
  loading.settings.ends_max = 0;
  auto connector = load(target, {{"attack", "quick_exit"}}, loading);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(outcome_of(*connector), "RUNNER_ENDED");
  EXPECT_TRUE(connector->check());
}

TEST(HostileQuarantine,
     a_connector_that_crashes_while_it_is_made_does_not_keep_the_hub_from_starting) {
  Target target;
  auto connector = load(target, {{"attack", "abort"}, {"in", "create"}}, with_sandbox());
  ASSERT_TRUE(connector);
  EXPECT_TRUE(wait_for([&] { return connector->isolation()->state == "quarantined"; }));
  EXPECT_EQ(connector->check().error().error.code, "RUNNER_QUARANTINED");
}

}  // namespace
}  // namespace concord::hostile
