#include "hub/app/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace concord::app {
namespace {

constexpr int64_t kBar = 20;
constexpr std::chrono::milliseconds kBetween{100};
constexpr const char* kClear = "\r\033[K";

}  // namespace

Progress::Progress(std::string what, bool json)
    : what_(std::move(what)), on_(!json && isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  end();
}

void Progress::end() {
  if (!shown_) return;
  shown_ = false;
  std::fputs(kClear, stderr);
}

void Progress::show(int64_t done, int64_t of) {
  const auto now = std::chrono::steady_clock::now();
  if (!on_ || now < next_) return;
  next_ = now + kBetween;
  shown_ = true;
  std::fprintf(stderr, "%s%s", kClear, progress_line(what_, done, of).c_str());
  std::fflush(stderr);
}

std::string progress_line(const std::string& what, int64_t done, int64_t of) {
  std::string line = what + " " + std::to_string(done);
  if (of <= 0) return line;
  const auto full = static_cast<size_t>(std::clamp<int64_t>(done * kBar / of, 0, kBar));
  line += " of " + std::to_string(of) + " [";
  line += std::string(full, '=') + std::string(static_cast<size_t>(kBar) - full, ' ') + "]";
  return line;
}

}  // namespace concord::app
