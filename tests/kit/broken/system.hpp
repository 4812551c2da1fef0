// The system that this connector speaks to: a folder, and a port that answers while it is up.
//
//   <folder>/feed.jsonl   one change a line: {"type", "id", "version", "changed_at", "deleted",
//   "record"} <folder>/mode         how it answers: nothing, retry, rate_limited, auth, config or
//   hang <folder>/notices/     <key>.v<version>.json or .withdrawn, what was written
//   <folder>/effects      a line for each write that had an effect
#pragma once

#include <concord/connector.hpp>
#include <string>
#include <vector>

namespace concord::broken {

struct Given {
  std::string folder;
  std::string token;
  uint16_t port = 0;
  uint16_t listen_port = 0;
  uint32_t page_size = 50;
};

class System {
 public:
  explicit System(const Given& given) : given_(given) {}

  [[nodiscard]] bool is_up() const;
  // What it answers now: nothing, or an error. Waits while it hangs, as long as the call allows.
  // where: "check", "read" or "write".
  [[nodiscard]] std::optional<sdk::Error> answer(std::string_view where,
                                                 const sdk::Call& call) const;
  [[nodiscard]] std::string mode() const;
  [[nodiscard]] std::vector<std::string> feed() const;  // lines
  [[nodiscard]] bool has(const std::string& file) const;
  void put(const std::string& file, const std::string& text) const;
  [[nodiscard]] std::string get(const std::string& file) const;
  // The version that is held under a key; 0: none.
  [[nodiscard]] uint64_t version_of(const std::string& key) const;
  void hold(const std::string& key,
            uint64_t version,
            const std::string& body,
            bool withdrawn) const;
  void had_effect() const;

 private:
  const Given& given_;
};

}  // namespace concord::broken
