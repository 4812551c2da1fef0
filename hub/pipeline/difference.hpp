// What changes when one view follows another, in words for the people who edited the files.
// Threads: any; pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hub/base/result.hpp"
#include "hub/pipeline/view.hpp"

namespace concord::pipeline {

struct Change {
  enum class How { added, removed, changed };
  std::string kind;  // "system", "job", "flow", "consent", "mapping table" ...
  std::string name;
  How how = How::changed;
  std::vector<std::string> details;  // of a changed one
};
std::string_view name_of(Change::How how);

struct Difference {
  std::vector<Change> changes;
  std::vector<std::string> notes;  // what has no effect, or not yet
  base::Errors faults;             // what no running hub can take over
};

Difference difference_of(const View& now, const View& next);

// Must this system's connector be made anew? Both setups have the system.
bool needs_reopening(const model::SystemId& system, const Setup& now, const Setup& next);

}  // namespace concord::pipeline
