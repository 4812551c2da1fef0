// concord connector new: a connector project from the SDK's template.
#pragma once

#include <string>

#include "hub/base/result.hpp"

namespace concord::kit {

struct Project {
  std::string id;      // "youth_shelter": names the connector, its folder and its namespace
  std::string folder;  // made; must not exist, or be empty
  std::string share;   // share/concord of the installation: its sdk/template and mappings
};

// Writes the project. Nothing is left behind where it fails half-way but the folder itself.
base::Status write_project(const Project& project);

}  // namespace concord::kit
