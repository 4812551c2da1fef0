// How commands tell errors, and the exit codes that scripts can trust.
#pragma once

#include <sysexits.h>

#include <cstdint>
#include <string>

#include "hub/base/result.hpp"

namespace concord::app {

inline constexpr const char* kExitCodes =
    "Exit codes: 0 done and good; 1 the answer is no (not balanced, a test failed, not applied);\n"
    "  64 wrong use; 65 a record or file that cannot be read; 69 no hub runs; 70 a fault of "
    "concord\n"
    "  itself; 74 the answer cannot be written; 75 try again later: a system does not answer, or\n"
    "  something is still under way; 77 not permitted; 78 the configuration is wrong, or has no "
    "such\n"
    "  thing. run --wait ends as the run did.";

int exit_code_of(const base::Error& error);
// On stderr. The exit code of the first.
int tell(const base::Errors& errors);
int tell(const base::Error& error);
// The same, with paths below the current folder shown from there.
std::string shown(const base::Error& error);
// "1 record", "2 records".
std::string counted(int64_t n, const char* one, const char* many);
// [{"code", "class", "place", "cause", "next"}]
std::string errors_json(const base::Errors& errors);

}  // namespace concord::app
