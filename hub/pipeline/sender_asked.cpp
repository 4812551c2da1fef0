// What is asked of a sender while it runs: more deliveries, and what becomes of some of a person's.
#include <algorithm>

#include "hub/pipeline/sender.hpp"

namespace concord::pipeline {
namespace {

// The twin that the race test of persons must catch holds nothing back.
#ifdef CONCORD_HOLD_NOTHING_BACK
constexpr bool kHolds = false;
#else
constexpr bool kHolds = true;
#endif

}  // namespace

void Sender::add(const std::vector<model::Delivery>& deliveries) {
  {
    const std::scoped_lock lock(mutex_);
    for (const model::Delivery& delivery : deliveries) {
      if (delivery.to != system_) continue;
      const auto held = held_back_.find(delivery.person);
      if (held == held_back_.end()) {
        lanes_.add(delivery);
      } else {
        held->second.push_back(delivery);
      }
    }
  }
  changed_.notify_all();
}

bool Sender::retry(int64_t delivery) {
  bool found = false;
  {
    const std::scoped_lock lock(mutex_);
    found = lanes_.unpark(delivery, works_.clock());
    state_.paused_until.reset();
  }
  changed_.notify_all();
  return found;
}

bool Sender::drop(int64_t delivery) {
  bool found = false;
  {
    const std::scoped_lock lock(mutex_);
    found = lanes_.drop(delivery);
  }
  changed_.notify_all();  // what stood behind it goes on now
  return found;
}

bool Sender::hold_back(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  return !kHolds || lanes_.withdraw(person, held_back_[person]);
}

void Sender::let_go(const model::PersonId& person, bool as_it_was) {
  {
    const std::scoped_lock lock(mutex_);
    auto held = held_back_.extract(person);
    if (held.empty() || !as_it_was) return;
    // Those that were on their way at the first try were taken out last.
    std::sort(held.mapped().begin(), held.mapped().end(), [](const auto& a, const auto& b) {
      return a.id < b.id;
    });
    for (model::Delivery& delivery : held.mapped()) lanes_.add(std::move(delivery));
  }
  changed_.notify_all();
}

bool Sender::withdraw(const model::PersonId& person, std::vector<model::Delivery>& taken_out) {
  const std::scoped_lock lock(mutex_);
  return lanes_.withdraw(person, taken_out);
}

}  // namespace concord::pipeline
