// Which one fault this connector has: CONCORD_BREAK names the check that must find it. None: it is
// sound, and every check passes.
#pragma once

#include <cstdlib>
#include <string_view>

namespace concord::broken {

inline bool breaks(std::string_view check) {
  static const char* const said = std::getenv("CONCORD_BREAK");
  return said != nullptr && check == said;
}

}  // namespace concord::broken
