#include "hub/pipeline/evidence_json.hpp"

#include <concord/json.hpp>

#include "hub/base/json.hpp"

namespace concord::pipeline {
namespace {

void list(sdk::JsonWriter& out, const char* name, const std::vector<std::string>& texts) {
  out.key(name).array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

void time(sdk::JsonWriter& out, const char* name, const std::optional<base::Instant>& at) {
  if (at) out.field(name, base::to_text(*at));
}

std::vector<std::string> list(const base::JsonValue& json, const char* name) {
  std::vector<std::string> texts;
  if (const base::JsonValue* found = base::member(json, name); found != nullptr && found->IsArray())
    for (const auto& item : found->GetArray())
      if (item.IsString()) texts.emplace_back(base::text(item));
  return texts;
}

std::optional<base::Instant> time(const base::JsonValue& json, const char* name) {
  return base::parse_instant(base::text_of(json, name));
}

void child(sdk::JsonWriter& out, const model::ChildRef& child) {
  out.field("system", child.system.value).field("key", child.key);
}

model::ChildRef child_of(const base::JsonValue& json) {
  return {model::SystemId(std::string(base::text_of(json, "system"))),
          std::string(base::text_of(json, "key"))};
}

base::Error unreadable(const char* code, const char* place, const std::string& what) {
  return base::bad_record(code, place, what + " is missing", "give it again");
}

// An end that cannot be read would be no end.
bool times_read(const base::JsonValue& json) {
  for (const char* name : {"signed", "start", "end", "revoked_at", "irrevocable_until"})
    if (base::member(json, name) != nullptr && !time(json, name)) return false;
  return true;
}

bool flag(const base::JsonValue& json, const char* name, bool otherwise) {
  const base::JsonValue* found = base::member(json, name);
  return found != nullptr && found->IsBool() ? found->GetBool() : otherwise;
}

}  // namespace

std::string to_json(const model::Consent& c) {
  sdk::JsonWriter out;
  out.object().field("id", c.id.value);
  child(out, c.child);
  out.field("form", c.form).field("decision", c.decision);
  list(out, "missing", c.missing);
  list(out, "signers", c.signers);
  list(out, "recipients", c.recipients);
  if (!c.recipient_class.empty()) out.field("recipient_class", c.recipient_class);
  if (c.names_hub) out.field("names_hub", *c.names_hub);
  list(out, "purposes", c.purposes);
  list(out, "scope", c.scope);
  std::vector<std::string> except;
  for (const model::Label label : c.except_labels.list())
    except.emplace_back(model::name_of(label));
  list(out, "except_labels", except);
  time(out, "signed", c.signed_at);
  time(out, "start", c.start);
  time(out, "end", c.end);
  time(out, "revoked_at", c.revoked_at);
  time(out, "irrevocable_until", c.irrevocable_until);
  out.field("end_none", c.end_none)
      .field("end_given", c.end_given)
      .field("unreadable", c.unreadable);
  if (!c.supersedes.empty()) out.field("supersedes", c.supersedes);
  out.end();
  return out.text();
}

std::string to_json(const model::Order& order) {
  sdk::JsonWriter out;
  out.object().field("id", order.id);
  child(out, order.child);
  if (!order.recipient.empty()) out.field("recipient", order.recipient);
  list(out, "fields", order.fields);
  time(out, "start", order.start);
  time(out, "end", order.end);
  if (!order.kind.empty()) out.field("kind", order.kind);
  out.field("parent_party", order.parent_party).end();
  return out.text();
}

std::string to_json(const model::RosterEntry& seat) {
  sdk::JsonWriter out;
  out.object().field("id", seat.id).field("agency", seat.agency.value);
  out.field("role", seat.role).field("status", seat.status);
  time(out, "start", seat.start);
  time(out, "end", seat.end);
  out.end();
  return out.text();
}

std::string to_json(const model::Assignment& assignment) {
  sdk::JsonWriter out;
  out.object().field("id", assignment.id).field("agency", assignment.agency.value);
  child(out, assignment.child);
  time(out, "start", assignment.start);
  time(out, "end", assignment.end);
  out.end();
  return out.text();
}

base::Result<model::Consent> consent_of(const base::JsonValue& json) {
  model::Consent c;
  c.id = model::ConsentId(std::string(base::text_of(json, "id")));
  c.child = child_of(json);
  c.form = base::text_of(json, "form");
  c.decision = base::text_of(json, "decision");
  c.missing = list(json, "missing");
  c.signers = list(json, "signers");
  c.recipients = list(json, "recipients");
  c.recipient_class = base::text_of(json, "recipient_class");
  if (base::member(json, "names_hub") != nullptr) c.names_hub = flag(json, "names_hub", false);
  c.purposes = list(json, "purposes");
  c.scope = list(json, "scope");
  for (const std::string& label : list(json, "except_labels"))
    c.except_labels.add(model::label_of(label));
  c.signed_at = time(json, "signed");
  c.start = time(json, "start");
  c.end = time(json, "end");
  c.revoked_at = time(json, "revoked_at");
  c.irrevocable_until = time(json, "irrevocable_until");
  c.end_none = flag(json, "end_none", false);
  c.end_given = flag(json, "end_given", true);
  c.unreadable = flag(json, "unreadable", false);
  c.supersedes = base::text_of(json, "supersedes");
  if (c.id.empty() || c.child.key.empty())
    return unreadable("CONSENT_UNREADABLE", "consent", "id or child");
  if (!times_read(json))
    return unreadable("CONSENT_UNREADABLE", "consent", "an instant as 2026-06-01T12:00:00Z");
  return c;
}

base::Result<model::Order> order_of(const base::JsonValue& json) {
  model::Order order;
  order.id = base::text_of(json, "id");
  order.child = child_of(json);
  order.recipient = base::text_of(json, "recipient");
  order.fields = list(json, "fields");
  order.start = time(json, "start");
  order.end = time(json, "end");
  order.kind = base::text_of(json, "kind");
  order.parent_party = flag(json, "parent_party", false);
  if (order.id.empty() || order.child.key.empty())
    return unreadable("ORDER_UNREADABLE", "order", "id or child");
  if (!times_read(json))
    return unreadable("ORDER_UNREADABLE", "order", "an instant as 2026-06-01T12:00:00Z");
  return order;
}

base::Result<model::RosterEntry> seat_of(const base::JsonValue& json) {
  model::RosterEntry seat;
  seat.id = base::text_of(json, "id");
  seat.agency = model::AgencyId(std::string(base::text_of(json, "agency")));
  seat.role = base::text_of(json, "role");
  seat.status = base::text_of(json, "status");
  seat.start = time(json, "start");
  seat.end = time(json, "end");
  if (seat.agency.empty() || seat.role.empty())
    return unreadable("SEAT_UNREADABLE", "seat", "agency or role");
  if (!times_read(json))
    return unreadable("SEAT_UNREADABLE", "seat", "an instant as 2026-06-01T12:00:00Z");
  return seat;
}

base::Result<model::Assignment> assignment_of(const base::JsonValue& json) {
  model::Assignment assignment;
  assignment.id = base::text_of(json, "id");
  assignment.agency = model::AgencyId(std::string(base::text_of(json, "agency")));
  assignment.child = child_of(json);
  assignment.start = time(json, "start");
  assignment.end = time(json, "end");
  if (assignment.agency.empty() || assignment.child.key.empty())
    return unreadable("ASSIGNMENT_UNREADABLE", "assignment", "agency or child");
  if (!times_read(json))
    return unreadable("ASSIGNMENT_UNREADABLE", "assignment", "an instant as 2026-06-01T12:00:00Z");
  return assignment;
}

}  // namespace concord::pipeline
