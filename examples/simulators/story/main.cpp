// concord-story: starts the simulated agencies and a hub, plays the story and checks every claim
// against the agencies' own logs.
//
//   concord-story --run FOLDER --binaries build/release/bin --coalition examples/coalition
//
// Exit codes: 0 every claim holds, 1 one does not, 64 wrong command line, 70 something did not
// start.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "examples/simulators/story/scenes.hpp"

int main(int argc, char** argv) {
  concord::story::Play::Folders folders;
  int children = 200;
  bool keep = false;
  CLI::App app{"Plays the story of a coalition and checks it", "concord-story"};
  app.add_option("--run", folders.run, "Where all that runs keeps its files")->required();
  app.add_option("--binaries", folders.binaries, "Folder of concord and concord-sim")->required();
  app.add_option("--coalition", folders.coalition, "The coalition to play")->required();
  app.add_option("--children", children, "How many")
      ->check(CLI::Range(100, 100000))
      ->capture_default_str();
  app.add_flag("--keep", keep, "Leave all running afterwards, and say what to try");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault) == 0 ? 0 : 64;
  }
  folders.run = std::filesystem::absolute(folders.run);
  folders.binaries = std::filesystem::absolute(folders.binaries);
  folders.coalition = std::filesystem::absolute(folders.coalition);

  concord::story::Play play(folders, children, true);
  if (!play.open()) return 70;
  concord::story::tell_story(play);
  if (keep) play.keep();
  const int code = play.close();
  play.claim(code == 0, "the hub drained and ended in order");
  std::printf("\n%d passed, %d failed\n", play.claims() - play.failures(), play.failures());
  return play.failures() == 0 ? 0 : 1;
}
