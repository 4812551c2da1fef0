// A connector's manifest: read and checked before the library is opened, because static
// constructors run at load.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/base/result.hpp"

namespace concord::runtime {

struct Manifest {
  std::string id, name, version;
  int abi_min = 0, abi_max = 0;           // major * 1000 + minor
  std::string library;                    // absolute path
  std::string sha256;                     // 64 lower-case hex digits
  std::vector<std::string> capabilities;  // read, write, listen
  std::vector<std::string> honours;       // obligations that it writes along with a record
  std::string config_schema;              // JSON Schema draft-07, as text
  std::string path;                       // of the manifest
  std::string digest;                     // SHA-256 of the manifest's own bytes, hex
  std::string root;                       // the folder of connectors that it was found in
  bool current = false;                   // of several versions, the one that runs by default
  [[nodiscard]] bool can(std::string_view capability) const;
};

base::Result<Manifest> read_manifest(const std::string& path);
// The same from its text; path is where it lies, or would.
base::Result<Manifest> manifest_of(std::string_view text, const std::string& path);
// ABI range and hash, and that the library is whole. Every difference is named.
base::Status check_manifest(const Manifest& manifest);
// All that lie below the folders, in the folders' order; of one id and version the first. Which of
// them a system means: choose() in versions.hpp.
base::Result<std::vector<Manifest>, base::Errors> find_manifests(
    const std::vector<std::string>& folders);

}  // namespace concord::runtime
