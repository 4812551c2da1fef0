// The addresses that a system's connector may reach.
// Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hub/runtime/access.hpp"

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

}  // namespace concord::runtime
