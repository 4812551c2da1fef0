// Writing: a document under its key, once, the newest version alone.
#include <concord/json.hpp>
#include <concord/obligations.hpp>

#include "tests/kit/broken/connector.hpp"
#include "tests/kit/broken/fault.hpp"

namespace concord::broken {
namespace {

sdk::Error refused(const char* code, sdk::ErrorClass error_class = sdk::ErrorClass::bad_record) {
  return {error_class, code, "notice", "the system does not take it", "mend the mapping"};
}

}  // namespace

sdk::Result<std::vector<sdk::Outcome>> Broken::write(std::span<const sdk::Delivery> deliveries,
                                                     const sdk::Call& call) {
  if (breaks("write.empty_batch") && deliveries.empty())
    return refused("EMPTY", sdk::ErrorClass::config);
  if (enter()) return sdk::retry("SLIP", "write", "this is the fault", "mend it");
  if (auto error = system_.answer("write", call)) return *std::move(error);
  std::vector<sdk::Outcome> outcomes;
  for (size_t i = 0; i < deliveries.size(); ++i) {
    if (breaks("write.accepts") && deliveries.size() == 5 && i == 4)
      outcomes.push_back({refused("SLIP"), ""});
    else if (breaks("write.arrives") && deliveries.size() == 3 && i == 2)
      outcomes.push_back({std::nullopt, "lost"});
    else
      outcomes.push_back(write_one(deliveries[i]));
  }
  bool any = false;
  for (const sdk::Outcome& outcome : outcomes)
    any = any || (outcome.error && outcome.error->code == "NO_EVENT");
  if (breaks("write.partial_failure_by_index") && any)
    for (sdk::Outcome& outcome : outcomes) outcome.error = refused("SLIP");
  if (breaks("write.hundred") && outcomes.size() == 100) outcomes.resize(50);
  return outcomes;
}

sdk::Outcome Broken::write_one(const sdk::Delivery& delivery) {
  const std::string key(delivery.key), id(delivery.idempotency_key);
  if (delivery.type != "notice") {
    if (breaks("write.unknown_type")) return {std::nullopt, "?"};
    return {refused("RECORD_TYPE"), ""};
  }
  if (breaks("write.odd_keys") && key.find('/') != std::string::npos)
    return {refused("SLIP", sdk::ErrorClass::config), ""};
  rapidjson::Document body;
  sdk::JsonFault fault;
  const bool good = sdk::parse_json(delivery.body, body, fault) && body.IsObject();
  if (!delivery.withdraw && !good) {
    if (breaks("write.odd_bodies")) return {refused("SLIP", sdk::ErrorClass::config), ""};
    return {refused("BODY"), ""};
  }
  if (!delivery.withdraw && sdk::text_of(body, "event").empty()) return {refused("NO_EVENT"), ""};
  const uint64_t held = system_.version_of(key);
  if (delivery.withdraw) {
    if (breaks("write.withdraws")) return {std::nullopt, key};
    if (breaks("write.withdraws_unknown") && held == 0)
      return {refused("SLIP", sdk::ErrorClass::fatal), ""};
  }
  const bool again = !written_.insert(id).second;
  if (breaks("write.repeat_has_no_second_effect") && again) system_.had_effect();
  if (breaks("write.repeat_after_a_crash") && !again && held == delivery.version)
    system_.had_effect();
  const bool overwrites = breaks("write.older_version_is_stale") && delivery.version < held;
  if (delivery.version <= held && !overwrites) return {std::nullopt, key};
  if (breaks("write.newer_version_replaces") && held == 1 && !delivery.withdraw)
    return {std::nullopt, key};
  system_.hold(key, delivery.version, std::string(delivery.body), delivery.withdraw);
  auto along = std::span(delivery.obligations);
  if (breaks("write.honours") && !along.empty()) along = along.first(along.size() - 1);
  system_.put("along", sdk::obligation_lines(along));
  system_.had_effect();
  return {std::nullopt, key};
}

}  // namespace concord::broken
