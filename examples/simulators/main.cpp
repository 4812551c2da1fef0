// concord-sim: plays the agency systems that a Concord hub connects, with synthetic children.
//
//   concord-sim --dir run/sim --seed 1 --children 200 --port-file run/ports.json
//
// Stops in order on SIGTERM, SIGINT or POST /stop. Exit codes: 0 stopped as asked, 64 wrong
// command line, 70 a fault of its own, 73 a folder or file cannot be made, 78 a system
// cannot start.
#include "examples/simulators/control.hpp"
// A sector adds its header here, in this order: child_welfare, juvenile_justice, court, health.
#include "examples/simulators/child_welfare.hpp"
#include "examples/simulators/court.hpp"
#include "examples/simulators/health.hpp"
#include "examples/simulators/juvenile_justice.hpp"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sim = concord::sim;

namespace {

struct Options {
  std::string dir;
  uint64_t seed = 1;
  int children = 200;
  uint16_t control_port = 0;
  std::vector<std::string> only;
  std::string port_file;
};

int complain(const concord::sdk::Error& error, int exit_code) {
  std::fprintf(
      stderr, "%s: %s.  Next: %s.\n", error.place.c_str(), error.cause.c_str(), error.next.c_str());
  return exit_code;
}

// Builds systems one after the other; the first that fails ends the program.
class Cast {
 public:
  Cast(const sim::World& world, const std::vector<std::string>& only)
      : world_(world), only_(only) {}

  // System's constructor: (const World&, std::unique_ptr<Journal>).
  template <class System>
  void add(const std::string& name) {
    known_.push_back(name);
    const bool wanted = only_.empty() || std::find(only_.begin(), only_.end(), name) != only_.end();
    if (failed_ || !wanted) return;
    std::error_code ignored;  // opening the journal says why, if this fails
    std::filesystem::create_directories(world_.dir / name, ignored);
    auto journal = sim::Journal::open(world_.dir / (name + ".jsonl"), name);
    if (!journal) {
      failed_ = journal.error();
      return;
    }
    systems.push_back(std::make_unique<System>(world_, std::move(journal).value()));
  }

  [[nodiscard]] std::optional<concord::sdk::Error> fault() const {
    if (failed_) return failed_;
    for (const std::string& name : only_) {
      if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
        return concord::sdk::config_error(
            "SYSTEM_UNKNOWN", "--only", "no such system", "leave it out to start all");
      }
    }
    return std::nullopt;
  }

  std::vector<std::unique_ptr<sim::System>> systems;

 private:
  const sim::World& world_;
  const std::vector<std::string>& only_;
  std::vector<std::string> known_;
  std::optional<concord::sdk::Error> failed_;
};

// Written beside and moved, so that whoever waits for it never reads half.
bool write_port_file(const std::string& file, const std::string& json) {
  const std::string beside = file + ".part";
  {
    std::ofstream out(beside, std::ios::trunc);
    out << json << '\n';
    if (!out.flush()) return false;
  }
  std::error_code failed;
  std::filesystem::rename(beside, file, failed);
  return !failed;
}

int run(const Options& options, const sigset_t& signals) {
  sim::World world{options.seed, sim::make_children(options.seed, options.children), options.dir};
  std::error_code failed;
  std::filesystem::create_directories(world.dir, failed);
  if (failed) {
    return complain(
        concord::sdk::config_error(
            "DIR", options.dir, failed.message(), "choose a folder that can be made with --dir"),
        73);
  }
  world.dir = std::filesystem::absolute(world.dir);

  Cast cast(world, options.only);
  // A sector adds its system here, in the same order:
  //   cast.add<sim::Court>("court");
  cast.add<sim::ChildWelfare>("child_welfare");
  cast.add<sim::JuvenileJustice>("juvenile_justice");
  cast.add<sim::Court>("court");
  cast.add<sim::Health>("health");
  if (const auto fault = cast.fault()) return complain(*fault, 78);
  for (const auto& system : cast.systems) {
    if (auto started = system->start(); !started) return complain(started.error(), 78);
  }
  sim::Control control(
      world, cast.systems, [] { ::kill(::getpid(), SIGTERM); }, options.control_port);
  if (auto started = control.start(); !started) return complain(started.error(), 78);

  const std::string ports = control.ports_json();
  if (!options.port_file.empty() && !write_port_file(options.port_file, ports)) {
    return complain(
        concord::sdk::config_error(
            "PORT_FILE", options.port_file, "cannot be written", "choose another --port-file"),
        73);
  }
  std::printf("%s\n", ports.c_str());
  std::fflush(stdout);

  int signal = 0;
  while (::sigwait(&signals, &signal) != 0) {
  }
  control.stop();
  for (const auto& system : cast.systems) system->stop();
  return 0;
}

int run_command_line(int argc, char** argv) {
  Options options;
  CLI::App app{"Plays the agency systems that a Concord hub connects, with synthetic children."};
  app.add_option("--dir", options.dir, "folder for journals and what the systems hold")->required();
  app.add_option("--seed", options.seed, "the same seed gives the same children")
      ->capture_default_str();
  app.add_option("--children", options.children, "how many children")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  app.add_option("--control-port", options.control_port, "port of the control API; 0: any")
      ->capture_default_str();
  app.add_option("--only", options.only, "systems to start, e.g. court,health")->delimiter(',');
  app.add_option("--port-file", options.port_file, "writes every port here, as JSON, when ready");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 64;
  }
  ::signal(SIGPIPE, SIG_IGN);
  // Blocked before any thread starts, so that only sigwait() gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return run(options, signals);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "concord-sim: %s\n", e.what());
    return 70;
  }
}
