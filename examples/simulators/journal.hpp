// What a simulated system received, in the order it took effect: the truth that tests and the demo
// compare the hub with.
//
// A file of JSON lines, one per thing received, appended with one write() each and never rewritten:
//   {"n":0,"at":"2024-05-01T10:00:00.123456Z","system":"court","idempotency_key":"…","type":"…",
//    "key":"…","version":3,"subject":"…","effect":"applied","status":201,"body":{…},
//    "obligations":[…]}
// obligations: what came beside the record, where something did.
// Opened again, it goes on where it ended; a torn last line is cut off.
//
// Threads: any number may call any function.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace concord::sim {

enum class Effect : uint8_t {
  applied,  // new, or a newer version: the system now holds it
  repeat,   // this idempotency key was applied before: nothing changed
  stale,    // a newer version of this key is held: nothing changed
  refused   // not acceptable to this system: nothing changed
};
std::string_view name_of(Effect effect);

struct Received {
  std::string idempotency_key;
  std::string type;
  std::string key;
  uint64_t version = 0;
  std::string subject;        // this system's own key of the child
  int status = 200;           // what was answered, in this protocol's own code
  std::string body;           // JSON is kept as JSON, anything else as a string
  std::string obligations{};  // likewise; empty: none came beside it
};

class Journal {
 public:
  static sdk::Result<std::unique_ptr<Journal>> open(const std::filesystem::path& file,
                                                    std::string system);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  // Judges by what was received so far (idempotency key, then version of type and key), writes the
  // line and says the effect. For systems that keep no store of their own. One step: two threads
  // with the same idempotency key get one `applied` and one `repeat`.
  Effect receive(const Received& received);

  // Writes the line with an effect that the caller knows, e.g. from its database or as `refused`.
  void write(const Received& received, Effect effect);

  // {"lines":12,"applied":9,"repeat":2,"stale":1,"refused":0,"types":{"court_event":{"applied":9,…}}}
  [[nodiscard]] std::string counts_json() const;
  [[nodiscard]] uint64_t lines() const;
  [[nodiscard]] uint64_t count(Effect effect) const;

  // Lines from number `since` (0: the first), without their ends; at most `most`.
  [[nodiscard]] std::vector<std::string> since(uint64_t since, size_t most = 1000) const;

 private:
  using Counts = std::map<Effect, uint64_t>;
  Journal(int fd, std::string system);
  sdk::Status load(const std::string& place);
  Effect judge(const Received& received) const;  // with mutex_ held
  void append(const Received& received, Effect effect);
  void remember(const Received& received, Effect effect);

  mutable std::mutex mutex_;
  int fd_;
  std::string system_;
  std::vector<uint64_t> starts_;  // byte at which each line starts
  uint64_t end_ = 0;
  Counts totals_;
  std::map<std::string, Counts> by_type_;
  std::unordered_set<std::string> seen_keys_;
  std::unordered_map<std::string, uint64_t> versions_;  // type NUL key: newest applied
};

}  // namespace concord::sim
