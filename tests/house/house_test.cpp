// The house as it stands, and for each rule a tree that breaks it, so that no check passes by
// looking at nothing.
#include "tests/house/house.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace concord::house {
namespace {

const Tree& real_tree() {
  static const Tree tree = load_tree(CONCORD_SOURCE_DIR);
  return tree;
}

std::string all(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) text += text_of(finding) + '\n';
  return text;
}

void expect_none(const Findings& findings) {
  EXPECT_TRUE(findings.empty()) << '\n' << all(findings);
}

TEST(House, every_include_follows_an_arrow) {
  expect_none(check_arrows(real_tree()));
}
TEST(House, the_top_level_is_what_the_design_says) {
  expect_none(check_layout(real_tree()));
}
TEST(House, no_file_is_too_long) {
  expect_none(check_sizes(real_tree()));
}
TEST(House, no_file_names_a_machine_or_unfinished_work) {
  expect_none(check_words(real_tree()));
}
TEST(House, every_script_stops_at_failure_and_explains_itself) {
  expect_none(check_scripts(real_tree()));
}
TEST(House, is_looked_at_in_full) {
  size_t hub = 0, sdk = 0, plugins = 0;
  for (const File& file : real_tree()) {
    hub += file.path.starts_with("hub/") ? 1 : 0;
    sdk += file.path.starts_with("sdk/") ? 1 : 0;
    plugins += file.path.starts_with("plugins/") ? 1 : 0;
    EXPECT_FALSE(file.path.starts_with("build/")) << file.path;
  }
  EXPECT_GT(hub, 20u);
  EXPECT_GT(sdk, 5u);
  EXPECT_GT(plugins, 5u);
}

// A room's CMakeLists.txt.
File room(const std::string& name, const std::string& uses) {
  return {"hub/" + name + "/CMakeLists.txt",
          "# What it is.\nconcord_room(" + name + "\n  SOURCES a.cpp\n  USES " + uses +
              "\n  LINKS Poco::Net)\n"};
}
File source(const std::string& path, const std::string& include) {
  return {path, "// A comment.\n#include " + include + "\n"};
}

struct Arrow {
  const char* name;
  Tree tree;
  const char* says;  // "" where all is well
};
class HouseArrow : public testing::TestWithParam<Arrow> {};

TEST_P(HouseArrow, is_judged) {
  const std::string says = all(check_arrows(GetParam().tree));
  if (std::string_view(GetParam().says).empty()) {
    EXPECT_EQ(says, "");
  } else {
    EXPECT_THAT(says, testing::HasSubstr(GetParam().says));
  }
}
INSTANTIATE_TEST_SUITE_P(
    Arrows,
    HouseArrow,
    testing::Values(
        Arrow{
            "declared_and_downward",
            {room("decide", "model base"), source("hub/decide/a.cpp", "\"hub/model/record.hpp\"")},
            ""},
        Arrow{"its_own_header",
              {room("decide", "model"), source("hub/decide/a.cpp", "\"hub/decide/a.hpp\"")},
              ""},
        Arrow{"not_declared",
              {room("decide", "model"), source("hub/decide/a.cpp", "\"hub/store/store.hpp\"")},
              "hub/decide/a.cpp:2: decide does not declare that it uses store.  Next: add store to "
              "USES in hub/decide/CMakeLists.txt"},
        Arrow{"declared_only_in_links",
              {{"hub/decide/CMakeLists.txt",
                "concord_room(decide SOURCES base USES model LINKS store)"},
               source("hub/decide/a.cpp", "\"hub/store/store.hpp\"")},
              "decide does not declare that it uses store"},
        Arrow{"a_room_that_declares_nothing",
              {source("hub/decide/a.cpp", "\"hub/model/record.hpp\"")},
              "hub/decide/CMakeLists.txt: room decide is not declared.  Next: say "
              "concord_room(decide SOURCES"},
        Arrow{
            "upward",
            {room("store", "model"), source("hub/store/a.hpp", "\"hub/pipeline/lane.hpp\"")},
            "hub/store/a.hpp:2: store points upward, to pipeline.  Next: what both need belongs in "
            "hub/store or below it"},
        Arrow{"upward_though_declared",
              {room("model", "store")},
              "hub/model/CMakeLists.txt:2: USES: model points upward, to store"},
        Arrow{"a_stage_to_a_stage",
              {room("decide", "model"), source("hub/decide/a.cpp", "\"hub/identify/index.hpp\"")},
              "stage decide includes stage identify.  Next: what both need belongs in hub/model"},
        Arrow{"a_stage_to_a_stage_though_declared",
              {room("deliver", "decide")},
              "USES: stage deliver includes stage decide"},
        Arrow{"a_room_to_app",
              {room("api", "base"), source("hub/api/a.cpp", "\"hub/app/main.hpp\"")},
              "nothing includes app"},
        Arrow{"a_test_to_app",
              {source("tests/unit/api/a_test.cpp", "\"hub/app/main.hpp\"")},
              "nothing includes app"},
        Arrow{"the_test_of_app", {source("tests/unit/app/a_test.cpp", "\"hub/app/main.hpp\"")}, ""},
        Arrow{"the_sdk_without_saying_so",
              {room("decide", "model"), source("hub/decide/a.cpp", "<concord/json.hpp>")},
              "decide does not declare that it uses sdk"},
        Arrow{"an_include_that_hides_its_arrow",
              {room("decide", "model"), source("hub/decide/a.cpp", "\"engine.hpp\"")},
              "write \"hub/decide/…\""},
        Arrow{"a_room_to_a_plugin",
              {room("runtime", "model"), source("hub/runtime/a.cpp", "\"plugins/court/a.hpp\"")},
              "is not a path from the root into hub/"},
        Arrow{"a_plugin_to_the_hub",
              {source("plugins/court/a.cpp", "\"hub/base/json.hpp\"")},
              "plugins/court/a.cpp:2: \"hub/base/json.hpp\" is outside sdk/ and court/.  Next: use "
              "<concord/…>"},
        Arrow{"a_plugin_to_the_hub_in_angles",
              {source("plugins/court/a.cpp", "<hub/base/json.hpp>")},
              "is outside sdk/ and court/"},
        Arrow{"a_plugin_to_another",
              {source("plugins/court/a.cpp", "\"health/hl7.hpp\"")},
              "is outside sdk/ and court/"},
        Arrow{"a_plugin_to_sdk_and_itself",
              {source("plugins/court/a.cpp", "\"court/docket.hpp\""),
               source("plugins/court/b.cpp", "<concord/json.hpp>"),
               source("plugins/court/c.cpp", "<pugixml.hpp>")},
              ""},
        Arrow{"the_example_connector_to_a_plugin",
              {source("examples/connector/a.cpp", "\"court/docket.hpp\"")},
              "is outside sdk/ and examples/connector/"},
        Arrow{"the_example_connector_to_itself",
              {source("examples/connector/src/a.cpp", "\"settings.hpp\"")},
              ""},
        Arrow{"a_simulator_to_the_hub",
              {source("examples/simulators/a.cpp", "\"hub/model/record.hpp\"")},
              "is outside sdk/ and examples/simulators/"},
        Arrow{"the_sdk_to_the_hub",
              {source("sdk/include/concord/a.hpp", "\"hub/base/json.hpp\"")},
              "sdk/include/concord/a.hpp:2: sdk/ includes hub/base/json.hpp"},
        Arrow{"a_room_that_is_not", {room("decide", "modle")}, "there is no room \"modle\""}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(HouseLayout, tells_what_does_not_belong_and_what_is_missing) {
  const std::string says = all(check_layout({{"README.md", ""},
                                             {"notes.txt", ""},
                                             {"src/a.cpp", ""},
                                             {"src/b.cpp", ""},
                                             {"hub/misc/a.cpp", ""},
                                             {".gitignore", ""}}));
  EXPECT_THAT(says, testing::HasSubstr("notes.txt: this does not belong at the top level"));
  EXPECT_THAT(says, testing::HasSubstr("src: this does not belong at the top level"));
  EXPECT_EQ(says.find("src:"), says.rfind("src:")) << "told once";
  EXPECT_THAT(says, testing::HasSubstr("there is no room \"misc\""));
  EXPECT_THAT(says, testing::HasSubstr("LICENSE: this file is missing"));
  EXPECT_THAT(says, testing::Not(testing::HasSubstr("README.md")));
  EXPECT_THAT(says, testing::Not(testing::HasSubstr(".gitignore")));
}

TEST(HouseSizes, four_hundred_lines_are_the_end) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "line\n";
  EXPECT_EQ(all(check_sizes({{"hub/a.cpp", text}})), "");
  EXPECT_THAT(all(check_sizes({{"hub/a.cpp", text + "line\n"}})),
              testing::HasSubstr("hub/a.cpp:401: 401 lines"));
  EXPECT_EQ(all(check_sizes({{"mappings/codes/a.csv", text + "line\n"}})), "");
}

// Put together, so that this file does not say it.
const std::string slash = "/";

TEST(HouseWords, a_path_of_a_machine_is_told) {
  for (const std::string& line : {"cd " + slash + "work/main",
                                  "dir = \"" + slash + "home/kim/x\"",
                                  slash + "root/.ssh",
                                  "see:" + slash + "Users/kim"}) {
    EXPECT_THAT(all(check_words({{"ops/a", "first\n" + line + "\n"}})),
                testing::HasSubstr("ops/a:2: a path of one machine"))
        << line;
  }
  EXPECT_EQ(all(check_words({{"a.md",
                              "https://example.org" + slash + "work" + slash + "x, home" + slash +
                                  "x and " + slash + "homework" + slash + "\n"}})),
            "");
}

TEST(HouseWords, work_left_undone_is_told) {
  EXPECT_THAT(all(check_words({{"hub/a.cpp", std::string("// TO") + "DO: later\n"}})),
              testing::HasSubstr("hub/a.cpp:1: a word for work left undone"));
  EXPECT_EQ(all(check_words({{"hub/a.cpp", "int todos = 0;\n"}})), "");
}

TEST(HouseScripts, that_go_on_after_failure_or_explain_nothing_are_told) {
  const std::string good = "#!/usr/bin/env bash\n# What it does.\nset -euo pipefail\n";
  EXPECT_EQ(all(check_scripts({{"ops/a", good, true}})), "");
  EXPECT_THAT(all(check_scripts({{"ops/a", "#!/usr/bin/env bash\n# What.\n", true}})),
              testing::HasSubstr("goes on after a failure"));
  EXPECT_THAT(all(check_scripts({{".ci/run", "#!/usr/bin/env bash\nset -euo pipefail\n", true}})),
              testing::HasSubstr("explains it"));
  EXPECT_EQ(all(check_scripts({{"ops/a.conf", "x\n", false}})), "");
}

TEST(HouseTree, leaves_out_builds_and_keeps_who_may_be_run) {
  std::string name = testing::TempDir() + "concord-house-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::filesystem::path root = name;
  for (const char* folder : {"build/dev", "hub/base", ".git"}) {
    std::filesystem::create_directories(root / folder);
  }
  for (const char* file :
       {"build/dev/a.cpp", "hub/base/a.cpp", ".git/HEAD", "hub/base/.a.cpp.swp"}) {
    std::ofstream(root / file) << "x\n";
  }
  std::filesystem::permissions(root / "hub/base/a.cpp", std::filesystem::perms::owner_all);
  const Tree tree = load_tree(root);
  ASSERT_EQ(tree.size(), 1u);
  EXPECT_EQ(tree[0].path, "hub/base/a.cpp");
  EXPECT_EQ(tree[0].text, "x\n");
  EXPECT_TRUE(tree[0].executable);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace concord::house
