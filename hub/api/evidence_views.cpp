// The evidence in force, as people are shown it.
#include <concord/json.hpp>

#include "hub/api/json_parts.hpp"
#include "hub/api/views.hpp"

namespace concord::api {
namespace {

using sdk::JsonWriter;

void child(JsonWriter& out, const model::ChildRef& child) {
  out.field("system", child.system.value).field("child", child.key);
}

void show(JsonWriter& out, const model::Consent& c) {
  out.object().field("id", c.id.value);
  child(out, c.child);
  out.field("form", c.form).field("decision", c.decision);
  texts(out, "recipients", c.recipients);
  texts(out, "purposes", c.purposes);
  texts(out, "scope", c.scope);
  time(out, "start", c.start);
  time(out, "end", c.end);
  time(out, "revoked_at", c.revoked_at);
  out.end();
}

void show(JsonWriter& out, const model::Order& order) {
  out.object().field("id", order.id);
  child(out, order.child);
  out.field("kind", order.kind.empty() ? "disclosure" : order.kind);
  if (!order.recipient.empty()) out.field("recipient", order.recipient);
  texts(out, "fields", order.fields);
  if (order.parent_party) out.field("parent_party", true);
  time(out, "start", order.start);
  time(out, "end", order.end);
  out.end();
}

void show(JsonWriter& out, const model::RosterEntry& seat) {
  out.object().field("id", seat.id).field("agency", seat.agency.value);
  out.field("role", seat.role).field("status", seat.status);
  time(out, "start", seat.start);
  time(out, "end", seat.end);
  out.end();
}

void show(JsonWriter& out, const model::Assignment& assignment) {
  out.object().field("id", assignment.id).field("agency", assignment.agency.value);
  child(out, assignment.child);
  time(out, "start", assignment.start);
  time(out, "end", assignment.end);
  out.end();
}

template <class T>
std::string listed(const std::string& what, const std::vector<T>& all) {
  JsonWriter out;
  out.object().key(what).array();
  for (const T& one : all) show(out, one);
  out.end_array().end();
  return out.text();
}

}  // namespace

std::string mandates_json(const std::vector<model::MandateClock>& mandates, base::Instant now) {
  std::string out = "{\"mandates\":[";
  for (size_t i = 0; i < mandates.size(); ++i) {
    std::string one = pipeline::to_json(mandates[i]);
    JsonWriter more;
    more.object().field("late", model::is_late(mandates[i], now));
    if (mandates[i].state == model::MandateState::running)
      more.field("move", model::to_text(model::whose_move(mandates[i])));
    more.end();
    one.back() = ',';
    out += (i == 0 ? "" : ",") + one + more.text().substr(1);
  }
  return out + "]}";
}

std::string evidence_json(const model::Evidence& evidence, const std::string& what) {
  if (what == "orders") return listed(what, evidence.orders);
  if (what == "roster") return listed(what, evidence.roster);
  if (what == "assignments") return listed(what, evidence.assignments);
  return listed("consents", evidence.consents);
}

}  // namespace concord::api
