// A check: one sentence that must be true of a connector. Runs in a process of its own, with a
// fresh folder and a fresh sample system, so that a crash is a result and nothing leaks into the
// next.
#pragma once

#include <string>
#include <vector>

#include "hub/kit/plan.hpp"
#include "hub/runtime/manifest.hpp"

namespace concord::kit {

class Bench;

// Thrown by a check and caught where checks are run: the rest of it makes no sense any more. Only
// within this room; what a connector does wrong is a result, never an exception of the kit's.
struct Failed {
  std::string why;
};
struct LeftOut {
  std::string why;
};

struct Needs {
  std::vector<std::string> capabilities = {};  // read, write, listen
  std::vector<std::string> commands = {};      // of test.yaml
  bool wrong_credentials = false;
  bool sample_system = false;  // one that the kit started, and may take down
  bool refused = false;        // test.yaml names a document that is refused
};

struct Check {
  std::string name;   // "read.second_run_brings_nothing"
  std::string title;  // the sentence
  Needs needs;
  void (*run)(Bench&);
};

// All of them, in the order in which an author wants to read the results.
const std::vector<Check>& all_checks();

// Why it cannot run for this connector; empty: it can.
std::string cannot_run(const Check& check, const Plan& plan, const runtime::Manifest& manifest);

// One list a file.
std::vector<Check> manifest_checks();
std::vector<Check> settings_checks();
std::vector<Check> describe_checks();
std::vector<Check> read_checks();
std::vector<Check> record_checks();
std::vector<Check> ack_checks();
std::vector<Check> write_checks();
std::vector<Check> listen_checks();
std::vector<Check> error_checks();
std::vector<Check> deadline_checks();
std::vector<Check> process_checks();
std::vector<Check> abi_checks();

}  // namespace concord::kit
