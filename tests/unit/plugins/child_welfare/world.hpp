// What the tests of this connector share: a call, a folder of their own, short reads.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concord/connector.hpp>
#include <concord/testing.hpp>
#include <filesystem>
#include <fstream>

#include "child_welfare/connector.hpp"

namespace concord::child_welfare {

using sdk::TempFolder;
using sdk::TestCall;

inline std::unique_ptr<ChildWelfare> connector_of(const std::string& config) {
  auto settings = read_settings(config);
  if (!settings) {
    ADD_FAILURE() << settings.error().place << ": " << settings.error().cause;
    return nullptr;
  }
  return std::make_unique<ChildWelfare>(std::move(settings).value());
}

inline std::vector<std::string> keys(const std::vector<sdk::Record>& records) {
  std::vector<std::string> out;
  for (const auto& r : records) out.push_back(r.key);
  return out;
}

}  // namespace concord::child_welfare
