// What the simulated child welfare agency holds, listed by the time of its last change.
//
// Children that were entered together share a time, as after a bulk load, so that whoever reads
// page by page must not lose those of one moment.
//
// Threads: any number; every function locks.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/simulators/children.hpp"

namespace concord::sim {

// Members of a record in their order: name and JSON.
using Members = std::vector<std::pair<std::string, std::string>>;

class WelfareRecords {
 public:
  explicit WelfareRecords(const std::vector<Child>& children);

  struct Place {  // in a list
    int64_t us = 0;
    std::string id;
    auto operator<=>(const Place&) const = default;
  };
  struct Page {
    std::vector<std::string> items;     // JSON objects, oldest change first
    std::vector<std::string> previous;  // the version before, or empty; as many as items
    Place last;                         // of the last item; or `after`
    bool more = false;
    int64_t newest_us = 0;  // of all of this type, pruned ones too
  };
  // What changed at or after since_us and comes after that place. False: no such type ("persons").
  bool page(
      const std::string& list, int64_t since_us, const Place& after, size_t limit, Page& out) const;
  // The hub has it: what stands up to that place leaves the list.
  void prune(const std::string& list, const Place& up_to);

  struct Changed {
    std::string type;  // "placement"
    std::string json;
  };
  using Changes = std::vector<Changed>;
  // Sets members of a record (a new one where there is none) and its time. Empty: no such type.
  Changes change(const std::string& type, const std::string& id, const Members& members);
  // Ends the child's placement and begins another. Empty: no such child.
  Changes place(const std::string& person_id,
                const std::string& placement_type,
                const std::string& facility,
                const std::string& date);
  Changes report_missing(const std::string& person_id, const std::string& last_seen_at);
  Changes found(const std::string& person_id, const std::string& found_at);

  [[nodiscard]] bool knows(const std::string& person_id) const;
  [[nodiscard]] bool has(const std::string& type, const std::string& id) const;
  // {"persons":[…],"cases":[…],…}: everything, pruned or not.
  [[nodiscard]] std::string json() const;
  // All records of a type as CSV: id, modified, and the members that are texts, numbers or flags.
  [[nodiscard]] std::string csv(const std::string& type) const;

  static std::string list_of(const std::string& type) { return type + "s"; }

 private:
  struct Item {
    std::string id, person_id, previous;
    Members members;
    int64_t us = 0;
    [[nodiscard]] std::string json() const;
    [[nodiscard]] std::string text(std::string_view member) const;  // of one that is a text
    void set(const std::string& name, const std::string& json_value);
  };
  struct List {
    std::map<std::string, Item> items;
    std::set<Place> order;  // those not pruned
    int64_t newest_us = 0;
  };
  void add_child(const Child& child, int64_t us);
  // With mutex_ held. us 0: now.
  Changed put(const std::string& type, const std::string& id, const Members& members, int64_t us);
  Item* newest_of(const std::string& type, const std::string& person_id);
  int64_t now_us();

  mutable std::mutex mutex_;
  std::map<std::string, List> lists_;  // by "persons", ...
  int64_t last_us_ = 0;
};

std::string json_text(std::string_view text);  // quoted
Members placement_of(const std::string& person_id,
                     const std::string& kind,
                     const std::string& facility,
                     const std::string& start);

// "2026-03-01T08:30:00.250000Z"; and back, -1: no time.
std::string utc_text(int64_t us);
int64_t utc_us(std::string_view text);

}  // namespace concord::sim
