// An operator's day with versions of a connector: signed, installed, upgraded while the hub runs,
// and put back when the new one fails.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/sdk/installed.hpp"

namespace concord::sdk_test {
namespace {

using testing::HasSubstr;

class Upgrade : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("SAMPLE_PORT", one.c_str(), 1);
    ::setenv("OTHER_PORT", other.c_str(), 1);
    ::setenv("CONCORD_ADMIN_PORT", std::to_string(free_port()).c_str(), 1);
    good("concord connector new shelter");
    good("cmake -S shelter -B shelter/build");
    good("cmake --build shelter/build --parallel 2 --target shelter_connector sample_system");
    good("concord connector key publisher.key");
    const std::string key = public_key();
    change("shelter/coalition/concord.yaml",
           "${env:CONCORD_CONNECTORS:-../build/connectors}",
           "connectors");
    change("shelter/coalition/concord.yaml",
           "unsigned: [shelter]",
           "publishers: [{name: Example Publisher, key: \"" + key + "\"}]");
    fs::create_directories(folder.path().string() + "/shelter/coalition/connectors");
  }
  Ran concord(const std::string& words) {
    return run("concord -C shelter/coalition " + words, folder.path().string());
  }
  std::string good(const std::string& command) {
    const Ran ran = run(command, folder.path().string());
    EXPECT_EQ(ran.code, 0) << command << "\n" << ran.out;
    return ran.out;
  }
  std::string public_key() {
    const std::string said =
        good("concord connector sign shelter/build/connectors/shelter --key publisher.key");
    const std::string line =
        text_of(folder.path().string() + "/shelter/build/connectors/shelter/shelter.connector.sig");
    const size_t at = line.find("\"key\":\"") + 7;
    return line.substr(at, line.find('"', at) - at);
  }
  void change(const std::string& file, const std::string& what, const std::string& with) {
    std::string text = text_of(folder.path().string() + "/" + file);
    ASSERT_NE(text.find(what), std::string::npos) << file << ": " << what;
    replace(text, what, with);
    std::ofstream(folder.path().string() + "/" + file) << text;
  }
  // What is built now, as this version: signed, and installed.
  void publish(const std::string& version) {
    const std::string package = "packages/" + version;
    good("mkdir -p packages && cp -r shelter/build/connectors/shelter " + package);
    change(package + "/shelter.connector.json",
           "\"version\": \"0.1.0\"",
           "\"version\": \"" + version + "\"");
    good("concord connector sign " + package + " --key publisher.key");
    const Ran installed = concord("connector install " + package);
    ASSERT_EQ(installed.code, 0) << installed.out;
  }
  std::string current() {
    return text_of(folder.path().string() + "/shelter/coalition/connectors/shelter/current");
  }
  // Until it holds, for a while.
  bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 300; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(100)))
      if (holds()) return true;
    return false;
  }

  const Folder folder;
  const std::string one = std::to_string(free_port()), other = std::to_string(free_port());
};

TEST_F(Upgrade, goes_on_at_the_checkpoint_and_falls_back_when_the_first_run_fails) {
  publish("0.1.0");
  const Background systems("exec shelter/build/sample_system serve " + one + " " + other,
                           folder.path().string());
  const Background hub("exec concord -C shelter/coalition serve", folder.path().string());
  ASSERT_TRUE(soon([&] { return concord("run welfare.people --wait").code == 0; }));
  ASSERT_EQ(concord("run welfare.placements --wait").code, 0);

  publish("0.2.0");
  EXPECT_THAT(concord("connector list").out, HasSubstr("no system runs it"));
  const Ran upgraded = concord("connector upgrade shelter");
  EXPECT_EQ(upgraded.code, 0) << upgraded.out;
  EXPECT_THAT(upgraded.out, HasSubstr("0.1.0 → 0.2.0, tried and in force"));
  // At its checkpoint: what was read is not read again.
  EXPECT_THAT(concord("run welfare.placements --wait").out, HasSubstr("0 records read"));

  // A version that dies at its first read.
  change("shelter/src/shelter.cpp",
         "  auto at = position(type, checkpoint);\n  if (!at) return std::move(at).error();\n  "
         "const std::string feed",
         "  std::abort();\n  auto at = position(type, checkpoint);\n  const std::string feed");
  good("cmake --build shelter/build --target shelter_connector");
  publish("0.3.0");
  const Ran failed = concord("connector upgrade shelter");
  EXPECT_NE(failed.code, 0) << failed.out;
  EXPECT_THAT(failed.out, HasSubstr("shelter 0.3.0 failed; 0.2.0 runs again, at its checkpoints"));
  EXPECT_EQ(current(), "0.2.0\n");
  EXPECT_EQ(concord("run welfare.placements --wait").code, 0);

  // Nothing was lost on the way, and what runs cannot be taken away.
  EXPECT_TRUE(soon([&] { return concord("ledger").code == 0; })) << concord("ledger").out;
  EXPECT_TRUE(soon([&] {
    return good("shelter/build/sample_system tell " + other + " notices").find("notice ") == 0;
  }));
  EXPECT_NE(concord("connector remove shelter@0.2.0").code, 0);
  EXPECT_EQ(concord("connector remove shelter@0.3.0").code, 0);

  // Other changes of the folder would come into force with an upgrade, and be undone by nobody.
  change("shelter/coalition/flows.yaml", "every: 1m", "every: 2m");
  const Ran refused = concord("connector upgrade shelter --to 0.1.0");
  EXPECT_EQ(refused.code, 78) << refused.out;
  EXPECT_THAT(refused.out, HasSubstr("concord apply, then upgrade"));
  EXPECT_EQ(current(), "0.2.0\n");
}

}  // namespace
}  // namespace concord::sdk_test
