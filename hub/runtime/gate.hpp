// Answers what a runner's sandbox asks of the hub: may this path be opened, may this address be
// connected to. The hub makes the connection itself, on the runner's socket, to the address that it
// has looked at: what the runner writes into its memory meanwhile changes nothing.
// Threads: Addresses any; a Gate its keeper's.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hub/runtime/access.hpp"
#include "hub/runtime/isolation.hpp"

namespace concord::runtime {

// The addresses that a system's settings name. Host names are looked up when the runner asks.
class Addresses {
 public:
  explicit Addresses(const Access& access) : access_(access) {}
  // Its addresses, as text; none where the settings do not name it. Blocks on the resolver.
  std::vector<std::string> resolve(const std::string& name);
  [[nodiscard]] bool may_connect(const std::string& address, uint16_t port) const;
  [[nodiscard]] bool may_listen(const std::string& address, uint16_t port) const;

 private:
  const Access& access_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> known_;
};

class Gate {
 public:
  int fd() const { return -1; }
  void answer() {}
};

}  // namespace concord::runtime
