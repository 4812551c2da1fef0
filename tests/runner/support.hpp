// A folder that is a system, and its connector in a runner or in this process.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/runtime/connector.hpp"

namespace concord::runner {

using namespace std::chrono_literals;

class Drawer {
 public:
  Drawer();
  ~Drawer();
  [[nodiscard]] const std::string& folder() const { return folder_; }
  void put_record(const std::string& type,
                  const std::string& key,
                  const std::string& version,
                  const std::string& body);
  void put_event(const std::string& type,
                 const std::string& key,
                 const std::string& version,
                 const std::string& body);
  [[nodiscard]] size_t left_to_read(const std::string& type) const;
  [[nodiscard]] bool has(const std::string& file) const;
  [[nodiscard]] std::string text(const std::string& file) const;

  struct Effect {
    std::string key;
    uint64_t version = 0;
    int64_t at_ns = 0;
  };
  [[nodiscard]] std::vector<Effect> effects() const;

 private:
  void put(const std::string& folder, const std::string& text);
  std::string folder_;
  int next_ = 1;
};

using Words = std::map<std::string, std::string>;
runtime::Manifest manifest();
runtime::RunnerSettings settings();
std::unique_ptr<runtime::Connector> load(
    const Drawer& drawer,
    bool isolated,
    const Words& more = {},
    const runtime::RunnerSettings& settings = runner::settings(),
    const std::string& system = "drawer");
bool wait_for(const std::function<bool()>& until, std::chrono::milliseconds patience = 10s);

}  // namespace concord::runner
