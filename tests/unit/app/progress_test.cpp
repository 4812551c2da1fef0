#include "hub/app/progress.hpp"

#include <gtest/gtest.h>

namespace concord::app {
namespace {

TEST(Progress, tells_how_far_a_work_is) {
  EXPECT_EQ(progress_line("examples", 0, 300), "examples 0 of 300 [                    ]");
  EXPECT_EQ(progress_line("examples", 150, 300), "examples 150 of 300 [==========          ]");
  EXPECT_EQ(progress_line("examples", 300, 300), "examples 300 of 300 [====================]");
  EXPECT_EQ(progress_line("records read", 12, 0), "records read 12");
  EXPECT_EQ(progress_line("records", 7, 5), "records 7 of 5 [====================]");  // more came
}

TEST(Progress, is_silent_where_stderr_is_no_terminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress("examples", false);
    progress.show(1, 2);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace concord::app
