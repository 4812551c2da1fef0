// The lanes of one system: one per person, first in first out. A lane whose head is on its way,
// backing off or parked holds back that person's deliveries and nobody else's.
// Threads: one; the sender owns it.
// Owns:    what waits in memory; the outbox in the store is the truth.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/base/time.hpp"
#include "hub/model/delivery.hpp"

namespace concord::deliver {

class Lanes {
 public:
  // Waiting ones and parked ones, rising by id within a lane.
  void add(model::Delivery delivery);
  // Heads that are due at this moment, oldest lane first; their lanes are busy until settled.
  std::vector<model::Delivery> take(size_t at_most, base::Instant now);
  // The head is final: the next of its lane may go.
  void finish(const model::Delivery& head);
  // The head is tried again when it is due.
  void again(const model::Delivery& head);
  // The head stays parked; its lane stands still.
  void park(const model::Delivery& head);
  // A parked head waits again, or is dropped from its lane. False where it is not a parked head.
  bool unpark(int64_t id, base::Instant now);
  bool drop(int64_t id);
  // Takes out all that waits for this person. False: a head of theirs is on its way; what stood
  // behind it is out, and the caller asks again once it is settled.
  bool withdraw(const model::PersonId& person, std::vector<model::Delivery>& taken_out);

  // When something is due that is not due yet; none: nothing waits for a time.
  [[nodiscard]] std::optional<base::Instant> next_due() const;
  [[nodiscard]] bool ready(base::Instant now) const;
  [[nodiscard]] size_t waiting() const { return waiting_; }
  [[nodiscard]] size_t parked_lanes() const { return parked_; }
  [[nodiscard]] int64_t highest_id() const { return highest_id_; }

 private:
  enum class State { idle, ready, timed, busy, parked };
  struct Lane {
    std::deque<model::Delivery> queue;
    State state = State::idle;
    std::multimap<base::Instant, std::string>::iterator timer;
  };
  static std::string key_of(const model::Delivery& delivery);
  void schedule(const std::string& key, Lane& lane);
  void advance(const std::string& key, Lane& lane);
  Lane* parked_lane_of(int64_t id, std::string& key);

  std::unordered_map<std::string, Lane> lanes_;
  std::deque<std::string> ready_;
  std::multimap<base::Instant, std::string> timed_;
  std::unordered_map<int64_t, std::string> parked_ids_;
  size_t waiting_ = 0;
  size_t parked_ = 0;
  int64_t highest_id_ = 0;
};

}  // namespace concord::deliver
