// Versions of a connector side by side. A folder of connectors holds <id>/<id>.connector.json, or
// <id>/<version>/<id>.connector.json for each installed version with the one that systems run by
// default named in <id>/current.
// Threads: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/runtime/manifest.hpp"

namespace concord::runtime {

// As a system's file names a connector: "court", or "court@1.2.0".
struct Wanted {
  std::string id;
  std::string version;  // "": the current one
};
Wanted wanted_of(std::string_view reference);

// The connector that a reference means. CONNECTOR_UNKNOWN: none has this id; VERSION_UNKNOWN: this
// version of it is not there; VERSION_UNSAID: there are several, and none is current.
base::Result<const Manifest*> choose(const std::vector<Manifest>& found,
                                     std::string_view reference);

// By the numbers between the dots: 1.10.0 is newer than 1.9.2; words come after as text.
bool is_older(std::string_view version, std::string_view than);
// Whether an id or a version can be a folder's name: letters, digits, ".", "-", "+" and "_", up to
// 64, the first a digit or letter.
bool is_folder_name(std::string_view text);

}  // namespace concord::runtime
