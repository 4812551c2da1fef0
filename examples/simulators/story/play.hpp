// What a story needs of the world: the simulated systems and the hub as processes of its own, their
// logs, and a list of claims that are checked one by one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <concord/http.hpp>
#include <concord/json.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace concord::story {

using Clock = std::chrono::system_clock;

// A child process; ended by its own pid, in order.
class Process {
 public:
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { end(); }
  // Output goes to the file log. False where it cannot be started.
  bool start(const std::vector<std::string>& command, const std::filesystem::path& log);
  // SIGTERM, then waits. The exit code, or -1.
  int end();
  void kill();
  [[nodiscard]] bool runs();
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

// One line of a simulated system's log of what it received.
struct Line {
  Clock::time_point at;
  std::string idempotency_key, type, key, subject, effect, body;
  std::string obligations;  // what came beside the record
  uint64_t version = 0;
};

class Play {
 public:
  struct Folders {
    std::filesystem::path run, binaries, coalition;
  };
  Play(Folders folders, int children, bool quick_jobs);

  // Starts the four systems, writes the coalition's copy, starts the hub. False: said why.
  bool open();
  int close();  // the hub's exit code

  // POST /systems/<system>/<what>; the answer as JSON, null where it failed.
  rapidjson::Document tell(const std::string& system,
                           const std::string& what,
                           const std::string& json);
  rapidjson::Document act(const std::string& system, const std::string& verb_json) {
    return tell(system, "do", verb_json);
  }
  // Plain children, one after the other, whom all these systems know; never the same one twice.
  std::vector<int> children_known_to(const std::vector<std::string>& systems, int count);
  // Runs the hub's own command line; what it printed.
  std::string concord(const std::vector<std::string>& words, int* code = nullptr) const;

  // Everything that a system received, by its own log.
  [[nodiscard]] std::vector<Line> received(const std::string& system) const;
  // Waits until a condition holds.
  bool wait(std::chrono::milliseconds patience, const std::function<bool()>& until) const;
  // Nothing is on its way any more and all jobs have run.
  bool settle(std::chrono::milliseconds patience) const;
  [[nodiscard]] rapidjson::Document ledger() const;
  [[nodiscard]] std::string key(int child, const char* prefix) const;

  void scene(const std::string& title) const;
  void claim(bool holds, const std::string& what);
  // Words of others, indented; at most so many lines.
  void say(const std::string& text, int lines_max = 1000) const;
  [[nodiscard]] int failures() const { return failures_; }
  [[nodiscard]] int claims() const { return claims_; }

  Process simulators, hub;
  bool start_hub();
  // Leaves all running until Ctrl-C or SIGTERM, and says what to try. A hub that ends is started
  // again, as systemd would.
  void keep();
  [[nodiscard]] const Folders& folders() const { return folders_; }

 private:
  bool copy_coalition(const rapidjson::Document& ports);
  bool secret(const std::string& name, std::string_view text);
  bool connect_events(const rapidjson::Document& ports);

  Folders folders_;
  int children_;
  bool quick_jobs_;
  std::string control_;
  std::map<std::string, std::string> environment_;
  mutable sdk::HttpClient http_;
  int last_child_ = 12;  // the first dozen are cases of their own
  int claims_ = 0, failures_ = 0;
};

}  // namespace concord::story
