// What is known of a system's runner, for those who look after it; and what they set for runners.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/base/time.hpp"

namespace concord::runtime {

// Something that a connector tried and its sandbox refused.
struct Attempt {
  std::string what;  // "connect to 203.0.113.7:443", "system call ptrace"
  uint64_t count = 0;
  base::Instant last;
};

// One part of the sandbox: what holds, and by which means of this machine's kernel.
struct Means {
  std::string part;   // user, files, calls, network, processes, attempts, memory
  std::string brief;  // "Landlock ABI 7"
  std::string by;     // the same in a sentence
  bool in_force = true;
};

struct Isolation {
  std::string state;  // starting, running, restarting, quarantined
  int pid = 0;        // 0: none now
  uint64_t restarts = 0;
  std::optional<base::Error> last_end;  // why the last one ended
  std::optional<base::Instant> last_end_at;
  std::vector<Means> means;
  std::vector<Attempt> attempts;
};

struct RunnerSettings {
  std::string binary;  // concord-runner
  // So many ends within the window, and no new runner is started until somebody says so. 0: never.
  unsigned ends_max = 5;
  std::chrono::milliseconds ends_window{600000};
  uint64_t memory_bytes_max = uint64_t{1} << 30;
  // For tests that show what each part holds: none of it, or all but what the hub answers.
  bool sandbox = true, gate = true;
};

}  // namespace concord::runtime
