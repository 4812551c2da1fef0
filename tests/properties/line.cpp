// A sample as a line of the form of the decision cases, so that what was found can be tried by
// hand.
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "tests/properties/sample.hpp"

namespace concord::decide {
namespace {

class Line {
 public:
  std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  void sample(const Sample& sample) {
    const model::DecisionInput& r = sample.request;
    out_.StartObject();
    put("id", r.id);
    put("now", base::to_text(r.at));
    out_.Key("request");
    out_.StartObject();
    put("jurisdiction", r.jurisdiction);
    put("trigger", r.trigger);
    if (!r.purpose.empty()) put("purpose", r.purpose);
    if (!r.exchange_policy.empty()) put("exchange_policy", r.exchange_policy);
    put("hub_is_intermediary", r.hub_is_intermediary);
    party("source", r.source);
    party("recipient", r.recipient);
    subject(r.subject);
    out_.Key("fields");
    out_.StartObject();
    for (const auto& field : r.fields) labels(field.path, field.labels);
    out_.EndObject();
    evidence(r);
    if (r.event) {
      out_.Key("event");
      out_.StartObject();
      put("type", r.event->type);
      put("received_at", base::to_text(r.event->received_at));
      out_.EndObject();
    }
    out_.EndObject();
    out_.EndObject();
  }

 private:
  void put(std::string_view key, std::string_view value) {
    name(key);
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void put(std::string_view key, bool value) {
    name(key);
    out_.Bool(value);
  }
  void put(std::string_view key, const std::vector<std::string>& list) {
    if (list.empty()) return;
    name(key);
    out_.StartArray();
    for (const std::string& item : list) out_.String(item.c_str());
    out_.EndArray();
  }
  void put(std::string_view key, const std::optional<base::Instant>& at) {
    if (at) put(key, base::to_text(*at));
  }
  void put(std::string_view key, const char* value) { put(key, std::string_view(value)); }
  void raw(std::string_view key, const std::map<std::string, std::string>& facts) {
    if (facts.empty()) return;
    name(key);
    out_.StartObject();
    for (const auto& [fact, json] : facts) {
      name(fact);
      out_.RawValue(json.data(), json.size(), rapidjson::kStringType);
    }
    out_.EndObject();
  }
  void name(std::string_view key) {
    out_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  }
  void labels(std::string_view key, model::LabelSet set) {
    name(key);
    out_.StartArray();
    for (model::Label label : set.list()) out_.String(std::string(model::name_of(label)).c_str());
    out_.EndArray();
  }

  void party(std::string_view key, const model::Party& party) {
    name(key);
    out_.StartObject();
    put("agency", party.agency);
    put("capacities", party.capacities);
    put("agreements", party.agreements);
    put("supports", party.supports);
    if (!party.connector.empty()) put("connector", party.connector);
    if (party.honours) {
      name("honours");
      out_.StartArray();
      for (const std::string& code : *party.honours) out_.String(code.c_str());
      out_.EndArray();
    }
    if (!party.credentials.empty()) {
      name("credentials");
      out_.StartObject();
      for (const auto& [credential, value] : party.credentials) put(credential, value);
      out_.EndObject();
    }
    if (party.roster_status) {
      name("roster");
      out_.StartObject();
      put("status", *party.roster_status);
      put("end", party.roster_end);
      out_.EndObject();
    }
    if (party.assigned) put("assigned", *party.assigned);
    out_.EndObject();
  }

  void subject(const model::DecisionInput::Subject& subject) {
    name("subject");
    out_.StartObject();
    if (subject.age) {
      name("age");
      out_.Int(*subject.age);
    }
    name("candidates");
    out_.Int(subject.candidates);
    name("match_confidence");
    out_.Double(subject.match_confidence);
    out_.EndObject();
  }

  void consent(const model::Consent& c) {
    out_.StartObject();
    put("id", c.id.value);
    put("form", c.form);
    put("decision", c.decision);
    put("missing", c.missing);
    put("signers", c.signers);
    put("recipients", c.recipients);
    if (!c.recipient_class.empty()) put("recipient_class", c.recipient_class);
    if (c.names_hub) put("names_hub", *c.names_hub);
    put("purposes", c.purposes);
    put("scope", c.scope);
    if (!c.except_labels.empty()) labels("except_labels", c.except_labels);
    put("signed", c.signed_at);
    put("start", c.start);
    put("revoked_at", c.revoked_at);
    put("irrevocable_until", c.irrevocable_until);
    if (!c.supersedes.empty()) put("supersedes", c.supersedes);
    if (c.end) put("end", c.end);
    if (c.end_none) put("end", "none");
    if (!c.end && !c.end_none && !c.end_given) {
      name("end");
      out_.Null();
    }
    out_.EndObject();
  }

  void evidence(const model::DecisionInput& r) {
    name("evidence");
    out_.StartObject();
    name("consents");
    out_.StartArray();
    for (const model::Consent& c : r.consents) consent(c);
    out_.EndArray();
    if (!r.orders.empty()) {
      name("orders");
      out_.StartArray();
      for (const model::Order& order : r.orders) {
        out_.StartObject();
        put("id", order.id);
        if (!order.recipient.empty()) put("recipient", order.recipient);
        put("fields", order.fields);
        if (!order.kind.empty()) put("kind", order.kind);
        if (order.parent_party) put("parent_party", true);
        put("start", order.start);
        put("end", order.end);
        out_.EndObject();
      }
      out_.EndArray();
    }
    raw("facts", r.facts);
    raw("service", r.service);
    raw("break_glass", r.break_glass);
    if (r.subpoena) raw("subpoena", *r.subpoena);
    if (!r.purpose_code.empty()) put("purpose_code", r.purpose_code);
    if (r.after_report) put("after_report", true);
    out_.EndObject();
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> out_{buffer_};
};

}  // namespace

std::string line_of(const Sample& sample) {
  Line line;
  line.sample(sample);
  return line.text();
}

}  // namespace concord::decide
