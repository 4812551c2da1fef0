// A mandate's clock as the store keeps it and people are shown it.
#include <concord/json.hpp>

#include "hub/pipeline/mandates.hpp"

namespace concord::pipeline {
namespace {

using model::MandateState;

void time(sdk::JsonWriter& out, const char* name, const std::optional<base::Instant>& at) {
  if (at) out.field(name, base::to_text(*at));
}

void contact(sdk::JsonWriter& out, const char* key, const model::Contact& who) {
  out.key(key).object().field("agency", who.agency.value).field("role", who.role);
  if (!who.name.empty()) out.field("name", who.name);
  out.end();
}

std::string text(const base::JsonValue& json, const char* name) {
  return std::string(base::text_of(json, name));
}

std::optional<base::Instant> time(const base::JsonValue& json, const char* name) {
  return base::parse_instant(base::text_of(json, name));
}

model::Contact contact(const base::JsonValue& json, const char* name) {
  const base::JsonValue* found = base::member(json, name);
  if (found == nullptr) return {};
  return {model::AgencyId(text(*found, "agency")), text(*found, "role"), text(*found, "name")};
}

std::optional<MandateState> state_of(std::string_view name) {
  for (const auto state : {MandateState::running,
                           MandateState::delivered,
                           MandateState::attested,
                           MandateState::withdrawn})
    if (model::name_of(state) == name) return state;
  return std::nullopt;
}

}  // namespace

std::string to_json(const model::MandateClock& c) {
  sdk::JsonWriter out;
  out.object().field("id", c.id).field("mandate", c.mandate).field("event", c.event);
  out.field("entity", c.entity.value);
  if (!c.flow.empty()) out.field("flow", c.flow.value);
  out.field("received_at", base::to_text(c.received_at)).field("due_at", base::to_text(c.due_at));
  contact(out, "owner", c.owner);
  out.key("escalations").array();
  for (const auto& step : c.escalations) {
    out.object().field("at", base::to_text(step.at));
    contact(out, "to", step.to);
    time(out, "told_at", step.told_at);
    out.end();
  }
  out.end_array().field("state", model::name_of(c.state));
  time(out, "ended_at", c.ended_at);
  if (c.delivery != 0) out.field("delivery", c.delivery);
  if (!c.by.empty()) out.field("by", c.by);
  if (!c.how.empty()) out.field("how", c.how);
  out.end();
  return out.text();
}

base::Result<model::MandateClock> mandate_of(const base::JsonValue& json) {
  model::MandateClock c;
  c.id = text(json, "id");
  c.mandate = text(json, "mandate");
  c.event = text(json, "event");
  c.entity = model::EntityId(text(json, "entity"));
  c.flow = model::FlowId(text(json, "flow"));
  const auto received = time(json, "received_at");
  const auto due = time(json, "due_at");
  const auto state = state_of(base::text_of(json, "state"));
  if (c.id.empty() || c.entity.empty() || !received || !due || !state)
    return base::fatal_error("MANDATE_UNREADABLE",
                             "store",
                             "a mandate lacks its id, document, time or state",
                             "restore the store from a backup");
  c.received_at = *received;
  c.due_at = *due;
  c.state = *state;
  c.owner = contact(json, "owner");
  if (const base::JsonValue* steps = base::member(json, "escalations");
      steps != nullptr && steps->IsArray())
    for (const auto& step : steps->GetArray())
      if (const auto at = time(step, "at"))
        c.escalations.push_back({*at, contact(step, "to"), time(step, "told_at")});
  c.ended_at = time(json, "ended_at");
  if (const base::JsonValue* delivery = base::member(json, "delivery");
      delivery != nullptr && delivery->IsInt64())
    c.delivery = delivery->GetInt64();
  c.by = text(json, "by");
  c.how = text(json, "how");
  return c;
}

}  // namespace concord::pipeline
