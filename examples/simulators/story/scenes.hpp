// The story: what a coalition lives through in a minute. Each scene makes something happen at an
// agency, and claims what the other agencies' own logs must show for it.
#pragma once

#include "examples/simulators/story/play.hpp"

namespace concord::story {

void tell_story(Play& play);

}  // namespace concord::story
