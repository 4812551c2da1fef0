#include "tests/unit/decide/world.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace concord::decide {

const std::vector<RulePack>& shipped_packs() {
  static const std::vector<RulePack> packs = [] {
    const std::vector<std::string> folders{source_folder() + "/mappings/policy"};
    auto loaded = load_packs(folders);
    if (!loaded) {
      ADD_FAILURE() << base::to_text(loaded.error());
      std::abort();
    }
    return std::move(*loaded);
  }();
  return packs;
}

const Engine& shipped_engine() {
  static const Engine engine = [] {
    auto compiled = Engine::compile(shipped_packs());
    if (!compiled) {
      ADD_FAILURE() << base::to_text(compiled.error());
      std::abort();
    }
    return std::move(*compiled);
  }();
  return engine;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

model::DecisionInput request_of(std::string_view line) {
  auto json = base::read_json(line, "case");
  if (!json) {
    ADD_FAILURE() << base::to_text(json.error());
    return {};
  }
  auto input = read_request(*json);
  if (!input) {
    ADD_FAILURE() << base::to_text(input.error());
    return {};
  }
  return *input;
}

}  // namespace concord::decide
