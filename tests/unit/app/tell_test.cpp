#include "hub/app/tell.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace concord::app {
namespace {

TEST(Tell, exit_codes_follow_the_class_of_the_error) {
  EXPECT_EQ(exit_code_of(base::config_error("X", "", "", "")), 78);
  EXPECT_EQ(exit_code_of(base::bad_record("X", "", "", "")), 65);
  EXPECT_EQ(exit_code_of(base::retry_error("X", "", "", "")), 75);
  EXPECT_EQ(exit_code_of(base::fatal_error("X", "", "", "")), 70);
  EXPECT_EQ(exit_code_of({base::ErrorClass::auth, "X", "", "", ""}), 77);
  EXPECT_EQ(exit_code_of(base::config_error("HUB_NOT_RUNNING", "", "", "")), 69);
}

TEST(Tell, paths_below_the_current_folder_are_shown_from_there) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(shown(base::config_error("X", here + "/a.yaml:3", "seen in " + here + "/b", "mend it")),
            "a.yaml:3: seen in b.  Next: mend it.");
}

TEST(Tell, errors_as_json_have_all_their_parts) {
  EXPECT_EQ(errors_json({base::config_error("X", "a:1", "the \"b\"", "c")}),
            R"([{"code":"X","class":"config","place":"a:1","cause":"the \"b\"","next":"c"}])");
}

}  // namespace
}  // namespace concord::app
