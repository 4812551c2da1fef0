// The shipped packs, compiled once, and cases read from lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/decide/case_json.hpp"
#include "hub/decide/engine.hpp"

namespace concord::decide {

inline std::string source_folder() {
  return CONCORD_SOURCE_DIR;
}
const std::vector<RulePack>& shipped_packs();
const Engine& shipped_engine();
std::vector<std::string> lines_of(const std::string& path);
model::DecisionInput request_of(std::string_view case_line);

}  // namespace concord::decide
