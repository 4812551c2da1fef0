// concord-bench: starts a hub as shipped, plays the four agencies against it, and measures.
//
//   concord-bench --run FOLDER --binaries build/release/bin --coalition examples/coalition
//
// Exit codes: 0 measured, and every record is where it ought to be, once; 1 it is not; 64 wrong
// command line; 70 something did not start.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/bench/bench.hpp"
#include "tests/bench/compare.hpp"

int main(int argc, char** argv) {
  using namespace concord::bench;
  Folders folders;
  Plan plan;
  bool quick = false;
  bool json = false;
  int pairs = 0;
  CLI::App app{"Measures a hub against four agencies", "concord-bench"};
  app.add_option("--run", folders.run, "Empty folder for all that runs; on the disk to measure")
      ->required();
  app.add_option("--binaries", folders.binaries, "Folder of concord")->required();
  app.add_option(
         "--coalition", folders.coalition, "The coalition to take agencies and evidence from")
      ->required();
  app.add_option("--seconds", plan.flood, "Of the flood")->capture_default_str();
  app.add_option("--children", plan.children, "How many")
      ->check(CLI::Range(100, 100000))
      ->capture_default_str();
  app.add_option("--connections", plan.connections, "MLLP")
      ->check(CLI::Range(1, 60))
      ->capture_default_str();
  app.add_option("--window", plan.window, "Records of one source that may be on their way")
      ->capture_default_str();
  app.add_option("--pace", plan.pace, "Records a second of the second part; 0: half of the flood's")
      ->capture_default_str();
  app.add_option("--runs", folders.runs, "Where the connectors run")
      ->check(CLI::IsMember({"isolated", "in_process"}))
      ->capture_default_str();
  app.add_option("--isolation", pairs, "So many runs of each, in turn: what runners cost")
      ->check(CLI::Range(1, 100));
  app.add_flag("--quick", quick, "15 s in all");
  app.add_flag("--json", json, "One object");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? 0 : 64;
  }
  if (quick) plan.beginning = 1, plan.flood = 5, plan.paced = 3, plan.limit = 0.7;
  for (auto* path : {&folders.run, &folders.binaries, &folders.coalition})
    *path = std::filesystem::absolute(*path).lexically_normal();
  folders.mappings = (folders.coalition / "../../mappings").lexically_normal();
  std::filesystem::create_directories(folders.run);

  if (pairs > 0) return compare_isolation(folders, plan, pairs, json);
  Report report;
  if (!measure(folders, plan, report)) return 70;
  std::printf("%s", (json ? to_json(report) + "\n" : to_text(report)).c_str());
  return report.faults.empty() ? 0 : 1;
}
