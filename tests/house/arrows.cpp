#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

#include "tests/house/house.hpp"

namespace concord::house {
namespace {

// From the top down; the five stages lie side by side.
const std::map<std::string, int>& heights() {
  static const std::map<std::string, int> rooms{{"app", 8},
                                                {"kit", 7},
                                                {"api", 7},
                                                {"pipeline", 6},
                                                {"ingest", 5},
                                                {"translate", 5},
                                                {"identify", 5},
                                                {"decide", 5},
                                                {"deliver", 5},
                                                {"runtime", 4},
                                                {"store", 3},
                                                {"audit", 2},
                                                {"model", 1},
                                                {"base", 0},
                                                {"sdk", -1}};
  return rooms;
}
constexpr int kStage = 5;

int height(const std::string& room) {
  const auto it = heights().find(room);
  return it == heights().end() ? -2 : it->second;
}

struct Include {
  size_t line;
  bool angled;         // <…>
  std::string target;  // what stands between
};

std::vector<Include> includes_of(const File& file) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<Include> found;
  std::istringstream lines(file.text);
  std::string line;
  for (size_t n = 1; std::getline(lines, line); ++n) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) {
      found.push_back({n, match[1] == "<", match[2]});
    }
  }
  return found;
}

bool is_source(const std::string& path) {
  static const std::set<std::string> kinds{".c", ".cc", ".cpp", ".h", ".hpp"};
  return kinds.contains(std::filesystem::path(path).extension().string());
}

// "hub/decide/engine.hpp", 1 gives "decide".
std::string part(const std::string& path, size_t index) {
  std::istringstream parts(path);
  std::string name;
  for (size_t i = 0; std::getline(parts, name, '/'); ++i) {
    if (i == index) return name;
  }
  return {};
}

struct Room {
  std::string cmake;
  size_t line = 0;
  std::set<std::string> uses;
};

size_t line_at(const std::string& text, size_t offset) {
  return 1 + static_cast<size_t>(
                 std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

std::map<std::string, Room> rooms_of(const Tree& tree) {
  static const std::regex pattern(R"(concord_room\(\s*(\w+)([^)]*)\))");
  std::map<std::string, Room> rooms;
  for (const File& file : tree) {
    if (!file.path.starts_with("hub/") || !file.path.ends_with("/CMakeLists.txt")) continue;
    std::smatch match;
    if (!std::regex_search(file.text, match, pattern)) continue;
    Room room{file.path, line_at(file.text, static_cast<size_t>(match.position())), {}};
    std::istringstream words(match[2]);
    std::string word;
    bool in_uses = false;
    while (words >> word) {
      if (word == "SOURCES" || word == "LINKS" || word == "USES") {
        in_uses = word == "USES";
      } else if (in_uses) {
        room.uses.insert(word);
      }
    }
    rooms[match[1]] = room;
  }
  return rooms;
}

// Why `room` may not lean on `other` at all, whatever its USES say; or nothing.
std::optional<std::pair<std::string, std::string>> forbidden(const std::string& room,
                                                             const std::string& other) {
  if (height(other) == -2) {
    return {{"there is no room \"" + other + "\"", "use a room of DESIGN section 3"}};
  }
  if (other == "app") {
    return {{"nothing includes app", "what is shared belongs in a room below, such as hub/base"}};
  }
  if (height(room) == kStage && height(other) == kStage) {
    return {{"stage " + room + " includes stage " + other,
             "what both need belongs in hub/model; their order belongs in hub/pipeline"}};
  }
  if (height(other) >= height(room)) {
    return {{room + " points upward, to " + other,
             "what both need belongs in hub/" + room + " or below it"}};
  }
  return std::nullopt;
}

// A room that is not declared is told once, not for each of its includes.
void check_declared(const Tree& tree,
                    const std::map<std::string, Room>& rooms,
                    Findings& findings) {
  std::set<std::string> told;
  for (const File& file : tree) {
    if (!file.path.starts_with("hub/") || !is_source(file.path)) continue;
    const std::string room = part(file.path, 1);
    if (rooms.contains(room) || !told.insert(room).second) continue;
    findings.push_back({"hub/" + room + "/CMakeLists.txt",
                        0,
                        "room " + room + " is not declared",
                        "say concord_room(" + room + " SOURCES … USES … LINKS …) there"});
  }
}

void check_uses(const std::map<std::string, Room>& rooms, Findings& findings) {
  for (const auto& [name, room] : rooms) {
    for (const std::string& used : room.uses) {
      if (const auto why = forbidden(name, used)) {
        findings.push_back({room.cmake, room.line, "USES: " + why->first, why->second});
      }
    }
  }
}

void check_room_file(const File& file,
                     const std::map<std::string, Room>& rooms,
                     Findings& findings) {
  const std::string room = part(file.path, 1);
  const auto declared = rooms.find(room);
  auto may_use = [&](const std::string& other) {
    return declared == rooms.end() || declared->second.uses.contains(other);
  };
  for (const Include& include : includes_of(file)) {
    const std::string top = part(include.target, 0);
    std::string other;
    if (!include.angled && top == "hub") other = part(include.target, 1);
    if (include.angled && top == "concord") other = "sdk";
    if (other == room) continue;
    if (!other.empty()) {
      if (const auto why = forbidden(room, other)) {
        findings.push_back({file.path, include.line, why->first, why->second});
      } else if (!may_use(other)) {
        findings.push_back({file.path,
                            include.line,
                            room + " does not declare that it uses " + other,
                            "add " + other + " to USES in hub/" + room +
                                "/CMakeLists.txt, or have the value handed in"});
      }
    } else if (!include.angled) {
      findings.push_back({file.path,
                          include.line,
                          "\"" + include.target + "\" is not a path from the root into hub/",
                          "write \"hub/" + room + "/…\", so that the include shows its arrow"});
    }
  }
}

// A folder that sees sdk/ and itself. own: how its own headers are written. A project of its own
// (examples/connector) is built outside this tree, and so names them by their file.
void check_guest(const File& file, const std::string& own, Findings& findings) {
  const bool project = own.starts_with("examples/connector");
  for (const Include& include : includes_of(file)) {
    if (project && !include.angled && include.target.find('/') == std::string::npos) continue;
    const std::string top = part(include.target, 0);
    static const std::set<std::string> ours{
        "hub", "plugins", "examples", "tests", "ops", "mappings"};
    const bool foreign =
        !include.target.starts_with(own) && (!include.angled || ours.contains(top));
    if (!foreign) continue;
    const bool local = !include.angled && include.target.find('/') == std::string::npos;
    findings.push_back(
        {file.path,
         include.line,
         "\"" + include.target + "\" is outside sdk/ and " + own,
         local ? "write \"" + own + include.target + "\""
               : "use <concord/…>; what is missing there belongs in sdk/include/concord"});
  }
}

void check_sdk(const File& file, Findings& findings) {
  static const std::set<std::string> ours{"hub", "plugins", "examples", "tests"};
  for (const Include& include : includes_of(file)) {
    if (!ours.contains(part(include.target, 0))) continue;
    findings.push_back({file.path,
                        include.line,
                        "sdk/ includes " + include.target,
                        "what a connector author needs belongs in sdk/ itself"});
  }
}

void check_no_app(const File& file, Findings& findings) {
  for (const Include& include : includes_of(file)) {
    if (!include.target.starts_with("hub/app/")) continue;
    findings.push_back({file.path,
                        include.line,
                        "nothing includes app",
                        "what is shared belongs in a room below, such as hub/base"});
  }
}

}  // namespace

Findings check_arrows(const Tree& tree) {
  Findings findings;
  const auto rooms = rooms_of(tree);
  check_declared(tree, rooms, findings);
  check_uses(rooms, findings);
  for (const File& file : tree) {
    if (!is_source(file.path)) continue;
    const std::string& path = file.path;
    if (path.starts_with("hub/")) {
      check_room_file(file, rooms, findings);
    } else if (path.starts_with("plugins/")) {
      check_guest(file, part(path, 1) + "/", findings);
    } else if (path.starts_with("examples/")) {
      check_guest(file, "examples/" + part(path, 1) + "/", findings);
    } else if (path.starts_with("sdk/")) {
      check_sdk(file, findings);
    } else if (!path.starts_with("tests/unit/app/") && !path.starts_with("tests/fuzz/")) {
      check_no_app(file, findings);
    }
  }
  return findings;
}

}  // namespace concord::house
