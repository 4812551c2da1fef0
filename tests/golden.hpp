// Golden files: what a test wants, kept beside it, a folder a case: given.json and want.json.
//
// `./ops/dev golden` sets CONCORD_GOLDEN=rewrite, runs the tests named *Golden*, and shows what
// changed; the difference is then read in `git diff` like code.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace concord::testing {

// file: from the root of the source, e.g. "tests/unit/simulators/golden/children/want.json".
inline void expect_golden(const std::string& file, const std::string& actual) {
  const std::filesystem::path path = std::filesystem::path(CONCORD_SOURCE_DIR) / file;
  const char* mode = std::getenv("CONCORD_GOLDEN");  // NOLINT(concurrency-mt-unsafe): one thread
  if (mode != nullptr && std::string(mode) == "rewrite") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << file << " is missing.  Next: ./ops/dev golden";
  std::ostringstream want;
  want << in.rdbuf();
  EXPECT_EQ(actual, want.str()) << file << " differs.  Next: if it should, ./ops/dev golden";
}

}  // namespace concord::testing
