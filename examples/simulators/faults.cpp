#include "examples/simulators/faults.hpp"

#include <algorithm>
#include <concord/json.hpp>

namespace concord::sim {
namespace {

constexpr std::array kKinds{FaultKind::slow,
                            FaultKind::hang,
                            FaultKind::status,
                            FaultKind::rate_limited,
                            FaultKind::reset_after_commit,
                            FaultKind::truncated_body,
                            FaultKind::bad_token,
                            FaultKind::duplicate,
                            FaultKind::out_of_order};

sdk::Error fault_error(std::string cause) {
  return sdk::config_error("FAULT",
                           "fault",
                           std::move(cause),
                           "send {\"kind\": slow, hang, status, rate_limited, reset_after_commit, "
                           "truncated_body, bad_token, duplicate, out_of_order or none; times, "
                           "place, status, delay_ms}");
}

sdk::Result<int> read_int(const rapidjson::Value& json, const char* name, int otherwise) {
  const auto it = json.FindMember(name);
  if (it == json.MemberEnd()) return otherwise;
  if (!it->value.IsInt()) return fault_error(std::string(name) + " is not a whole number");
  return it->value.GetInt();
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::slow:
      return "slow";
    case FaultKind::hang:
      return "hang";
    case FaultKind::status:
      return "status";
    case FaultKind::rate_limited:
      return "rate_limited";
    case FaultKind::reset_after_commit:
      return "reset_after_commit";
    case FaultKind::truncated_body:
      return "truncated_body";
    case FaultKind::bad_token:
      return "bad_token";
    case FaultKind::duplicate:
      return "duplicate";
    case FaultKind::out_of_order:
      return "out_of_order";
  }
  return "";
}

sdk::Result<Fault> read_fault(std::string_view json) {
  rapidjson::Document document;
  sdk::JsonFault json_fault;
  if (!sdk::parse_json(json, document, json_fault)) return fault_error(json_fault.cause);
  const std::string_view kind = sdk::text_of(document, "kind");
  const auto known = std::find_if(
      kKinds.begin(), kKinds.end(), [&](FaultKind each) { return name_of(each) == kind; });
  if (known == kKinds.end()) return fault_error("there is no such kind of fault");
  Fault fault;
  fault.kind = *known;
  fault.place = sdk::text_of(document, "place");
  auto times = read_int(document, "times", fault.times);
  auto status = read_int(document, "status", fault.status);
  auto delay = read_int(document, "delay_ms", static_cast<int>(fault.delay.count()));
  for (const auto* each : {&times, &status, &delay}) {
    if (!*each) return each->error();
  }
  if (*status < 100 || *status > 599) return fault_error("status is not between 100 and 599");
  if (*delay < 0) return fault_error("delay_ms is negative");
  fault.times = *times;
  fault.status = *status;
  fault.delay = std::chrono::milliseconds(*delay);
  return fault;
}

void Faults::arm(Fault fault) {
  const std::lock_guard lock(mutex_);
  if (fault.times != 0) armed_.push_back(std::move(fault));
}

void Faults::clear() {
  {
    const std::lock_guard lock(mutex_);
    armed_.clear();
    ++wakeups_;
  }
  changed_.notify_all();
}

std::optional<Fault> Faults::take(std::span<const FaultKind> kinds, std::string_view place) {
  const std::lock_guard lock(mutex_);
  for (auto it = armed_.begin(); it != armed_.end(); ++it) {
    const bool wanted = std::find(kinds.begin(), kinds.end(), it->kind) != kinds.end();
    if (!wanted || !place.starts_with(it->place)) continue;
    Fault fault = *it;
    ++taken_[static_cast<size_t>(fault.kind)];
    if (it->times > 0 && --it->times == 0) armed_.erase(it);
    return fault;
  }
  return std::nullopt;
}

bool Faults::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  const uint64_t before = wakeups_;
  return changed_.wait_for(lock, time, [&] { return wakeups_ != before; });
}

void Faults::interrupt() {
  {
    const std::lock_guard lock(mutex_);
    ++wakeups_;
  }
  changed_.notify_all();
}

std::string Faults::json() const {
  const std::lock_guard lock(mutex_);
  sdk::JsonWriter out;
  out.object().key("armed").array();
  for (const Fault& fault : armed_) {
    out.object().field("kind", name_of(fault.kind)).field("times", fault.times);
    out.field("place", fault.place).end();
  }
  out.end_array().key("taken").object();
  for (const FaultKind kind : kKinds) {
    out.field(name_of(kind), taken_[static_cast<size_t>(kind)]);
  }
  out.end().end();
  return out.text();
}

}  // namespace concord::sim
