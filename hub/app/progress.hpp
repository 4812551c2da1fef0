// A line on a terminal that tells how far a long work is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace concord::app {

// On stderr, where that is a terminal and nobody asked for JSON; silent elsewhere. The line is
// rewritten at most ten times a second, and gone once the work has ended.
class Progress {
 public:
  // what: "examples"; shown as "examples 120 of 300 [========            ]".
  Progress(std::string what, bool json);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // of: 0 where nobody knows how much there is.
  void show(int64_t done, int64_t of = 0);
  // Takes the line away, before something else is told.
  void end();

 private:
  std::string what_;
  bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

// The line itself.
std::string progress_line(const std::string& what, int64_t done, int64_t of);

}  // namespace concord::app
