#include "hub/runtime/runner/events.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "hub/runtime/abi_values.hpp"
#include "hub/runtime/runner/encode.hpp"

namespace concord::runtime {
namespace {

constexpr size_t kTogetherBytesMax = 4u << 20;  // a larger event goes by itself

}  // namespace

struct Events::Event {
  const concord_batch& batch;
  concord_outcome* outcomes;
  size_t size;
  std::shared_ptr<Frame> given = {};  // what the outcomes' texts point into
  uint32_t worst = CONCORD_OK;
  bool under_way = false, done = false;

  // The hub's next answer becomes outcome number i.
  void settle(uint32_t i, Take& take) {
    concord_error& error = outcome_at(outcomes, i).error;
    error = no_error();
    error.error_class = take.u32();
    error.code = bytes(take.text());
    error.place = bytes(take.text());
    error.cause = bytes(take.text());
    error.next = bytes(take.text());
    error.retry_after_ms = take.u64();
    worst = std::max(worst, error.error_class);
  }
};

Events::Events(std::vector<Lane> lanes, void (*gone)()) : gone_(gone), free_(std::move(lanes)) {}

uint32_t Events::deliver(const concord_batch& batch, concord_outcome* outcomes) {
  Event event{batch, outcomes, size_of(batch)};
  if (event.size > kEventBytesMax) {
    for (uint32_t i = 0; i < batch.record_count + batch.reject_count; ++i)
      outcome_at(outcomes, i).error = too_large();
    return CONCORD_RETRY;
  }
  std::unique_lock lock(mutex_);
  waiting_.push_back(&event);
  for (;;) {
    changed_.wait(lock, [&] { return event.done || (!event.under_way && !free_.empty()); });
    if (event.done) break;
    const std::vector<Event*> together = gather();
    Lane lane = std::move(free_.back());
    free_.pop_back();
    lock.unlock();
    carry(together, lane);
    lock.lock();
    free_.push_back(std::move(lane));
    for (Event* carried : together) carried->done = true;
    changed_.notify_all();
  }
  thread_local std::shared_ptr<Frame> kept;
  kept = std::move(event.given);
  return event.worst;
}

std::vector<Events::Event*> Events::gather() {
  std::vector<Event*> together;
  for (size_t size = 0; !waiting_.empty(); waiting_.pop_front()) {
    size += waiting_.front()->size;
    if (!together.empty() && size > kTogetherBytesMax) break;
    together.push_back(waiting_.front());
    together.back()->under_way = true;
  }
  return together;
}

// One batch on the way there: the records of all, then the rejects of all; and so the answers.
void Events::carry(const std::vector<Event*>& together, const Lane& lane) const {
  std::vector<const concord_batch*> batches;
  for (const Event* event : together) batches.push_back(&event->batch);
  Put put(Kind::deliver);
  put_batches(put, batches);
  auto given = std::make_shared<Frame>();
  ask(lane, put, *given);
  Take take(given->payload);
  take.u32();
  for (Event* event : together)
    for (uint32_t i = 0; i < event->batch.record_count; ++i) event->settle(i, take);
  for (Event* event : together)
    for (uint32_t i = 0; i < event->batch.reject_count; ++i)
      event->settle(event->batch.record_count + i, take);
  if (!take.done()) gone_();
  for (Event* event : together) event->given = given;
}

void Events::ask(const Lane& lane, Put& put, Frame& answer) const {
  if (lane.send(put) != Lane::Outcome::good ||
      lane.receive(answer, kShortBytesMax) != Lane::Outcome::good)
    gone_();
}

void Events::poke(concord_bytes type) {
  Put put(Kind::poke);
  put.text(view(type).substr(0, 256));
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !free_.empty(); });
  Lane lane = std::move(free_.back());
  free_.pop_back();
  lock.unlock();
  Frame done;
  ask(lane, put, done);
  lock.lock();
  free_.push_back(std::move(lane));
  changed_.notify_all();
}

}  // namespace concord::runtime
