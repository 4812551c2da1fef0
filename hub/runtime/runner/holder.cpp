#include "hub/runtime/runner/holder.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "hub/runtime/abi_values.hpp"
#include "hub/runtime/runner/encode.hpp"

namespace concord::runtime {
namespace {

using Time = std::chrono::steady_clock::time_point;

// The hub is gone, or no longer makes sense: there is nobody to answer.
[[noreturn]] void leave() {
  ::_exit(0);
}

std::vector<Lane> event_lanes() {
  std::vector<Lane> lanes;
  for (int i = 1; i < kAskLaneCount; ++i) lanes.emplace_back(kAskLanes + i);
  return lanes;
}

}  // namespace

// What the connector sees of one call.
struct Holder::Call {
  Holder& holder;
  Time ends;
  std::atomic<bool>* stop;
  concord_call abi{};

  Call(Holder& h, uint64_t timeout_ms, std::atomic<bool>* s = nullptr)
      : holder(h),
        ends(std::chrono::steady_clock::now() +
             std::chrono::milliseconds(std::min<uint64_t>(timeout_ms, 1u << 30))),
        stop(s) {
    abi.struct_size = sizeof abi;
    abi.timeout_ms = timeout_ms;
    abi.host = this;
    abi.cancelled = [](void* host) -> int32_t {
      auto* self = static_cast<Call*>(host);
      if (self->stop != nullptr) return self->stop->load() ? 1 : 0;
      return self->holder.cancelled_.load() || std::chrono::steady_clock::now() > self->ends;
    };
    abi.log = [](void* host, int32_t level, concord_bytes event, concord_bytes fields) {
      Put put(Kind::log);
      put.u32(static_cast<uint32_t>(std::clamp(level, 0, 3)));
      put.text(view(event).substr(0, 4096)).text(view(fields).substr(0, 4096));
      static_cast<Call*>(host)->holder.tell(put);
    };
  }
};

Holder::Holder(const Lane& control) : control_(control), events_(event_lanes(), leave) {}

uint32_t Holder::offers(const concord_connector& c) {
  uint32_t bits = 0;
  if (c.check != nullptr) bits |= 1;
  if (c.describe != nullptr) bits |= 2;
  if (c.read != nullptr) bits |= 4;
  if (c.ack != nullptr) bits |= 8;
  if (c.listen != nullptr) bits |= 16;
  if (c.write != nullptr) bits |= 32;
  return bits;
}

void Holder::start(const concord_connector& connector) {
  connector_ = connector;
  for (const int fd : {kReadLane, kWriteLane, kOtherLane})
    std::thread([this, fd] { serve(Lane(fd)); }).detach();
}

void Holder::serve(const Lane& lane) {
  for (Frame question;;) {
    if (lane.receive(question, kBatchBytesMax) != Lane::Outcome::good) leave();
    answer(lane, question);
    question.payload = {};
  }
}

void Holder::answer(const Lane& lane, const Frame& question) {
  Take take(question.payload);
  Call call(*this, take.u64());
  concord_error error = no_error();
  Put ok(Kind::ok);
  uint32_t result = CONCORD_FATAL;
  void* self = connector_.self;
  switch (question.kind) {
    case Kind::check:
      result = connector_.check(self, &call.abi, &error);
      break;
    case Kind::describe: {
      concord_text text{};
      text.struct_size = sizeof text;
      result = connector_.describe(self, &call.abi, &text, &error);
      if (result == CONCORD_OK) ok.text(view(text.bytes));
      if (result == CONCORD_OK && text.release != nullptr) text.release(&text);
      break;
    }
    case Kind::read: {
      const concord_bytes type = bytes(take.text());
      const concord_bytes checkpoint = bytes(take.text());
      concord_limits limits{sizeof(concord_limits), take.u32(), take.u64()};
      concord_batch batch{};
      batch.struct_size = sizeof batch;
      result = connector_.read(self, &call.abi, type, checkpoint, &limits, &batch, &error);
      if (result == CONCORD_OK) put_batch(ok, batch);
      if (result == CONCORD_OK && batch.release != nullptr) batch.release(&batch);
      break;
    }
    case Kind::ack: {
      const concord_bytes type = bytes(take.text());
      const concord_bytes checkpoint = bytes(take.text());
      result = connector_.ack(self, &call.abi, type, checkpoint, &error);
      break;
    }
    case Kind::write: {
      const auto deliveries = take_deliveries(take);
      concord_outcomes outcomes{};
      outcomes.struct_size = sizeof outcomes;
      result = connector_.write(self,
                                &call.abi,
                                deliveries.abi.data(),
                                static_cast<uint32_t>(deliveries.abi.size()),
                                &outcomes,
                                &error);
      if (result == CONCORD_OK) put_outcomes(ok, outcomes);
      if (result == CONCORD_OK && outcomes.release != nullptr) outcomes.release(&outcomes);
      break;
    }
    default:
      leave();
  }
  if (result == CONCORD_OK && ok.size() > kBatchBytesMax) {
    error = too_large();
    result = error.error_class;
  }
  Put fail(Kind::fail);
  error.error_class = result;
  if (result != CONCORD_OK) put_error(fail, error);
  if (lane.send(result == CONCORD_OK ? ok : fail) != Lane::Outcome::good) leave();
}

void Holder::tell(Put& put) {
  const std::scoped_lock one(telling_);
  if (control_.send(put) != Lane::Outcome::good) leave();
}

void Holder::obey() {
  for (Frame order;;) {
    if (control_.receive(order, kShortBytesMax) != Lane::Outcome::good) leave();
    switch (order.kind) {
      case Kind::cancel:
        cancelled_ = true;
        break;
      case Kind::listen:
        stop_listening_ = false;
        if (listener_.joinable()) listener_.join();
        listener_ = std::thread([this] { listen(); });
        break;
      case Kind::stop_listening:
        stop_listening_ = true;
        break;
      case Kind::end:  // after every other call has returned
        if (listener_.joinable()) listener_.join();
        if (connector_.destroy != nullptr) connector_.destroy(connector_.self);
        leave();
      default:
        leave();
    }
  }
}

void Holder::listen() {
  concord_sink sink{};
  sink.struct_size = sizeof sink;
  sink.host = this;
  sink.deliver = [](void* host, const concord_batch* batch, concord_outcome* outcomes) {
    return static_cast<Holder*>(host)->events_.deliver(*batch, outcomes);
  };
  sink.poke = [](void* host, concord_bytes type) {
    static_cast<Holder*>(host)->events_.poke(type);
  };
  Call call(*this, UINT64_MAX, &stop_listening_);
  concord_error error = no_error();
  error.error_class = connector_.listen == nullptr
                          ? uint32_t{CONCORD_CONFIG}
                          : connector_.listen(connector_.self, &call.abi, &sink, &error);
  Put put(Kind::listen_ended);
  put_error(put, error);
  tell(put);
}

std::vector<std::string> Holder::resolve(const std::string& name) {
  const std::scoped_lock one(naming_);
  Lane lane(kAskLanes);
  Put put(Kind::resolve);
  put.text(name);
  Frame given;
  if (lane.send(put) != Lane::Outcome::good ||
      lane.receive(given, kShortBytesMax) != Lane::Outcome::good)
    leave();
  lane.release();
  Take take(given.payload);
  std::vector<std::string> addresses;
  if (given.kind != Kind::ok) return addresses;
  for (uint32_t left = take.count(4); left > 0; --left) addresses.emplace_back(take.text());
  return addresses;
}

}  // namespace concord::runtime
