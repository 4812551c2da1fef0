// The system on the other side during one check: started by the parent, spoken to by the check.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "hub/kit/plan.hpp"

namespace concord::kit {

struct Answer {
  int exit_code = 0;
  std::string out;
};

// Runs a shell command in a folder and waits for it; out holds at most a megabyte.
Answer run_command(const std::string& command, const std::string& folder);

// A port of this machine that nobody listens on now.
uint16_t free_port();

// A program of its own process group, ended with all that it started when this goes.
class SampleSystem {
 public:
  // Starts the plan's system, its output into folder/system.out. Does not wait until it is ready.
  SampleSystem(const Plan& plan, const Words& words);
  SampleSystem(const SampleSystem&) = delete;
  SampleSystem& operator=(const SampleSystem&) = delete;
  ~SampleSystem();
  [[nodiscard]] pid_t group() const { return group_; }

 private:
  pid_t group_ = -1;
};

// Until the ready file is there, or the port answers. Why it is not, or nothing: it is.
std::string wait_until_ready(const Plan& plan,
                             const Words& words,
                             pid_t group,
                             std::chrono::milliseconds patience);
// Ends it, and waits until its port refuses.
void take_down(pid_t group, const Words& words);

}  // namespace concord::kit
