// The rules of the house, as checks: which folder may include which, what lies at the top, how long
// a file may be, and what no file may say. Each finding names file, line and the better way.
//
// The checks look at a Tree, a plain list of files, so that each can be shown a tree that breaks
// it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace concord::house {

struct File {
  std::string path;  // from the root: "hub/decide/engine.cpp"
  std::string text;
  bool executable = false;
};
using Tree = std::vector<File>;

struct Finding {
  std::string file;
  size_t line = 0;  // from 1; 0: the file as a whole
  std::string cause;
  std::string next;
  bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;
std::string text_of(const Finding& finding);

// Everything below root but build/, .git/, node_modules/ and what editors leave behind.
Tree load_tree(const std::filesystem::path& root);

// hub/: a room includes itself and the rooms of its USES, which lie below it; no stage includes
// another; nothing includes app. plugins/ and examples/connector/ see sdk/ and themselves,
// examples/simulators/ likewise, sdk/ sees itself alone.
Findings check_arrows(const Tree& tree);

// The top level is what DESIGN says and nothing else.
Findings check_layout(const Tree& tree);

// No file that people write is longer than 400 lines. Data is not counted.
Findings check_sizes(const Tree& tree);

// No path of somebody's machine, and no word for work that was left undone.
Findings check_words(const Tree& tree);

// What is executable in ops/ and .ci/ is bash, stops at the first failure, and explains itself.
Findings check_scripts(const Tree& tree);

}  // namespace concord::house
