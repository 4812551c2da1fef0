#include "hub/decide/case_json.hpp"

namespace concord::decide {
namespace {

using base::bad_record;
using base::Error;
using base::Instant;
using base::JsonValue;
using base::member;
using base::text;
using base::text_of;
using model::Consent;
using model::DecisionInput;

// Reads what it can and keeps the first key that is not of the form that it should be.
class Reader {
 public:
  std::string wrong;

  std::vector<std::string> texts(const JsonValue& object, std::string_view name) {
    std::vector<std::string> out;
    const JsonValue* found = member(object, name);
    if (found == nullptr || found->IsNull()) return out;
    if (found->IsString()) return {std::string(text(*found))};
    if (!found->IsArray()) return wrong_at(name), out;
    for (const JsonValue& item : found->GetArray()) {
      if (!item.IsString()) return wrong_at(name), out;
      out.emplace_back(text(item));
    }
    return out;
  }

  bool flag(const JsonValue& object, std::string_view name, bool fallback = false) {
    const JsonValue* found = member(object, name);
    if (found == nullptr || found->IsNull()) return fallback;
    if (!found->IsBool()) return wrong_at(name), fallback;
    return found->GetBool();
  }

  std::map<std::string, std::string> facts(const JsonValue& object, std::string_view name) {
    std::map<std::string, std::string> out;
    const JsonValue* found = member(object, name);
    if (found == nullptr || found->IsNull()) return out;
    if (!found->IsObject()) return wrong_at(name), out;
    for (const auto& item : found->GetObject())
      out.emplace(std::string(text(item.name)), base::write_json(item.value));
    return out;
  }

  std::optional<Instant> instant(const JsonValue& object,
                                 std::string_view name,
                                 bool closes = false) {
    const JsonValue* found = member(object, name);
    if (found == nullptr || found->IsNull()) return std::nullopt;
    if (!found->IsString()) return wrong_at(name), std::nullopt;
    auto at = base::parse_date_or_instant(text(*found));
    if (!at) return wrong_at(name), std::nullopt;
    // Dates include both ends, instants exclude the end.
    if (closes && base::is_date(text(*found))) *at += std::chrono::days{1};
    return at;
  }

  model::LabelSet labels(const std::vector<std::string>& names) {
    model::LabelSet out;
    for (const std::string& name : names) out.add(model::label_of(name));
    return out;
  }

  Consent read_consent(const JsonValue& json) {
    Consent consent;
    consent.id = model::ConsentId(std::string(text_of(json, "id")));
    consent.form = text_of(json, "form");
    consent.decision = text_of(json, "decision");
    if (consent.decision != "permit" && consent.decision != "deny") wrong_at("decision");
    consent.missing = texts(json, "missing");
    consent.signers = texts(json, "signers");
    consent.recipients = texts(json, "recipients");
    consent.recipient_class = text_of(json, "recipient_class");
    if (const JsonValue* named = member(json, "names_hub"); named != nullptr && named->IsBool())
      consent.names_hub = named->GetBool();
    consent.purposes = texts(json, "purposes");
    for (std::string& purpose : texts(json, "purpose"))
      consent.purposes.push_back(std::move(purpose));
    consent.scope = texts(json, "scope");
    consent.except_labels = labels(texts(json, "except_labels"));
    consent.signed_at = instant(json, "signed");
    consent.start = instant(json, "start");
    consent.revoked_at = instant(json, "revoked_at");
    consent.irrevocable_until = instant(json, "irrevocable_until");
    consent.supersedes = text_of(json, "supersedes");
    consent.unreadable = flag(json, "unreadable");
    const JsonValue* end = member(json, "end");
    if (end != nullptr && end->IsNull()) consent.end_given = false;
    if (end != nullptr && end->IsString() && model::says_no_end(text(*end)))
      consent.end_none = true;
    else
      consent.end = instant(json, "end", true);
    return consent;
  }

  void read_consents(const JsonValue& evidence, DecisionInput& input) {
    const JsonValue* list = member(evidence, "consents");
    if (list == nullptr || list->IsNull()) return;
    if (!list->IsArray()) return wrong_at("consents");
    for (const JsonValue& item : list->GetArray()) {
      Reader reader;
      Consent consent = reader.read_consent(item);
      if (!reader.wrong.empty()) {
        consent = {};
        consent.unreadable = true;
      }
      input.consents.push_back(std::move(consent));
    }
  }

  void read_orders(const JsonValue& evidence, DecisionInput& input) {
    const JsonValue* list = member(evidence, "orders");
    if (list == nullptr || list->IsNull()) return;
    if (!list->IsArray()) return wrong_at("orders");
    for (const JsonValue& item : list->GetArray()) {
      model::Order order;
      order.id = text_of(item, "id");
      order.recipient = text_of(item, "recipient");
      order.fields = texts(item, "fields");
      order.kind = text_of(item, "kind");
      if (order.kind.empty()) order.kind = text_of(item, "type");
      if (flag(item, "part2")) order.kind = "part2";
      order.parent_party = flag(item, "parent_party");
      order.start = instant(item, "start");
      order.end = instant(item, "end", true);
      input.orders.push_back(std::move(order));
    }
  }

  void read_evidence(const JsonValue& request, DecisionInput& input) {
    const JsonValue* evidence = member(request, "evidence");
    if (evidence == nullptr || evidence->IsNull()) return;
    if (!evidence->IsObject()) return wrong_at("evidence");
    read_consents(*evidence, input);
    read_orders(*evidence, input);
    input.facts = facts(*evidence, "facts");
    input.service = facts(*evidence, "service");
    input.break_glass = facts(*evidence, "break_glass");
    if (const JsonValue* subpoena = member(*evidence, "subpoena");
        subpoena != nullptr && !subpoena->IsNull()) {
      // A subpoena of which nothing is said but that it is there comes without assurance.
      if (subpoena->IsObject())
        input.subpoena = facts(*evidence, "subpoena");
      else if (!subpoena->IsFalse())
        input.subpoena.emplace();
    }
    input.purpose_code = text_of(*evidence, "purpose_code");
    input.after_report = flag(*evidence, "after_report");
  }

  model::Party read_party(const JsonValue& request, std::string_view name, Instant at) {
    model::Party party;
    const JsonValue* json = member(request, name);
    if (json == nullptr) return party;
    if (!json->IsObject()) return wrong_at(name), party;
    party.agency = text_of(*json, "agency");
    party.capacities = texts(*json, "capacities");
    party.agreements = texts(*json, "agreements");
    party.supports = texts(*json, "supports");
    if (member(*json, "honours") != nullptr) party.honours = texts(*json, "honours");
    party.connector = text_of(*json, "connector");
    if (const JsonValue* credentials = member(*json, "credentials");
        credentials != nullptr && credentials->IsObject())
      for (const auto& item : credentials->GetObject())
        if (item.value.IsString())
          party.credentials.emplace(std::string(text(item.name)), std::string(text(item.value)));
    if (const JsonValue* roster = member(*json, "roster");
        roster != nullptr && roster->IsObject()) {
      party.roster_status = std::string(text_of(*roster, "status"));
      party.roster_end = instant(*roster, "end", true);
      const auto start = instant(*roster, "start");
      if (start && at < *start) party.roster_status = "not yet";
    }
    if (const auto status = text_of(*json, "roster"); !status.empty())
      party.roster_status = std::string(status);
    if (const JsonValue* assigned = member(*json, "assigned");
        assigned != nullptr && assigned->IsBool())
      party.assigned = assigned->GetBool();
    return party;
  }

  void read_subject(const JsonValue& request, DecisionInput& input) {
    input.subject.candidates = 0;  // nobody was matched, unless the request says so
    const JsonValue* subject = member(request, "subject");
    if (subject == nullptr) return;
    if (!subject->IsObject()) return wrong_at("subject");
    if (const JsonValue* age = member(*subject, "age"); age != nullptr && age->IsInt())
      input.subject.age = age->GetInt();
    if (const JsonValue* n = member(*subject, "candidates"); n != nullptr && n->IsInt())
      input.subject.candidates = n->GetInt();
    if (const JsonValue* c = member(*subject, "match_confidence"); c != nullptr)
      input.subject.match_confidence = c->IsNumber() ? c->GetDouble() : 0;
  }

  void read_fields(const JsonValue& request, DecisionInput& input) {
    const JsonValue* fields = member(request, "fields");
    if (fields == nullptr || !fields->IsObject()) return wrong_at("fields");
    for (const auto& item : fields->GetObject()) {
      model::DecisionField field;
      field.path = text(item.name);
      if (item.value.IsArray())
        for (const JsonValue& label : item.value.GetArray())
          field.labels.add(label.IsString() ? model::label_of(text(label)) : model::Label::unknown);
      else if (!item.value.IsNull())
        return wrong_at("fields");
      input.fields.push_back(std::move(field));
    }
  }

  void read_rest(const JsonValue& request, DecisionInput& input) {
    if (const JsonValue* event = member(request, "event"); event != nullptr && event->IsObject()) {
      const auto received = instant(*event, "received_at");
      // Received now, where nothing else is said.
      input.event =
          DecisionInput::Event{std::string(text_of(*event, "type")), received.value_or(input.at)};
    }
    if (const JsonValue* list = member(request, "disclosures"); list != nullptr && list->IsArray())
      for (const JsonValue& item : list->GetArray())
        input.disclosures.emplace_back(item.IsString() ? text(item) : text_of(item, "id"));
  }

  void read(const JsonValue& request, DecisionInput& input) {
    if (const auto jurisdiction = text_of(request, "jurisdiction"); !jurisdiction.empty())
      input.jurisdiction = jurisdiction;
    if (const auto trigger = text_of(request, "trigger"); !trigger.empty()) input.trigger = trigger;
    input.purpose = text_of(request, "purpose");
    input.exchange_policy = text_of(request, "exchange_policy");
    // Taken to be one unless the request says otherwise.
    input.hub_is_intermediary = flag(request, "hub_is_intermediary", true);
    input.audit_writable = flag(request, "audit_writable", true);
    input.rules_current = flag(request, "rules_current", true);
    input.source = read_party(request, "source", input.at);
    input.recipient = read_party(request, "recipient", input.at);
    read_subject(request, input);
    read_fields(request, input);
    read_evidence(request, input);
    read_rest(request, input);
  }

 private:
  void wrong_at(std::string_view name) {
    if (wrong.empty()) wrong = name;
  }
};

}  // namespace

base::Result<DecisionInput> read_request(const JsonValue& json) {
  DecisionInput input;
  input.id = text_of(json, "id");
  auto refuse = [&input](const std::string& where) {
    return bad_record("REQUEST_SHAPE",
                      "request " + input.id,
                      where + " is missing or not of the form that it should be",
                      "see tests/data/decisions/README.md for what each key holds");
  };
  const auto now = base::parse_instant(text_of(json, "now"));
  if (!now) return refuse("now");
  input.at = *now;
  const JsonValue* request = member(json, "request");
  if (request == nullptr || !request->IsObject()) return refuse("request");
  Reader reader;
  reader.read(*request, input);
  if (!reader.wrong.empty()) return refuse(reader.wrong);
  return input;
}

}  // namespace concord::decide
