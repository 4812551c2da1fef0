// The seccomp filter of a runner. Threads: single-threaded; what starts later inherits it.
#pragma once

#include "hub/base/result.hpp"
#include "hub/runtime/channel/spec.hpp"

namespace concord::runtime {

struct Filtered {
  bool on = false;   // false: this kernel has no filters
  int gate_fd = -1;  // where the hub hears of calls; -1: it does not
};
base::Result<Filtered> filter_calls(bool gate, bool network);

}  // namespace concord::runtime
