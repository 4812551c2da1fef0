// What an author does: the ten minutes of the README, the example projects, the template's faults.
#include <gmock/gmock.h>

#include <chrono>
#include <map>
#include <sstream>
#include <thread>

#include "tests/sdk/installed.hpp"

namespace concord::sdk_test {
namespace {

using testing::HasSubstr;

// The commands of the README's first block, as they stand there.
std::vector<std::string> transcript() {
  std::istringstream text(text_of(prefix() + "/share/concord/sdk/README.md"));
  std::vector<std::string> commands;
  bool marked = false, inside = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("<!-- transcript")) marked = true;
    if (marked && line == "```") {
      if (inside) return commands;
      inside = true;
    } else if (inside) {
      commands.push_back(line);
    }
  }
  return commands;
}

TEST(TenMinutes, from_an_empty_folder_to_a_delivered_record_in_ten_commands_or_fewer) {
  const Folder folder;
  auto commands = transcript();
  ASSERT_GE(commands.size(), 5u);
  EXPECT_LE(commands.size(), 10u);
  // Ports that nobody else on this machine uses; the commands stay as they are otherwise.
  const std::string one = std::to_string(free_port()), other = std::to_string(free_port());
  ::setenv("SAMPLE_PORT", one.c_str(), 1);
  ::setenv("OTHER_PORT", other.c_str(), 1);
  ::setenv("CONCORD_ADMIN_PORT", std::to_string(free_port()).c_str(), 1);
  std::vector<std::unique_ptr<Background>> background;
  std::map<std::string, std::string> out;
  for (std::string command : commands) {
    replace(command, "9321", one);
    replace(command, "9322", other);
    if (command.ends_with("&")) {
      background.push_back(std::make_unique<Background>(
          "exec " + command.substr(0, command.size() - 1), folder.path().string()));
      continue;
    }
    // "A moment later": what is asked of the running hub and its systems is asked again for a
    // while.
    const bool later = background.size() == 2;
    Ran ran;
    for (int i = 0; i < 300; ++i) {
      ran = run(command, folder.path().string());
      const bool empty = command.find("notices") != std::string::npos &&
                         ran.out.find("notice ") == std::string::npos;
      if (!later || (ran.code == 0 && !empty && ran.out.find("on their way") != 0)) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_EQ(ran.code, 0) << command << "\n" << ran.out;
    out[command.substr(command.rfind(' ') + 1)] = ran.out;
    if (command.find("connector test") != std::string::npos) {
      EXPECT_THAT(ran.out, HasSubstr(" 0 failed")) << ran.out;
      EXPECT_THAT(ran.out, HasSubstr("passed    write.repeat_after_a_crash")) << ran.out;
    }
  }
  EXPECT_THAT(out["notices"], HasSubstr("notice "));
  EXPECT_THAT(out["ledger"], HasSubstr("balanced"));
}

// Every file of a folder, with its text.
std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), folder).generic_string();
    if (entry.is_regular_file() && !name.starts_with("build/") &&
        !name.starts_with("coalition/data/") && name != ".out")
      out[name] = text_of(entry.path().string());
  }
  return out;
}

TEST(Template, examples_connector_is_what_it_writes) {
  const Folder folder;
  const Ran made = run("concord connector new shelter", folder.path().string());
  ASSERT_EQ(made.code, 0) << made.out;
  const auto written = files_of(folder.path().string() + "/shelter");
  const auto kept = files_of(CONCORD_SOURCE_DIR "/examples/connector");
  for (const auto& [name, text] : written)
    EXPECT_TRUE(kept.contains(name) && kept.at(name) == text)
        << name << " differs: write it again with concord connector new shelter";
  EXPECT_EQ(written.size(), kept.size());
}

TEST(Template, leaves_no_placeholder_whatever_the_name) {
  const Folder folder;
  ASSERT_EQ(run("concord connector new night_shelter2", folder.path().string()).code, 0);
  for (const auto& [name, text] : files_of(folder.path().string() + "/night_shelter2")) {
    for (const char* word : {"@id@", "@Class@", "@title@", "Shelter@"})
      EXPECT_EQ((name + text).find(word), std::string::npos) << name;
  }
  EXPECT_THAT(text_of(folder.path().string() + "/night_shelter2/src/night_shelter2.hpp"),
              HasSubstr("class NightShelter2"));
}

TEST(Template, refuses_what_cannot_be_a_name_and_a_folder_in_use) {
  const Folder folder;
  for (const char* name : {"Shelter", "2shelter", "a-b", "../x", "shelter_", ""}) {
    const Ran refused =
        run("concord connector new \"" + std::string(name) + "\"", folder.path().string());
    EXPECT_EQ(refused.code, 78) << name << refused.out;
  }
  ASSERT_EQ(run("concord connector new shelter", folder.path().string()).code, 0);
  const Ran again = run("concord connector new shelter", folder.path().string());
  EXPECT_EQ(again.code, 78);
  EXPECT_THAT(again.out, HasSubstr("there is something in this folder"));
}

TEST(Example, in_plain_c_is_built_by_make_and_passes_the_kit) {
  const Folder folder;
  fs::copy(CONCORD_SOURCE_DIR "/examples/connector_c",
           folder.path().string(),
           fs::copy_options::recursive);
  fs::remove_all(folder.path().string() + "/build");
  const Ran built = run("make", folder.path().string());
  ASSERT_EQ(built.code, 0) << built.out;
  EXPECT_EQ(built.out.find("warning"), std::string::npos) << built.out;
  const Ran kit = run("make kit", folder.path().string());
  EXPECT_EQ(kit.code, 0) << kit.out;
  EXPECT_THAT(kit.out, HasSubstr(" 0 failed"));
}

TEST(Example, its_ci_script_writes_a_report_that_build_servers_read) {
  const Folder folder;
  ASSERT_EQ(run("concord connector new shelter", folder.path().string()).code, 0);
  const Ran ran = run("shelter/ci", folder.path().string());
  ASSERT_EQ(ran.code, 0) << ran.out;
  const std::string junit = text_of(folder.path().string() + "/shelter/build/kit.xml");
  EXPECT_THAT(junit, HasSubstr("<testsuite name=\"shelter 0.1.0\""));
  EXPECT_THAT(junit, HasSubstr("failures=\"0\""));
  EXPECT_THAT(junit, HasSubstr("<property name=\"seed\""));
}

}  // namespace
}  // namespace concord::sdk_test
