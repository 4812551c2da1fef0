// What the checks found, for people and for build servers.
#pragma once

#include "hub/kit/run.hpp"

namespace concord::kit {

struct Counts {
  size_t passed = 0, failed = 0, left_out = 0;
};
Counts count(const std::vector<Result>& results);

// "passed", "failed", "left out"
std::string_view name_of(Verdict verdict);

// {"connector", "version", "sha256", "seed", "passed", "failed", "left_out", "checks": […]}
std::string report_json(const runtime::Manifest& manifest,
                        const std::vector<Result>& results,
                        uint64_t seed);
// JUnit XML: one testsuite, a testcase a check.
std::string report_junit(const runtime::Manifest& manifest,
                         const std::vector<Result>& results,
                         uint64_t seed);

}  // namespace concord::kit
