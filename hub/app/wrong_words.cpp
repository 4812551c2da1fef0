#include "hub/app/wrong_words.hpp"

#include <algorithm>
#include <iostream>

#include "hub/app/tell.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app {

int complain(const CLI::App& app, const CLI::ParseError& fault) {
  const CLI::App* at = &app;
  std::string above, command = "concord";
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    above = command;
    command += " " + at->get_name();
  }
  std::vector<std::string> known;
  for (const CLI::App* one : at->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(one->get_name());
  const std::vector<std::string> rest = app.remaining(true);
  const auto word = std::find_if(
      rest.begin(), rest.end(), [](const std::string& one) { return !one.starts_with('-'); });
  if (!known.empty() && word != rest.end()) {
    std::cerr << command << ": there is no command \"" << *word
              << "\".  Next: " << base::advice(*word, known) << "\n";
  } else if (!known.empty() && fault.get_name() == "RequiredError") {
    std::cerr << at->help(above);
  } else {
    std::cerr << command << ": " << fault.what() << ".  Next: " << command << " --help\n";
  }
  return EX_USAGE;
}

}  // namespace concord::app
