// concord person merge, split, unmerge: shown first, then done.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace concord::app {

struct PersonWords {
  std::string person, other, system, key, from, by, why;
  bool dry_run = false, yes = false, anyway = false;
};

// what: merge, split or unmerge.
int change_persons(const std::string& folder,
                   const std::string& what,
                   const PersonWords& words,
                   bool json);

class PersonLines {
 public:
  using Add = std::function<CLI::App*(
      CLI::App& to, const char* name, const char* help, std::function<int()> run)>;

  // Borrows both, and is itself borrowed by what it wires, until the command has run.
  PersonLines(const std::string& coalition, const bool& json)
      : coalition_(coalition), json_(json) {}
  void wire(CLI::App& person, const Add& add);

 private:
  CLI::App* line(CLI::App& person, const Add& add, const char* what, const char* help);

  const std::string& coalition_;
  const bool& json_;
  PersonWords words_;
};

}  // namespace concord::app
