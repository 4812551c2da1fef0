#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/house/house.hpp"

namespace concord::house {
namespace {

constexpr size_t kLinesMax = 400;

bool is_data(const std::filesystem::path& path) {
  static const std::set<std::string> kinds{
      ".csv", ".json", ".jsonl", ".xml", ".hl7", ".ics", ".png", ".svg", ".pem", ".lock"};
  return kinds.contains(path.extension().string()) || path.string().starts_with("tests/data/");
}

// Put together here, so that this file does not contain what it looks for.
const std::regex& machine_path() {
  static const std::string slash = "/";
  static const std::regex pattern("(^|[\\s\"'=(:,`])(" + slash + "work|" + slash + "home|" + slash +
                                  "root|" + slash + "Users)/[A-Za-z0-9_.]");
  return pattern;
}

const std::regex& undone() {
  static const std::regex pattern(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|TB" + "D)\\b");
  return pattern;
}

template <class Each>
void each_line(const File& file, Each each) {
  std::istringstream lines(file.text);
  std::string line;
  for (size_t n = 1; std::getline(lines, line); ++n) each(n, line);
}

bool is_left_behind(const std::string& name) {
  return name.ends_with(".swp") || name.ends_with("~") || name == ".DS_Store";
}

}  // namespace

std::string text_of(const Finding& finding) {
  std::string place = finding.file;
  if (finding.line != 0) place += ':' + std::to_string(finding.line);
  return place + ": " + finding.cause + ".  Next: " + finding.next + ".";
}

Tree load_tree(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  static const std::set<std::string> skipped{"build", ".git", "node_modules", ".cache"};
  Tree tree;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && skipped.contains(name)) it.disable_recursion_pending();
    if (!it->is_regular_file() || is_left_behind(name)) continue;
    std::ifstream in(it->path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const bool executable = (it->status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    tree.push_back({fs::relative(it->path(), root).generic_string(), text.str(), executable});
  }
  std::sort(tree.begin(), tree.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return tree;
}

Findings check_layout(const Tree& tree) {
  static const std::set<std::string> allowed{"CMakeLists.txt",
                                             "CMakePresets.json",
                                             "hub",
                                             "plugins",
                                             "sdk",
                                             "mappings",
                                             "tests",
                                             "examples",
                                             "ops",
                                             "README.md",
                                             "LICENSE",
                                             "CONTRIBUTING.md",
                                             "SECURITY.md",
                                             "CHANGELOG.md"};
  static const std::set<std::string> rooms{"app",
                                           "api",
                                           "kit",
                                           "console",
                                           "pipeline",
                                           "ingest",
                                           "translate",
                                           "identify",
                                           "decide",
                                           "deliver",
                                           "runtime",
                                           "store",
                                           "audit",
                                           "model",
                                           "base"};
  Findings findings;
  std::set<std::string> told;
  std::set<std::string> seen;
  for (const File& file : tree) {
    const std::string top = file.path.substr(0, file.path.find('/'));
    seen.insert(top);
    if (!top.starts_with(".") && !allowed.contains(top) && told.insert(top).second) {
      findings.push_back({top,
                          0,
                          "this does not belong at the top level",
                          "put it into the folder of DESIGN section 3 that it is part of"});
    }
    if (top != "hub") continue;
    const std::string rest = file.path.substr(std::min(file.path.size(), top.size() + 1));
    const std::string room = rest.substr(0, rest.find('/'));
    if (!rooms.contains(room) && told.insert(file.path).second) {
      findings.push_back({file.path,
                          0,
                          "there is no room \"" + room + "\" in the hub",
                          "put it into the room whose word in DESIGN section 1 it implements"});
    }
  }
  for (const std::string& name : allowed) {
    // An empty folder is no part of a git tree; the files must be there.
    if (name.find('.') == std::string::npos && name != "LICENSE") continue;
    if (!seen.contains(name)) findings.push_back({name, 0, "this file is missing", "write it"});
  }
  return findings;
}

Findings check_sizes(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (is_data(file.path)) continue;
    const auto lines = static_cast<size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines <= kLinesMax) continue;
    findings.push_back({file.path,
                        kLinesMax + 1,
                        std::to_string(lines) + " lines, more than " + std::to_string(kLinesMax),
                        "split it: one idea a file"});
  }
  return findings;
}

Findings check_words(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (file.path.starts_with("tests/data/")) continue;
    each_line(file, [&](size_t n, const std::string& line) {
      if (line.size() > 10000) return;  // one-line data, beyond what std::regex can take
      if (std::regex_search(line, machine_path())) {
        findings.push_back({file.path,
                            n,
                            "a path of one machine",
                            "start from the root of the source, or take it as an option"});
      }
      if (!is_data(file.path) && std::regex_search(line, undone())) {
        findings.push_back({file.path,
                            n,
                            "a word for work left undone",
                            "do it, or say in a sentence what is so and why"});
      }
    });
  }
  return findings;
}

Findings check_scripts(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    const bool ours = file.path.starts_with("ops/") || file.path.starts_with(".ci/");
    if (!ours || !file.executable) continue;
    if (!file.text.starts_with("#!/usr/bin/env bash\n# ")) {
      findings.push_back({file.path,
                          1,
                          "no bash with a comment that explains it",
                          "start with #!/usr/bin/env bash and what --help shall print"});
    }
    if (file.text.find("\nset -euo pipefail\n") == std::string::npos) {
      findings.push_back({file.path, 1, "goes on after a failure", "add set -euo pipefail"});
    }
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    if (lines > 120) {
      findings.push_back({file.path,
                          121,
                          "a script of " + std::to_string(lines) + " lines",
                          "what outgrows 100 lines becomes a concord command"});
    }
  }
  return findings;
}

}  // namespace concord::house
