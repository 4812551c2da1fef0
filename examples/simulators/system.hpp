// One simulated agency system: what main.cpp needs of it. Derive in <sector>.hpp, construct in
// main.cpp. The journal and the faults are made here, so that every system has both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/simulators/children.hpp"
#include "examples/simulators/faults.hpp"
#include "examples/simulators/journal.hpp"

namespace concord::sim {

// What all systems are made from. Outlives them; does not change.
struct World {
  uint64_t seed = 1;
  std::vector<Child> children;
  std::filesystem::path dir;  // one folder a system goes below it: dir / name()
};

// An answer to a control verb.
struct Reply {
  int status = 200;         // as in HTTP
  std::string json = "{}";  // an object
};
inline Reply unknown_verb() {
  return {404, R"({"error":"this system has no such verb","next":"see its header"})"};
}

class System {
 public:
  // Takes its journal; `<name>.jsonl` in World::dir.
  System(const World& world, std::unique_ptr<Journal> journal)
      : world_(world), journal_(std::move(journal)) {}
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  virtual ~System() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // "court"

  // Opens its ports; after stop() the same ones again, with everything it held. Does not block.
  virtual sdk::Status start() = 0;
  // Refuses connections and drops open ones ("the system is down"); keeps what it holds.
  virtual void stop() = 0;

  // Every port, by what is spoken there: {"http", 40123}, {"mllp", 40124}. Known after start().
  [[nodiscard]] virtual std::vector<std::pair<std::string, uint16_t>> ports() const = 0;
  // What else a hub needs to be configured with: {"folder", "/…/court/drop"}, {"client_id", "…"}.
  // Secrets are for tests only, made from the seed.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> settings() const {
    return {};
  }

  // Makes something happen at the agency, as its staff would: "place_child", "discharge". args_json
  // is the whole request, an object with "verb" and what the verb needs. Any thread. Each header
  // lists its verbs. A verb returns when the change is durable here; an event that it causes may
  // still be on its way.
  virtual Reply control(std::string_view verb, std::string_view args_json) = 0;

  // What the agency holds and believes, to compare with: an object. May be large.
  [[nodiscard]] virtual std::string truth_json() const { return "{}"; }

  Journal& journal() { return *journal_; }
  Faults& faults() { return faults_; }

 protected:
  const World& world_;
  std::unique_ptr<Journal> journal_;
  Faults faults_;
};

}  // namespace concord::sim
