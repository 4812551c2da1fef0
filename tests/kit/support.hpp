// Runs the kit as an author would, and reads its report.
#pragma once

#include <gtest/gtest.h>

#include <concord/testing.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "hub/base/crypto.hpp"
#include "hub/base/files.hpp"
#include "hub/base/json.hpp"

namespace concord::kit::test {

namespace fs = std::filesystem;

inline const std::string kBuild = CONCORD_BUILD_DIR;
inline const std::string kSource = CONCORD_SOURCE_DIR;

using Folder = sdk::TempFolder;

struct Finding {
  std::string verdict, why;
};
using Findings = std::map<std::string, Finding>;  // by check

// "failed: x (why)" a line each, for a message.
inline std::string failures(const Findings& findings) {
  std::string out;
  for (const auto& [name, finding] : findings)
    if (finding.verdict == "failed") out += name + ": " + finding.why + "\n";
  return out;
}
inline std::set<std::string> names(const Findings& findings, const std::string& verdict) {
  std::set<std::string> out;
  for (const auto& [name, finding] : findings)
    if (finding.verdict == verdict) out.insert(name);
  return out;
}

// environment: "NAME=value NAME=value". The exit code must say what the report says.
inline Findings run_kit(const std::string& connector,
                        const std::string& config,
                        const std::string& environment = "",
                        const std::string& options = "") {
  const Folder folder;
  const std::string report = folder.path().string() + "/report.json";
  const std::string command = environment + " " + kBuild + "/bin/concord connector test " +
                              connector + " --config " + config + " --report " + report +
                              " --jobs 4 " + options + " >" + folder.path().string() + "/out 2>&1";
  const int status = std::system(command.c_str());
  auto text = base::read_file(report, 4u << 20);
  if (!text) {
    auto out = base::read_file(folder.path().string() + "/out", 1u << 20);
    ADD_FAILURE() << command << "\n" << (out ? *out : "");
    return {};
  }
  auto json = base::read_json(*text, report);
  EXPECT_TRUE(json);
  Findings findings;
  for (const auto& check : (*json)["checks"].GetArray())
    findings[check["name"].GetString()] = {check["verdict"].GetString(), check["why"].GetString()};
  EXPECT_EQ(WEXITSTATUS(status), failures(findings).empty() ? 0 : 1);
  return findings;
}

}  // namespace concord::kit::test
