// How systems say where their connectors run, and what these may reach.
#include <gtest/gtest.h>

#include "hub/app/coalition.hpp"
#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

class Runners : public ::testing::Test {
 protected:
  Runners() { a_coalition(folder); }
  model::System system_with(const std::string& lines) {
    folder.with(
        "systems/cwa.yaml",
        "agency: dcf\nconnector: cms\nzone: America/New_York\nconfig: {folder: x}\n" + lines);
    auto loaded = load_coalition(folder.path(), {}, environment());
    EXPECT_TRUE(loaded.ok()) << faults(loaded.error(), folder);
    return *loaded->system(model::SystemId("cwa"));
  }
  Folder folder;
};

TEST_F(Runners, hold_every_connector_unless_its_system_says_otherwise) {
  EXPECT_EQ(system_with("").runs, model::Runs::isolated);
  EXPECT_EQ(system_with("runs: isolated\n").runs, model::Runs::isolated);
  EXPECT_EQ(system_with("runs: in_process\n").runs, model::Runs::in_process);
}

TEST_F(Runners, may_be_allowed_more_than_the_settings_name) {
  const model::System system = system_with(
      "allows: {connect: [\"db.example:1433\"], read: /opt/driver, write: [/srv/drop]}\n");
  EXPECT_EQ(system.allows.connect, std::vector<std::string>{"db.example:1433"});
  EXPECT_EQ(system.allows.read, std::vector<std::string>{"/opt/driver"});
  EXPECT_EQ(system.allows.write, std::vector<std::string>{"/srv/drop"});
}

TEST_F(Runners, are_checked_before_anything_runs) {
  folder.with("systems/cwa.yaml",
              "agency: dcf\nconnector: cms\nzone: America/New_York\nconfig: {folder: x}\n"
              "runs: isolatd\nallows:\n  connect: [db.example]\n  read: drop\n  wrte: /srv\n");
  EXPECT_EQ(
      faults(folder),
      R"(CONFIG_VALUE systems/cwa.yaml:5: system runs: there is no "isolatd".  Next: did you mean "isolated"?
CONFIG_VALUE systems/cwa.yaml:7: list of what is allowed connect: "db.example" is no address.  Next: write it as host.example:443.
CONFIG_VALUE systems/cwa.yaml:8: list of what is allowed read: "drop" is no whole path.  Next: begin it with /.
CONFIG_UNKNOWN_KEY systems/cwa.yaml:9: list of what is allowed has no key "wrte".  Next: did you mean "write"?
)");
}

}  // namespace
}  // namespace concord::app
