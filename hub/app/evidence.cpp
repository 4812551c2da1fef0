// consents, orders and facts
#include <algorithm>

#include "hub/app/coalition_files.hpp"

namespace concord::app {
namespace {

using base::Yaml;

model::LabelSet labels_of(Fields& fields, std::string_view key) {
  model::LabelSet labels;
  for (const std::string& name : fields.list(key)) {
    const model::Label label = model::label_of(name);
    if (label == model::Label::unknown)
      fields.fault("CONFIG_VALUE",
                   key,
                   "there is no label \"" + name + "\"",
                   "see the labels in mappings/policy/README.md");
    labels.add(label);
  }
  return labels;
}

// A date; "none": the form says that there is none; null: the form gives none; left out: nobody
// knows here.
void read_end(Fields& fields, const Yaml& yaml, model::Consent& consent) {
  const Yaml* end = yaml.find("end");
  if (end != nullptr && end->kind == Yaml::Kind::scalar && model::says_no_end(end->scalar)) {
    consent.end_none = true;
    fields.raw("end");
    return;
  }
  consent.end_given = end == nullptr || end->kind != Yaml::Kind::null;
  consent.end = fields.finish("end");
}

void read_consent(const Yaml& yaml, const Where& where, Loading& loading, model::Evidence& out) {
  Fields fields(yaml, where, loading.errors);
  if (yaml.kind != Yaml::Kind::map) return;
  model::Consent consent;
  consent.id = model::ConsentId(fields.id("id"));
  loading.define("consent", consent.id.value, fields.place("id"));
  consent.child = loading.child(fields, where);
  consent.form = fields.text("form");
  consent.decision = fields.one_of("decision", {"permit", "deny"}, "permit");
  consent.missing = fields.list("missing");
  consent.signers = fields.list("signers");
  consent.recipients = fields.list_of("recipients", loading.agency_ids());
  consent.recipient_class = fields.text_or("recipient_class", "");
  consent.names_hub = fields.flag("names_hub");
  consent.purposes = fields.list("purposes");
  consent.scope = fields.list("scope");
  consent.except_labels = labels_of(fields, "except_labels");
  consent.signed_at = fields.start("signed");
  consent.start = fields.start("start");
  consent.revoked_at = fields.start("revoked_at");
  consent.irrevocable_until = fields.start("irrevocable_until");
  read_end(fields, yaml, consent);
  consent.supersedes = fields.text_or("supersedes", "");
  consent.unreadable = fields.flag("unreadable", false);
  fields.end();
  out.consents.push_back(std::move(consent));
}

void read_order(const Yaml& yaml, const Where& where, Loading& loading, model::Evidence& out) {
  Fields fields(yaml, where, loading.errors);
  if (yaml.kind != Yaml::Kind::map) return;
  model::Order order;
  order.id = fields.id("id");
  loading.define("order", order.id, fields.place("id"));
  order.child = loading.child(fields, where);
  order.recipient = loading.agency(fields, "recipient", false).value;
  order.fields = fields.list("fields");
  order.start = fields.start("start");
  order.end = fields.finish("end");
  order.kind = fields.one_of("kind", {"disclosure", "part2", "unseal", "seal", "expunge"}, "");
  order.parent_party = fields.flag("parent_party", false);
  fields.end();
  out.orders.push_back(std::move(order));
}

void read_fact(const Yaml& yaml, const Where& where, Loading& loading, model::Evidence& out) {
  Fields fields(yaml, where, loading.errors);
  if (yaml.kind != Yaml::Kind::map) return;
  model::Fact fact;
  fact.child = loading.child(fields, where);
  fact.agency = loading.agency(fields, "agency", false).value;
  fact.name = fields.id("name");
  const Yaml* value = fields.raw("value");
  fact.value = value == nullptr ? "true" : base::to_json(*value);
  fact.start = fields.start("start");
  fact.end = fields.finish("end");
  fields.end();
  out.facts.push_back(std::move(fact));
}

using Read = void (*)(const Yaml&, const Where&, Loading&, model::Evidence&);

void read_file(const Yaml& yaml,
               const char* name,
               const Where& where,
               Read read,
               Loading& loading,
               model::Evidence& out) {
  read_items(
      yaml, name, where.file, loading, [&](const Yaml& item) { read(item, where, loading, out); });
}

void read_all(
    const char* name, const char* one, Read read, Loading& loading, model::Evidence& out) {
  for (const std::string& file : loading.files_of(name))
    if (const auto yaml = loading.read(file, true))
      read_file(*yaml, name, loading.where(file, one), read, loading, out);
}

}  // namespace

Loading loading_for(const model::Coalition& coalition, const Environment& environment) {
  Loading loading;
  loading.folder = coalition.folder;
  loading.environment = environment;
  loading.coalition.agencies = coalition.agencies;
  loading.coalition.systems = coalition.systems;
  if (const auto yaml = loading.read("concord.yaml", false)) loading.zone = yaml->text("zone");
  return loading;
}

void read_items(const Yaml& yaml,
                const char* name,
                const std::string& file,
                Loading& loading,
                const std::function<void(const Yaml&)>& read) {
  each_item(yaml, name, file, loading.errors, read);
  if (yaml.kind != Yaml::Kind::map) return;
  Fields fields(yaml, {file, std::string("file of ") + name, ""}, loading.errors);
  fields.need(name);
  fields.end();
}

base::Result<model::Evidence, base::Errors> load_evidence(const model::Coalition& coalition,
                                                          const Environment& environment) {
  Loading loading = loading_for(coalition, environment);
  model::Evidence evidence;
  read_all("consents", "consent", read_consent, loading, evidence);
  read_all("orders", "order", read_order, loading, evidence);
  read_all("facts", "fact", read_fact, loading, evidence);
  if (!loading.errors.empty()) return std::move(loading.errors);
  return evidence;
}

base::Result<std::vector<model::Consent>, base::Errors> load_consents(
    const model::Coalition& coalition, const Yaml& yaml, const std::string& file) {
  Loading loading = loading_for(coalition);
  model::Evidence evidence;
  read_file(yaml, "consents", {file, "consent", loading.zone}, read_consent, loading, evidence);
  if (!loading.errors.empty()) return std::move(loading.errors);
  return std::move(evidence.consents);
}

base::Result<std::vector<model::Order>, base::Errors> load_orders(const model::Coalition& coalition,
                                                                  const Yaml& yaml,
                                                                  const std::string& file) {
  Loading loading = loading_for(coalition);
  model::Evidence evidence;
  read_file(yaml, "orders", {file, "order", loading.zone}, read_order, loading, evidence);
  if (!loading.errors.empty()) return std::move(loading.errors);
  return std::move(evidence.orders);
}

}  // namespace concord::app
