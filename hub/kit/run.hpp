// Runs checks: each in a process of its own, with a folder and a sample system of its own.
#pragma once

#include <functional>

#include "hub/kit/check.hpp"

namespace concord::kit {

enum class Verdict { passed, failed, left_out };

struct Result {
  std::string name, title;
  Verdict verdict = Verdict::failed;
  std::string why;  // empty where it passed
  int64_t ms = 0;
};

struct Options {
  std::string schemas;            // folder of the SDK's JSON Schemas
  std::vector<std::string> only;  // names, or beginnings of names; empty: all
  unsigned jobs = 1;              // how many at once
  uint64_t seed = 1;
  std::string keep;  // folders of failed checks are moved there; empty: removed
  std::function<void(const Result&)> done;  // as each is done; may be empty
};

// In the order of all_checks(), whatever ran first. Threads: call it where there is only one, since
// it forks.
std::vector<Result> run_checks(const runtime::Manifest& manifest,
                               const Plan& plan,
                               const Options& options);

}  // namespace concord::kit
