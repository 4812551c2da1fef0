// Wires the command lines of consent, order, roster and assignment.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "hub/app/pieces.hpp"

namespace concord::app {

// What main knows of every command line. Outlives the parsing.
struct Common {
  const std::string& coalition;
  const bool& json;
  std::function<void(std::function<int()>)> run;  // chosen: this is what is asked for
  const char* footer;
};

// Its options live as long as what it returns.
std::shared_ptr<void> wire_evidence(CLI::App& app, const Common& common);

}  // namespace concord::app
