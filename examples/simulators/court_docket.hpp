// What the simulated court holds, as a log of changes: every change of a party, case, hearing,
// order or filing is its next version, at the end of its collection's list.
//
// Threads: any number; every function locks.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/simulators/children.hpp"

namespace concord::sim {

class CourtDocket {
 public:
  static constexpr const char* kZone = "America/New_York";

  explicit CourtDocket(const std::vector<Child>& children);

  struct Page {
    std::vector<std::string> items;     // JSON objects, oldest change first
    std::vector<std::string> previous;  // the version before, or empty; as many as items
    uint64_t next = 0;                  // give it as `after` for what follows
    bool more = false;
  };
  // False: there is no such collection ("hearings", ...).
  bool page(const std::string& collection, uint64_t after, size_t limit, Page& out) const;
  // The court needs them no more: what changed up to there leaves the list.
  void prune(const std::string& collection, uint64_t up_to);

  // Each returns the ids of what changed, with its new JSON; empty: there is no such thing.
  struct Changed {
    std::string type;  // "hearing"
    std::string json;
  };
  using Changes = std::vector<Changed>;
  Changes schedule_hearing(const std::string& party_id,
                           const std::string& kind,
                           const std::string& local,
                           bool in_calendar);
  // hearing_id empty: the party's newest hearing that is scheduled.
  Changes continue_hearing(const std::string& party_id,
                           const std::string& hearing_id,
                           const std::string& local);
  Changes issue_order(const std::string& party_id,
                      const std::string& kind,
                      const std::vector<std::string>& opens);
  Changes seal_case(const std::string& party_id);
  Changes correct_party(const std::string& party_id, const std::string& family);

  [[nodiscard]] bool knows(const std::string& party_id) const;
  // Hearings that only the calendar tells, as iCalendar.
  [[nodiscard]] std::string calendar() const;
  // {"parties":[…],"cases":[…],"hearings":[…],"orders":[…],"filings":[…]}, calendar's included.
  [[nodiscard]] std::string json() const;

 private:
  struct Item {
    std::string type, id, party_id;
    std::map<std::string, std::string> members;  // name -> JSON
    uint64_t version = 0, sequence = 0;
    std::string updated_at, previous;
    [[nodiscard]] std::string json() const;
    [[nodiscard]] std::string text(const char* member) const;  // of a member that is a text
  };
  struct Collection {
    std::map<std::string, Item> items;
    std::map<uint64_t, std::string> changes;  // sequence -> id; the newest of each
  };
  using Members = std::map<std::string, std::string>;

  void add_child(const Child& child);
  void add_case(const std::string& id, const std::string& party_id, const char* kind, bool sealed);
  // Makes the item's next version. With mutex_ held.
  Changed change(const std::string& type,
                 const std::string& id,
                 const std::string& party_id,
                 Members members);
  Changed new_hearing(const std::string& case_id,
                      const std::string& party_id,
                      const std::string& kind,
                      const std::string& local,
                      bool in_calendar,
                      bool sealed);
  const Item* case_of(const std::string& party_id) const;

  mutable std::mutex mutex_;
  std::map<std::string, Collection> collections_;
  std::map<std::string, Item> calendar_;  // hearings
  uint64_t sequence_ = 0, hearings_ = 0, orders_ = 0;
};

}  // namespace concord::sim
