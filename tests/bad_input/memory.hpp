// How much memory something takes at its worst moment.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace concord::bad_input {

constexpr size_t kHuge = 200u << 20;

// A line of /proc/self/status in bytes: VmRSS is what is held, VmHWM the most that was held since
// forget_peak().
inline size_t memory(const std::string& line) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == line) {
      size_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes << 10;
    }
  return 0;
}
inline void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

// Runs it, and tells how much more memory was held at the worst moment than before.
template <class Body>
size_t peak_of(Body&& body) {
  forget_peak();
  const size_t before = memory("VmRSS:");
  EXPECT_LT(memory("VmHWM:"), before + (16u << 20)) << "the peak cannot be measured here";
  body();
#ifdef __SANITIZE_ADDRESS__
  return 0;  // it holds on to what was freed: the peak means nothing
#endif
  return std::max(memory("VmHWM:"), before) - before;  // the kernel counts roughly
}

}  // namespace concord::bad_input
