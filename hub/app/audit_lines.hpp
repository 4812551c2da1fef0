// The command lines of concord audit and concord person expunge.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "hub/app/commands.hpp"

namespace concord::app {

class AuditLines {
 public:
  // Makes a subcommand that runs this.
  using Add = std::function<CLI::App*(
      CLI::App& to, const char* name, const char* help, std::function<int()> run)>;

  // Borrows both, and is itself borrowed by what it wires, until the command has run.
  AuditLines(const std::string& coalition, const bool& json) : coalition_(coalition), json_(json) {}

  void wire(CLI::App& audit, const Add& add);
  void wire_expunge(CLI::App& person, const Add& add);

 private:
  void whom(CLI::App* command);

  const std::string& coalition_;
  const bool& json_;
  std::string file_, since_, order_;
  int64_t entry_ = -1;  // none was named
  Whom whom_;
};

}  // namespace concord::app
