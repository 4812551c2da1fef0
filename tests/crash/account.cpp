#include "tests/crash/account.hpp"

#include <map>
#include <set>
#include <tuple>

namespace concord::crash {
namespace {

constexpr const char* kSystems[] = {"child_welfare", "court", "health", "juvenile_justice"};

class Account {
 public:
  explicit Account(story::Play& play) : play_(play) {
    for (const char* system : kSystems) {
      lines_[system] = play.received(system);
      for (const story::Line& line : lines_[system])
        if (line.effect == "applied") applied_[{system, line.subject}].push_back(&line);
    }
  }

  // Everything owed has come, and the first line of each came after that of the one before.
  void nothing_lost_and_in_order(const std::vector<Owed>& owed) {
    std::map<std::tuple<std::string, std::string, std::string>, size_t> last;
    for (const Owed& each : owed) {
      const auto& lines = applied_[{each.system, each.subject}];
      size_t at = 0;
      while (at < lines.size() && lines[at]->body.find(each.mark) == std::string::npos) ++at;
      const std::string what =
          each.topic + " " + each.mark + " of " + each.subject + " at " + each.system;
      if (at == lines.size()) {
        faults.push_back("lost: " + what);
        continue;
      }
      size_t& before = last[{each.system, each.subject, each.topic}];
      if (at < before) faults.push_back("order: " + what + " came before an earlier one");
      before = at;
    }
  }

  void nothing_twice() {
    std::set<std::tuple<std::string, std::string, std::string, uint64_t>> seen;
    for (const auto& [system, lines] : lines_)
      for (const story::Line& line : lines)
        if (line.effect == "applied" &&
            !seen.insert({system, line.type, line.key, line.version}).second)
          faults.push_back("twice: " + line.type + " " + line.key + " at " + system);
  }

  void ledger_agrees() {
    int code = -1;
    const std::string words = play_.concord({"ledger"}, &code);
    if (code != 0) faults.push_back("ledger: " + words);
    int64_t effects = 0;
    for (const auto& [system, lines] : lines_)
      for (const story::Line& line : lines)
        effects += line.effect == "applied" || line.effect == "stale";
    const rapidjson::Document ledger = play_.ledger();
    const int64_t delivered = ledger.IsObject() && ledger["deliveries"].HasMember("delivered")
                                  ? ledger["deliveries"]["delivered"].GetInt64()
                                  : 0;
    if (effects != delivered)
      faults.push_back("ledger: " + std::to_string(delivered) + " delivered, the agencies count " +
                       std::to_string(effects));
  }

  std::vector<std::string> faults;

 private:
  story::Play& play_;
  std::map<std::string, std::vector<story::Line>> lines_;
  std::map<std::pair<std::string, std::string>, std::vector<const story::Line*>> applied_;
};

}  // namespace

int64_t held_by_sources(story::Play& play) {
  int64_t held = 0;
  for (const auto& [system, verb] :
       {std::pair("health", "events"), {"court", "events"}, {"juvenile_justice", "outbox"}}) {
    const auto answer = play.act(system, std::string(R"({"verb":")") + verb + "\"}");
    if (answer.IsObject() && answer.HasMember("waiting")) held += answer["waiting"].GetInt64();
  }
  return held;
}

std::vector<std::string> faults_of(story::Play& play,
                                   const std::vector<Owed>& owed,
                                   int64_t held_before) {
  Account account(play);
  account.nothing_lost_and_in_order(owed);
  account.nothing_twice();
  account.ledger_agrees();
  if (const int64_t held = held_by_sources(play); held != held_before)
    account.faults.push_back("held: " + std::to_string(held - held_before) + " changes");
  return std::move(account.faults);
}

}  // namespace concord::crash
