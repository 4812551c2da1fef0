// The hub under measure: a coalition written for it, its process, and what the machine says of it.
#pragma once

#include <concord/http.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "examples/simulators/story/play.hpp"
#include "tests/bench/agencies.hpp"

namespace concord::bench {

struct Folders {
  std::filesystem::path run, binaries, coalition, mappings;
  std::string runs = "isolated";  // where the connectors run, as a system's file has it
};

// Four systems and four flows after the example coalition's, with its agencies, roster and
// evidence; all that is said nowhere is the hub's default. False: said why.
bool write_coalition(const Folders& folders,
                     const Wires& wires,
                     const Words& words,
                     uint16_t welfare,
                     uint16_t court,
                     uint16_t hospital);
int free_port();

// What the process has used so far.
struct Usage {
  double cpu_ms = 0, rss_mb = 0, written_mb = 0;
  int threads = 0;
};
Usage usage_of(pid_t process);

class Hub {
 public:
  Hub(const Folders& folders, const Wires& wires) : folders_(folders), wires_(wires) {}
  // Milliseconds from starting the process to GET /readyz = 200 and every event port open;
  // none: it ended, or took too long.
  std::optional<double> start();
  int stop() { return process_.end(); }
  bool runs() { return process_.runs(); }
  [[nodiscard]] Usage usage() const { return usage_of(process_.pid()); }
  // Of each runner that it has: memory that is its own, or its share of what is shared.
  [[nodiscard]] std::vector<Usage> runners() const;

  // A metric, summed over all systems or of one; -1: not there.
  double metric(const std::string& name, const std::string& system = {});
  rapidjson::Document ledger();

 private:
  std::string get(const std::string& path, const std::string& token = {});
  const Folders& folders_;
  const Wires& wires_;
  story::Process process_;
  sdk::HttpClient http_;
};

// What the store holds per record, once no hub has it open.
struct StoreSize {
  int64_t records = 0, bytes = 0;  // records of the journal; bytes of all tables and indices
};
StoreSize size_of_store(const Folders& folders);

}  // namespace concord::bench
