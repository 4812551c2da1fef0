#include "hub/runtime/crash_window.hpp"

#include <gtest/gtest.h>

namespace concord::runtime {
namespace {

using namespace std::chrono_literals;

TEST(CrashWindow, five_within_ten_minutes_are_too_many) {
  CrashWindow window(5, 10min);
  const CrashWindow::Time start{};
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(window.ended(start + i * 2min));
  EXPECT_TRUE(window.ended(start + 9min));
}

TEST(CrashWindow, what_is_long_ago_does_not_count) {
  CrashWindow window(5, 10min);
  const CrashWindow::Time start{};
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(window.ended(start + i * 3min));
}

TEST(CrashWindow, pauses_grow_and_stay_short_enough_to_be_back_within_a_second) {
  CrashWindow window(0, 10min);
  auto last = 0ms;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(window.ended(CrashWindow::Time{} + i * 1ms)) << "0: never too many";
    EXPECT_GE(window.pause(), last);
    last = window.pause();
  }
  EXPECT_GE(last, 100ms);
  EXPECT_LE(last, 200ms);
}

TEST(CrashWindow, starts_anew_once_it_has_forgotten) {
  CrashWindow window(2, 10min);
  EXPECT_FALSE(window.ended({}));
  window.forget();
  EXPECT_FALSE(window.ended({}));
}

}  // namespace
}  // namespace concord::runtime
