// Landlock by system call: Debian 12 has no library for it, and headers of an older kernel than
// many run. Threads: single-threaded, before any other code of the runner.
#pragma once

#include "hub/base/result.hpp"
#include "hub/runtime/channel/spec.hpp"

namespace concord::runtime {

// Rules that are ready to be put into force; opening the paths may need rights that are given up
// before.
class Landlock {
 public:
  Landlock() = default;
  ~Landlock();
  Landlock(const Landlock&) = delete;
  Landlock& operator=(const Landlock&) = delete;

  // 0: this kernel has none, and nothing is prepared.
  [[nodiscard]] int abi() const { return abi_; }
  base::Status prepare(const SandboxSpec& spec);
  base::Status enter() const;

 private:
  base::Status allow(const std::string& path, bool write);
  base::Status allow_port(uint32_t port, uint64_t access);
  int abi_ = 0;
  int rules_ = -1;
  uint64_t handled_ = 0;
};

}  // namespace concord::runtime
