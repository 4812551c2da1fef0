// Whole files in and out, with limits and with errors that name the path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/base/result.hpp"

namespace concord::base {

Result<std::string> read_file(const std::string& path, size_t bytes_max);
// All or nothing: written beside, flushed, then renamed over.
Status write_file(const std::string& path, std::string_view bytes, unsigned mode = 0644);
// Regular files below folder whose name ends so, sorted; relative to folder. Hidden ones are left
// out.
std::vector<std::string> files_below(const std::string& folder, std::string_view ending);

}  // namespace concord::base
