// What is wrong with the words of a command line, and what to write instead.
#pragma once

#include <CLI/CLI.hpp>

namespace concord::app {

// On stderr; without a command: which there are. EX_USAGE.
int complain(const CLI::App& app, const CLI::ParseError& fault);

}  // namespace concord::app
