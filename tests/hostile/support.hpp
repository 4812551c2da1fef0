// A hub's end of hostile connectors: what they are loaded with, what they say, what is seen of
// them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "hub/runtime/connector.hpp"

namespace concord::hostile {

using namespace std::chrono_literals;
using Words = std::map<std::string, std::string>;

// A folder, a secret, a store and two servers: what there is to be attacked.
class Target {
 public:
  Target();
  ~Target();
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::string own() const { return path("own"); }
  [[nodiscard]] int allowed_port() const { return allowed_.port; }
  [[nodiscard]] int other_port() const { return other_.port; }
  [[nodiscard]] int free_port() const { return free_port_; }

 private:
  // Gives each caller one byte.
  struct Server {
    int fd = -1, port = 0;
    std::thread thread;
  };
  static void open(Server& server);
  std::string folder_;
  Server allowed_, other_;
  int free_port_ = 0;
};

runtime::Manifest manifest(const std::string& name = "hostile");

struct Loading {
  runtime::RunnerSettings settings;
  runtime::Timeouts timeouts{2000ms, 2000ms, 2000ms, 2000ms};
  std::string system = "hostile";
  std::string library = "hostile";
};
Loading with_sandbox();
Loading with_the_kernel_alone();  // the hub answers for nothing
Loading without_sandbox();

// A connector in a runner that may have its own folder, one port to connect to and one to listen
// on.
std::unique_ptr<runtime::Connector> load(const Target& target, Words words, const Loading& loading);

// What the attack came to: "worked", "failed", or the code of the error that the call ended with.
std::string outcome_of(runtime::Connector& connector);
std::vector<std::string> attempts(runtime::Connector& connector);  // as the status tells them
bool attempted(runtime::Connector& connector, const std::string& what);
bool wait_for(const std::function<bool()>& until, std::chrono::milliseconds patience = 10s);
// Why this machine cannot show it; "" where it can.
std::string kernel_lacks(runtime::Connector& connector, const std::string& part);

}  // namespace concord::hostile
