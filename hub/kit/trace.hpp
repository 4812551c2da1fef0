// What a piece of work opens for writing, makes, renames or removes: its system calls, seen from
// outside by ptrace. x86-64 and arm64 Linux; elsewhere, and where tracing is forbidden, it says so.
#pragma once

#include <functional>
#include <set>
#include <string>

namespace concord::kit {

struct Traced {
  bool could = false;
  std::set<std::string> paths;  // absolute
};

// Runs work in a child of this process. Call it before any thread was started.
Traced trace_writes(const std::function<void()>& work);

}  // namespace concord::kit
