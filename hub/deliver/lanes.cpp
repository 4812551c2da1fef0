#include "hub/deliver/lanes.hpp"

namespace concord::deliver {

// What speaks of no person has a lane of its own, by document.
std::string Lanes::key_of(const model::Delivery& delivery) {
  return delivery.person.empty() ? "entity " + delivery.entity.value : delivery.person.value;
}

void Lanes::add(model::Delivery delivery) {
  highest_id_ = std::max(highest_id_, delivery.id);
  const std::string key = key_of(delivery);
  Lane& lane = lanes_[key];
  lane.queue.push_back(std::move(delivery));
  ++waiting_;
  if (lane.state == State::idle) schedule(key, lane);
}

// The lane's head has changed: says what the lane waits for from here on.
void Lanes::schedule(const std::string& key, Lane& lane) {
  const model::Delivery& head = lane.queue.front();
  if (head.outcome == model::Outcome::parked) {
    lane.state = State::parked;
    parked_ids_[head.id] = key;
    ++parked_;
  } else if (head.due_at) {
    lane.state = State::timed;
    lane.timer = timed_.emplace(*head.due_at, key);
  } else {
    lane.state = State::ready;
    ready_.push_back(key);
  }
}

void Lanes::advance(const std::string& key, Lane& lane) {
  lane.queue.pop_front();
  --waiting_;
  if (lane.queue.empty()) {
    lanes_.erase(key);
  } else {
    schedule(key, lane);
  }
}

std::vector<model::Delivery> Lanes::take(size_t at_most, base::Instant now) {
  while (!timed_.empty() && timed_.begin()->first <= now) {
    Lane& lane = lanes_.at(timed_.begin()->second);
    lane.state = State::ready;
    ready_.push_back(timed_.begin()->second);
    timed_.erase(timed_.begin());
  }
  std::vector<model::Delivery> taken;
  while (!ready_.empty() && taken.size() < at_most) {
    Lane& lane = lanes_.at(ready_.front());
    ready_.pop_front();
    lane.state = State::busy;
    taken.push_back(lane.queue.front());
  }
  return taken;
}

void Lanes::finish(const model::Delivery& head) {
  const std::string key = key_of(head);
  if (const auto found = lanes_.find(key); found != lanes_.end()) advance(key, found->second);
}

void Lanes::again(const model::Delivery& head) {
  const std::string key = key_of(head);
  Lane& lane = lanes_.at(key);
  lane.queue.front() = head;
  schedule(key, lane);
}

void Lanes::park(const model::Delivery& head) {
  model::Delivery parked = head;
  parked.outcome = model::Outcome::parked;
  again(parked);
}

Lanes::Lane* Lanes::parked_lane_of(int64_t id, std::string& key) {
  const auto found = parked_ids_.find(id);
  if (found == parked_ids_.end()) return nullptr;
  key = found->second;
  parked_ids_.erase(found);
  --parked_;
  return &lanes_.at(key);
}

bool Lanes::unpark(int64_t id, base::Instant now) {
  std::string key;
  Lane* lane = parked_lane_of(id, key);
  if (lane == nullptr) return false;
  model::Delivery& head = lane->queue.front();
  head.outcome = model::Outcome::waiting;
  head.due_at = now;
  schedule(key, *lane);
  return true;
}

bool Lanes::drop(int64_t id) {
  std::string key;
  Lane* lane = parked_lane_of(id, key);
  if (lane == nullptr) return false;
  advance(key, *lane);
  return true;
}

bool Lanes::withdraw(const model::PersonId& person, std::vector<model::Delivery>& taken_out) {
  const auto found = lanes_.find(person.value);
  if (found == lanes_.end()) return true;
  Lane& lane = found->second;
  const bool busy = lane.state == State::busy;
  const auto first = lane.queue.begin() + (busy ? 1 : 0);
  waiting_ -= static_cast<size_t>(lane.queue.end() - first);
  std::move(first, lane.queue.end(), std::back_inserter(taken_out));
  lane.queue.erase(first, lane.queue.end());
  if (busy) return false;
  switch (lane.state) {
    case State::ready:
      std::erase(ready_, person.value);
      break;
    case State::timed:
      timed_.erase(lane.timer);
      break;
    case State::parked:
      std::erase_if(parked_ids_, [&](const auto& parked) { return parked.second == person.value; });
      --parked_;
      break;
    case State::idle:
    case State::busy:
      break;
  }
  lanes_.erase(found);
  return true;
}

std::optional<base::Instant> Lanes::next_due() const {
  if (timed_.empty()) return std::nullopt;
  return timed_.begin()->first;
}

bool Lanes::ready(base::Instant now) const {
  return !ready_.empty() || (!timed_.empty() && timed_.begin()->first <= now);
}

}  // namespace concord::deliver
