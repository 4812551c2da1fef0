// What a connector says and does to its own process that must not reach the hub's.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <filesystem>
#include <fstream>

#include "tests/hostile/support.hpp"

namespace concord::hostile {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HostileManners, locale_umask_and_signal_handlers_stay_the_hubs_own) {
  const mode_t mask = ::umask(022);
  ::umask(mask);
  const std::string locale = ::setlocale(LC_ALL, nullptr);
  Target target;
  auto connector = load(target, {{"attack", "locale_umask_signals"}}, with_sandbox());
  EXPECT_EQ(outcome_of(*connector), "worked");
  const mode_t mask_after = ::umask(mask);
  EXPECT_EQ(mask_after, mask);
  EXPECT_EQ(::setlocale(LC_ALL, nullptr), locale);
  struct sigaction now {};
  ::sigaction(SIGTERM, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST(HostileManners, what_it_prints_is_in_nobodys_log) {
  Target target;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  auto connector = load(target, {{"attack", "print"}}, with_sandbox());
  const std::string outcome = outcome_of(*connector);
  connector.reset();
  EXPECT_THAT(testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr(),
              Not(HasSubstr("SYN-PRINTED")));
  EXPECT_EQ(outcome, "worked");
}

TEST(HostileManners, a_log_line_cannot_be_two_and_a_flood_is_cut) {
  Target target;
  testing::internal::CaptureStderr();
  auto connector =
      load(target,
           {{"attack", "log_flood"}, {"say", "a.b\"}\n{\"event\":\"hub.stopped\"}\x1b[2J"}},
           with_sandbox());
  EXPECT_TRUE(connector->check());
  const std::string outcome = outcome_of(*connector);
  connector.reset();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome, "worked");
  EXPECT_THAT(log, HasSubstr("connector.said"));
  EXPECT_THAT(log, Not(HasSubstr("\n{\"event\":\"hub.stopped\"")));
  EXPECT_THAT(log, Not(HasSubstr("\x1b")));
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 3000);  // of 20 000
}

TEST(HostileManners, its_errors_are_single_lines_without_control_characters) {
  Target target;
  auto connector = load(target, {{"error", "a\nb\x1b[31m"}}, with_sandbox());
  const auto given = connector->read("syn", "", {});
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().error.code, "BAD_CODE");
  EXPECT_EQ(given.error().error.cause, "a b [31m?");
}

TEST(HostileManners, a_record_is_of_the_system_that_gave_it_whatever_its_key) {
  Target target;
  auto connector = load(target, {{"key", "court/SYN-CP-1"}}, with_sandbox());
  auto batch = connector->read("court.party", "", {});
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->records.at(0).system.value, "hostile");
}

TEST(HostileManners, a_checkpoint_of_megabytes_is_not_taken) {
  Target target;
  auto small = load(target, {{"checkpoint", std::string(1000, 'x')}}, with_sandbox());
  EXPECT_TRUE(small->read("syn", "", {}));
  auto large = load(target, {{"checkpoint", std::string(2u << 20, 'x')}}, with_sandbox());
  EXPECT_EQ(outcome_of(*large), "RUNNER_PROTOCOL");
}

TEST(HostileManners, a_body_that_nests_deeply_is_a_text_like_any_other) {
  Target target;
  auto connector = load(target, {{"nested", "100000"}}, with_sandbox());
  EXPECT_EQ(outcome_of(*connector), "unreadable");
}

TEST(HostileManners, an_answer_before_its_question_ends_the_runner) {
  Target target;
  auto connector = load(target, {{"attack", "answer_twice"}}, with_sandbox());
  EXPECT_EQ(outcome_of(*connector), "0 records");
  EXPECT_EQ(outcome_of(*connector), "RUNNER_PROTOCOL");
}

TEST(HostileManners, more_outcomes_than_deliveries_are_no_outcomes) {
  Target target;
  auto connector = load(target, {{"more", "3"}}, with_sandbox());
  EXPECT_EQ(connector->write({{false, "k", "t", "k", "", "{}", 1}}).error().error.code,
            "OUTCOMES_COUNT");
}

// Static constructors run at load, and the sandbox is there by then.
TEST(HostileManifest, a_constructor_finds_the_door_shut) {
  Target target;
  Loading loading = with_sandbox();
  loading.library = "hostile_constructor";
  auto shut = load(target, {{"attack", "constructor"}}, loading);
  EXPECT_EQ(outcome_of(*shut), "failed");
  EXPECT_TRUE(attempted(*shut, "open /etc"));
  EXPECT_FALSE(std::filesystem::exists("/etc/concord-was-here"));
  if (::geteuid() != 0) return;
  loading.settings.sandbox = false;
  EXPECT_EQ(outcome_of(*load(target, {{"attack", "constructor"}}, loading)), "worked");
}

TEST(HostileManifest, a_library_that_is_not_the_manifests_is_never_opened) {
  runtime::Manifest lies = manifest();
  lies.sha256 = std::string(64, '0');
  auto loaded = runtime::load_isolated(
      lies, model::SystemId("hostile"), "{}", {}, {}, with_sandbox().settings);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "LIBRARY_HASH");
}

TEST(HostileManifest, a_library_elsewhere_is_refused_as_the_manifest_is_read) {
  Target target;
  std::ofstream(target.path("x.connector.json"))
      << R"({"id":"x","version":"1","abi":{"min":1000,"max":1000},"library":"../own/x.so",)"
      << R"("sha256":"00","capabilities":["read"],"config_schema":{}})";
  auto read = runtime::read_manifest(target.path("x.connector.json"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "MANIFEST_INVALID");
}

TEST(HostileManifest, what_it_claims_and_does_not_offer_is_an_error_of_the_call) {
  Target target;
  auto connector = load(target, {{"offers_nothing", ""}}, with_sandbox());
  EXPECT_EQ(outcome_of(*connector), "NOT_OFFERED");
}

TEST(HostileManifest, an_abi_from_the_future_is_refused) {
  runtime::Manifest future = manifest();
  future.abi_min = future.abi_max = 9000;
  auto loaded = runtime::load_isolated(
      future, model::SystemId("hostile"), "{}", {}, {}, with_sandbox().settings);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "ABI_MISMATCH");
}

}  // namespace
}  // namespace concord::hostile
