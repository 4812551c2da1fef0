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

std::vector<std::string> list(const base::Json& json, const char* name) {
  std::vector<std::string> texts;
  if (const base::JsonValue* found = base::member(json, name); found != nullptr && found->IsArray())
    for (const auto& item : found->GetArray())
      if (item.IsString()) texts.emplace_back(base::text(item));
  return texts;
}

std::optional<base::Instant> time(const base::Json& json, const char* name) {
  return base::parse_instant(base::text_of(json, name));
}

bool flag(const base::Json& json, const char* name, bool otherwise) {
  const base::JsonValue* found = base::member(json, name);
  return found != nullptr && found->IsBool() ? found->GetBool() : otherwise;
}

}  // namespace

std::string to_json(const model::Consent& c) {
  sdk::JsonWriter out;
  out.object()
      .field("id", c.id.value)
      .field("system", c.child.system.value)
      .field("key", c.child.key);
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

base::Result<model::Consent> consent_of(const std::string& text) {
  auto json = base::read_json(text, "consent");
  if (!json) return std::move(json).error();
  model::Consent c;
  c.id = model::ConsentId(std::string(base::text_of(*json, "id")));
  c.child = {model::SystemId(std::string(base::text_of(*json, "system"))),
             std::string(base::text_of(*json, "key"))};
  c.form = base::text_of(*json, "form");
  c.decision = base::text_of(*json, "decision");
  c.missing = list(*json, "missing");
  c.signers = list(*json, "signers");
  c.recipients = list(*json, "recipients");
  c.recipient_class = base::text_of(*json, "recipient_class");
  if (base::member(*json, "names_hub") != nullptr) c.names_hub = flag(*json, "names_hub", false);
  c.purposes = list(*json, "purposes");
  c.scope = list(*json, "scope");
  for (const std::string& label : list(*json, "except_labels"))
    c.except_labels.add(model::label_of(label));
  c.signed_at = time(*json, "signed");
  c.start = time(*json, "start");
  c.end = time(*json, "end");
  c.revoked_at = time(*json, "revoked_at");
  c.irrevocable_until = time(*json, "irrevocable_until");
  c.end_none = flag(*json, "end_none", false);
  c.end_given = flag(*json, "end_given", true);
  c.unreadable = flag(*json, "unreadable", false);
  c.supersedes = base::text_of(*json, "supersedes");
  if (c.id.empty() || c.child.key.empty())
    return base::bad_record(
        "CONSENT_UNREADABLE", "consent", "id or child is missing", "grant it again");
  return c;
}

}  // namespace concord::pipeline
