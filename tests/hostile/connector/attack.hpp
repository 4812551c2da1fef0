// What a hostile connector does, by name. Each attack says whether it worked; most do not return
// from a sandbox with a yes, some do not return at all.
#pragma once

#include <concord/connector.hpp>
#include <map>
#include <string>

namespace concord::hostile {

// What the test tells: "attack", and whatever the attack needs (a path, a port, a pid).
using Words = std::map<std::string, std::string>;

struct Verdict {
  bool worked = false;
  int fault = 0;  // errno, where there is one
};

using Attack = Verdict (*)(const Words& words);
using Attacks = std::map<std::string, Attack>;

// Each file's own.
Attacks ends();       // of the process: crashes, hangs, hunger
Attacks files();      // what is not its own
Attacks processes();  // the hub and others
Attacks networks();   // other hosts
Attacks channels();   // the lanes to the hub, past the runner's own code
Attacks manners();    // what one does not do to one's process

int number(const Words& words, const char* name);
inline Verdict verdict(bool worked) {
  return {worked, worked ? 0 : errno};
}

}  // namespace concord::hostile
