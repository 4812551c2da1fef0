// What --keep does after the story.
#include <signal.h>

#include <cstdio>
#include <fstream>

#include "examples/simulators/story/play.hpp"

namespace concord::story {
namespace {

constexpr const char* kTry = R"(
All of it is still running. In another terminal, in this folder:

  source %s/env

  concord status             is anything stuck, since when, whose move is it
  concord person review      children of whom nobody is sure
  concord delivery list --outcome withheld --most 5
  concord explain NUMBER     why one of them was withheld

A child moves; a moment later the court has a note of it:

  curl -s $SIM/systems/child_welfare/do -d '{"verb":"place_child","child":20,"placement_type":"XYZ"}'
  tail -n 1 $RUN/sim/court.jsonl

Nobody knows the code XYZ, so the note does not say what kind of place it is. Add the row XYZ,kin to
mappings/child_welfare/codes/placement_types.csv, let the hub take it over, and the child move again:

  concord apply              shows what changes, and asks
  kill $(cat $RUN/hub.pid)   the hub ends in order, and is started again here

Ctrl-C ends everything.
)";

}  // namespace

void Play::keep() {
  {
    std::ofstream env(folders_.run / "env");
    for (const auto& [name, value] : environment_)
      env << "export " << name << "='" << value << "'\n";
    env << "export PATH='" << folders_.binaries.string() << "':\"$PATH\"\n"
        << "RUN='" << folders_.run.string() << "'\nSIM='" << control_ << "'\n";
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::printf(kTry, folders_.run.c_str());
  std::fflush(stdout);
  const timespec second{1, 0};
  std::string told;
  while (::sigtimedwait(&ends, nullptr, &second) < 0) {
    if (hub.runs()) continue;
    int code = 0;
    const std::string faults = concord({"check"}, &code);
    if (code == 0) {
      if (!start_hub()) return;
      told.clear();
      say("the hub had ended; it was started again");
    } else if (faults != told) {
      told = faults;
      say("the hub has ended, and cannot start until this is mended:");
      say(faults);
    }
  }
  say("ending");
}

}  // namespace concord::story
