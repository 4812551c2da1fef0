// For each check a connector with exactly the fault that it is there to find.
#include <gmock/gmock.h>

#include <fstream>

#include "hub/base/sign.hpp"
#include "hub/kit/check.hpp"
#include "hub/runtime/trust.hpp"
#include "hub/store/keys.hpp"
#include "tests/kit/support.hpp"

namespace concord::kit::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kConfig = kSource + "/tests/kit/broken/test.yaml";
const std::string kSample = "KIT_SAMPLE=" + kBuild + "/bin/kit_sample";

// One fault. also: checks that cannot but fail with it; "*": any number of others.
struct Fault {
  std::string check;
  std::string says;  // part of why
  std::set<std::string> also = {};
  // What is changed in the manifest: replaced, by.
  std::pair<std::string, std::string> edit = {};
  std::string variant = {};        // another build of the library
  std::string manifest_name = {};  // another name of the manifest's file
};

std::ostream& operator<<(std::ostream& out, const Fault& fault) {
  return out << fault.check;
}

// Which checks are run beside the one that must fail: those of its group ("read."), which are the
// ones that it could trip. CONCORD_KIT_WHOLE=1: all of them, which takes some minutes.
std::string beside(const Fault& fault) {
  if (std::getenv("CONCORD_KIT_WHOLE") != nullptr) return "";
  return "--check " + fault.check.substr(0, fault.check.find('.') + 1);
}

// A copy of the connector with that edit, stamped again.
std::string prepared(const Fault& fault, const Folder& folder) {
  const std::string built = kBuild + "/connectors/broken";
  auto manifest = base::read_file(built + "/broken.connector.json", 1u << 20);
  EXPECT_TRUE(manifest);
  std::string text = *manifest;
  if (!fault.variant.empty()) {
    const auto sha = [](const std::string& file) {
      return base::sha256_hex(*base::read_file(file, 256u << 20));
    };
    const std::string other = kBuild + "/connectors/" + fault.variant + "/broken.so";
    const std::string before = sha(built + "/broken.so");
    text.replace(text.find(before), before.size(), sha(other));
    fs::copy_file(other, folder.path().string() + "/broken.so");
  } else {
    fs::copy_file(built + "/broken.so", folder.path().string() + "/broken.so");
  }
  if (!fault.edit.first.empty()) {
    const size_t at = text.find(fault.edit.first);
    EXPECT_NE(at, std::string::npos) << fault.edit.first;
    if (at != std::string::npos) text.replace(at, fault.edit.first.size(), fault.edit.second);
  }
  const std::string name =
      fault.manifest_name.empty() ? "broken.connector.json" : fault.manifest_name;
  std::ofstream(folder.path().string() + "/" + name) << text;
  return folder.path().string();
}

// The coalition of a hub that has run before, so that it has a key to sign with.
std::string coalition_in(const Folder& folder) {
  for (const char* part : {"/data", "/systems"})
    fs::create_directories(folder.path().string() + part);
  auto keys = store::Keys::open(folder.path().string() + "/data", true);
  EXPECT_TRUE(keys && keys->make_audit_secret(folder.path().string() + "/data"));
  for (const auto& [name, text] : std::map<std::string, std::string>{
           {"concord.yaml", "name: SYN County\ncoordinator: syn\nzone: Etc/UTC\ndata: data\n"},
           {"agencies.yaml", "agencies: [{id: syn, name: SYN Agency, capacities: [cwa]}]\n"},
           {"systems/syn.yaml", "agency: syn\nconnector: broken\nconfig: {}\n"}})
    EXPECT_TRUE(base::write_file(folder.path().string() + "/" + name, text));
  return folder.path().string();
}

TEST(Kit, a_sound_connector_passes_every_check_and_the_hub_signs_that) {
  const Folder folder;
  const Folder hub;
  fs::copy(kBuild + "/connectors/broken", folder.path().string(), fs::copy_options::recursive);
  const Findings findings = run_kit(folder.path().string(),
                                    kConfig,
                                    kSample + " CONCORD_COALITION=" + coalition_in(hub),
                                    "--sign");
  EXPECT_EQ(failures(findings), "");
  auto manifest = runtime::read_manifest(folder.path().string() + "/broken.connector.json");
  auto keys = store::Keys::open(hub.path().string() + "/data", false);
  ASSERT_TRUE(manifest && keys);
  const model::Publisher tester{"Staging", base::public_key_of(keys->audit_secret())};
  auto vouched = runtime::voucher(*manifest, {{}, {"broken"}, {tester}, {}});
  ASSERT_TRUE(vouched) << vouched.error().cause;
  EXPECT_THAT(*vouched, HasSubstr("tested by Staging"));
  EXPECT_THAT(names(findings, "left out"), IsEmpty()) << "test.yaml provides for all of them";
  EXPECT_GE(findings.size(), 60u);
  EXPECT_EQ(findings.size(), all_checks().size());
}

class BrokenConnector : public testing::TestWithParam<Fault> {};
TEST_P(BrokenConnector, fails_its_check_and_no_other) {
  const Fault& fault = GetParam();
  const Folder folder;
  const Findings findings = run_kit(
      prepared(fault, folder), kConfig, kSample + " CONCORD_BREAK=" + fault.check, beside(fault));
  ASSERT_TRUE(findings.contains(fault.check));
  EXPECT_EQ(findings.at(fault.check).verdict, "failed") << findings.at(fault.check).why;
  EXPECT_THAT(findings.at(fault.check).why, HasSubstr(fault.says));
  auto others = names(findings, "failed");
  others.erase(fault.check);
  if (fault.also.contains("*")) return;
  EXPECT_EQ(others, fault.also) << failures(findings);
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all{
      {.check = "manifest.matches_its_schema",
       .says = "security_posture",
       .edit = {"security_posture", "posture"}},
      {.check = "manifest.names_its_file",
       .says = "is called other",
       .manifest_name = "other.connector.json"},
      {.check = "manifest.hash",
       .says = "sha256",
       .edit = {"\"sha256\": \"",
                "\"sha256\": \"0000000000000000000000000000000000000000000000000000000000000000\", "
                "\"was\": \""}},
      {.check = "manifest.abi_range",
       .says = "1.2",
       .edit = {"\"min\": 1000, \"max\": 1001", "\"min\": 1002, \"max\": 1003"}},
      {.check = "library.exports_the_entry",
       .says = "does not export",
       .also = {"*"},
       .variant = "without_entry"},
      {.check = "library.exports_nothing_else", .says = "besides the entry", .variant = "exports"},
      {.check = "library.resolves",
       .says = "nowhere_to_be_found",
       .also = {"*"},
       .variant = "unresolved"},
      {.check = "schema.is_draft7",
       .says = "odd",
       .edit = {"\"properties\":{", "\"properties\":{\"odd\":{\"description\":\"no type\"},"}},
      {.check = "schema.is_closed",
       .says = "any key",
       .edit = {"\"additionalProperties\":false", "\"additionalProperties\":true"}},
      {.check = "schema.addresses_are_marked",
       .says = "config.folder",
       .edit = {"\"x-access\":\"write\",", ""}},
      {.check = "schema.secrets_are_marked",
       .says = "config.token",
       .edit = {"\"x-secret\":true,", ""}},
      {.check = "schema.accepts_test_settings",
       .says = "port",
       .edit = {"\"maximum\":65535", "\"maximum\":10"}},
      {.check = "capabilities.are_offered", .says = "destroy is missing"},
      {.check = "capabilities.are_all",
       .says = "does not say write",
       .edit = {"\"read\", \"write\", \"listen\"],\n  \"honours\": [\"notice_part2\", "
                "\"destroy_by\"]",
                "\"read\", \"listen\"]"}},
      {.check = "settings.required_missing", .says = "without token succeeded"},
      {.check = "settings.wrong_type", .says = "class retry"},
      {.check = "settings.no_json", .says = "succeeded"},
      {.check = "settings.deep", .says = "crashed"},
      {.check = "settings.unknown_key", .says = "unknown setting"},
      {.check = "settings.defaults_are_true", .says = "page_size"},
      {.check = "settings.need_no_connection", .says = "while the system is down"},
      {.check = "instance.two_side_by_side", .says = "second instance"},
      {.check = "instance.after_refusals", .says = "creating an instance"},
      {.check = "check.answers", .says = "check failed", .also = {"*"}},
      {.check = "check.wrong_credentials", .says = "must be auth"},
      {.check = "check.system_down", .says = "must be retry"},
      {.check = "check.changes_nothing", .says = "changed what the system holds"},
      {.check = "describe.is_valid", .says = "key"},
      {.check = "describe.fits_capabilities", .says = "no type that is written"},
      {.check = "describe.needs_no_connection", .says = "while the system is down"},
      {.check = "describe.is_the_same_each_time", .says = "second time"},
      {.check = "describe.matches_what_is_read", .says = "person.age is a text"},
      {.check = "read.unknown_type", .says = "succeeded"},
      {.check = "read.first", .says = "no record of any type", .also = {"*"}},
      {.check = "read.gives_all", .says = "1 of the 12 keys"},
      {.check = "read.none_twice", .says = "twice"},
      {.check = "read.keeps_the_limit", .says = "at most 7"},
      {.check = "read.page_boundaries", .says = "another order"},
      {.check = "read.second_run_brings_nothing", .says = "second run"},
      {.check = "read.checkpoint_rests", .says = "checkpoint of \"person\""},
      {.check = "read.resumes_at_each_checkpoint",
       .says = "1 records of \"person\" are never read"},
      {.check = "read.resumes_without_starting_over", .says = "checkpoint is not used"},
      {.check = "read.killed_mid_batch", .says = "does not read 2 records"},
      {.check = "read.foreign_checkpoint", .says = "succeeded"},
      {.check = "read.future_checkpoint", .says = "class fatal"},
      {.check = "read.change_is_seen", .says = "new version"},
      {.check = "read.deletion_is_seen", .says = "does not tell"},
      {.check = "read.changes_nothing", .says = "changes the source"},
      {.check = "read.repeats", .says = "another body"},
      {.check = "record.is_complete", .says = "origin"},
      {.check = "record.body_is_an_object", .says = "key appears twice"},
      {.check = "record.time_is_microseconds", .says = "not in seconds"},
      {.check = "record.body_limit", .says = "1 of 12 records"},
      {.check = "record.10_mb", .says = "10 MB"},
      {.check = "record.invalid_utf8", .says = "without a word"},
      {.check = "record.malformed", .says = "without a word"},
      {.check = "record.empty_is_not_absent", .says = "absent in the record"},
      {.check = "record.time_zones", .says = "18000 s"},
      {.check = "ack.prunes_only_what_was_committed", .says = "behind it are gone"},
      {.check = "ack.may_be_repeated", .says = "ack 2"},
      {.check = "ack.of_an_older_checkpoint", .says = "older checkpoint"},
      {.check = "ack.then_nothing_comes_again", .says = "come again"},
      {.check = "ack.foreign_checkpoint", .says = "nothing is left"},
      {.check = "write.accepts", .says = "document 5"},
      {.check = "write.arrives", .says = "document 3"},
      {.check = "write.repeat_has_no_second_effect", .says = "second effect"},
      {.check = "write.repeat_after_a_crash", .says = "second effect"},
      {.check = "write.newer_version_replaces", .says = "holds another"},
      {.check = "write.older_version_is_stale", .says = "overwrote"},
      {.check = "write.withdraws", .says = "still holds"},
      {.check = "write.withdraws_unknown", .says = "never written"},
      {.check = "write.partial_failure_by_index", .says = "document 1 is refused for it"},
      {.check = "write.unknown_type", .says = "told as durable"},
      {.check = "write.odd_bodies", .says = "class config"},
      {.check = "write.odd_keys", .says = "class config"},
      {.check = "write.empty_batch", .says = "no document"},
      {.check = "write.hundred", .says = "50 outcomes for 100"},
      {.check = "write.honours", .says = "honours destroy_by"},
      {.check = "write.system_down", .says = "told as durable"},
      {.check = "listen.ends_when_cancelled", .says = "2 s are allowed"},
      {.check = "listen.opens_its_port_only_then", .says = "before listen"},
      {.check = "listen.begins_again", .says = "listen number 2"},
      {.check = "listen.beside_others", .says = "beside listen"},
      {.check = "listen.takes_in", .says = "not acknowledged"},
      {.check = "listen.not_kept_not_acknowledged", .says = "could not keep"},
      {.check = "error.retry", .says = "write after fail_retry"},
      {.check = "error.auth", .says = "read after fail_auth"},
      {.check = "error.config", .says = "read after fail_config"},
      {.check = "error.rate_limited", .says = "write after fail_rate_limited"},
      {.check = "error.retry_after_is_kept", .says = "when to come again"},
      {.check = "error.recovers", .says = "was healed"},
      {.check = "error.loses_nothing", .says = "was lost"},
      {.check = "error.is_complete", .says = "what to do"},
      {.check = "error.no_secret", .says = "a secret of the settings stands in an error of check"},
      {.check = "error.no_content", .says = "from a record stands in an error of reject"},
      {.check = "log.events_are_short", .says = "noun.verb"},
      {.check = "log.prints_nothing", .says = "stdout or stderr"},
      {.check = "abi.breaks_no_rule", .says = "filled in class"},
      {.check = "deadline.is_kept", .says = "check returned after"},
      {.check = "deadline.cancel_is_heard", .says = "cancelled after 200 ms"},
      {.check = "deadline.cancelled_before_it_began", .says = "class fatal"},
      {.check = "deadline.then_it_goes_on", .says = "answers again"},
      {.check = "process.threads_are_stable", .says = "threads after 100 calls"},
      {.check = "process.descriptors_are_stable", .says = "descriptors after 100 calls"},
      {.check = "process.memory_is_stable", .says = "memory grew"},
      {.check = "process.instances_leave_nothing", .says = "descriptors are left over"},
      {.check = "process.signal_handlers", .says = "signal handler"},
      {.check = "process.umask", .says = "umask"},
      {.check = "process.working_folder", .says = "working folder"},
      {.check = "process.locale", .says = "locale"},
      {.check = "process.environment", .says = "environment"},
      {.check = "process.leaves_no_child", .says = "still there"},
      {.check = "process.writes_only_its_own", .says = "/stray"},
      {.check = "thread.calls_may_overlap", .says = "overlapped"},
      {.check = "thread.instances_in_parallel", .says = "of 20 instances"},
      {.check = "thread.any_thread", .says = "crashed"},
      {.check = "abi.newer_host_minor", .says = "ABI_MISMATCH"},
      {.check = "abi.newer_host_major", .says = "succeeded"},
      {.check = "abi.older_host", .says = "succeeded"},
      {.check = "abi.larger_connector", .says = "beyond its end"},
      {.check = "abi.smaller_connector", .says = "without its last member"},
      {.check = "abi.smaller_error", .says = "without its last member"},
      {.check = "abi.larger_structs", .says = "beyond its end"},
      {.check = "abi.smaller_batch", .says = "without its last member"},
      {.check = "abi.longer_deliveries", .says = ""},
      {.check = "abi.without_log_and_cancelled", .says = "crashed"},
      {.check = "abi.without_error", .says = "crashed"},
      {.check = "abi.error_texts_live", .says = "another thread"},
      {.check = "abi.batches_live", .says = "changed by later reads"},
  };
  return all;
}

INSTANTIATE_TEST_SUITE_P(Each, BrokenConnector, testing::ValuesIn(faults()), [](const auto& one) {
  std::string name = one.param.check;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST(Kit, every_check_has_a_connector_that_it_catches) {
  std::set<std::string> caught;
  for (const Fault& fault : faults()) caught.insert(fault.check);
  for (const Check& check : all_checks())
    EXPECT_TRUE(caught.contains(check.name)) << check.name << " could pass by being empty";
}

}  // namespace
}  // namespace concord::kit::test
