// The kept inputs, through every target, in the ordinary build: seeds, and whatever was ever found.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

namespace concord::fuzz {

#define CONCORD_FUZZ_TARGET(name) void name(std::string_view input);
#include "targets.inc"
#undef CONCORD_FUZZ_TARGET

namespace {

namespace fs = std::filesystem;

struct Target {
  const char* name;
  void (*run)(std::string_view input);
};
constexpr Target kTargets[] = {
#define CONCORD_FUZZ_TARGET(name) {#name, name},
#include "targets.inc"
#undef CONCORD_FUZZ_TARGET
};

const fs::path kFolder = CONCORD_SOURCE_DIR "/tests/fuzz";

std::vector<fs::path> inputs_of(const std::string& target) {
  std::vector<fs::path> files;
  for (const char* kind : {"corpus", "found"}) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(kFolder / kind / target, none))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string bytes_of(const fs::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return std::move(bytes).str();
}

class Replay : public testing::TestWithParam<Target> {};

TEST_P(Replay, holds_for_every_kept_input) {
  const auto inputs = inputs_of(GetParam().name);
  EXPECT_GE(inputs.size(), 2u) << "seeds belong in tests/fuzz/corpus/" << GetParam().name;
  for (const fs::path& file : inputs) {
    const auto start = std::chrono::steady_clock::now();
    try {
      GetParam().run(bytes_of(file));
    } catch (const std::exception& broken) {
      ADD_FAILURE() << file.string() << ": " << broken.what();
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << file.string();
  }
}

// As the beginning of each: readers meet their end at every place.
TEST_P(Replay, holds_for_inputs_that_end_early) {
  for (const fs::path& file : inputs_of(GetParam().name)) {
    const std::string whole = bytes_of(file);
    for (size_t part = 0; part < 16; ++part) {
      try {
        GetParam().run(std::string_view(whole).substr(0, whole.size() * part / 16));
      } catch (const std::exception& broken) {
        ADD_FAILURE() << file.string() << ", the first " << whole.size() * part / 16
                      << " bytes: " << broken.what();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Replay, testing::ValuesIn(kTargets), [](const auto& about) {
  return std::string(about.param.name);
});

TEST(Replay, has_a_target_for_every_folder_of_inputs) {
  for (const char* kind : {"corpus", "found"})
    for (const auto& entry : fs::directory_iterator(kFolder / kind)) {
      if (!entry.is_directory()) continue;
      const std::string name = entry.path().filename();
      EXPECT_TRUE(std::any_of(std::begin(kTargets), std::end(kTargets), [&](const Target& target) {
        return target.name == name;
      })) << entry.path();
    }
}

}  // namespace
}  // namespace concord::fuzz
