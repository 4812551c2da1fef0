// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace concord::base {

// The one of known that word is most likely a misspelling of, or "".
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// "use \"zone\"", or all of them where none is near.
std::string advice(std::string_view word, const std::vector<std::string>& known);

}  // namespace concord::base
