// A test in which agencies and a hub are played (examples/simulators/story), in a folder of its own
// that is kept where something was wrong.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "examples/simulators/story/play.hpp"

namespace concord {

class Played : public testing::Test {
 protected:
  Played(const std::string& name, int children)
      : folder_(make_folder(name)),
        play_({folder_,
               std::filesystem::path(CONCORD_BUILD_DIR) / "bin",
               std::filesystem::path(CONCORD_SOURCE_DIR) / "examples/coalition"},
              children,
              true) {}
  ~Played() override {
    play_.close();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }
  // What a command said, which must end with this code.
  std::string concord(const std::vector<std::string>& words, int want) {
    int code = -1;
    std::string said = play_.concord(words, &code);
    EXPECT_EQ(code, want) << words[0] << " " << words[1] << ": " << said;
    return said;
  }

 private:
  static std::filesystem::path make_folder(const std::string& name) {
    std::string path = testing::TempDir() + "/concord-" + name + "-XXXXXX";
    return mkdtemp(path.data());
  }

 protected:
  std::filesystem::path folder_;
  story::Play play_;
};

}  // namespace concord
