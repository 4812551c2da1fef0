#include "hub/app/fhir_provision.hpp"

#include "hub/app/fields.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app::fhir {
namespace {

std::string type_of(const Element& provision) {
  return std::string(base::text_of(*provision.value, "type"));
}

}  // namespace

void Provisions::read(const Element& provision,
                      const model::Consent& whole,
                      std::vector<model::Consent>& out) {
  if (!provision)
    return reader_.refuse(
        "FHIR_MISSING", provision, "is missing: nothing is said of what is permitted", "add it");
  const auto nested = reader_.items(provision, "provision");
  std::vector<Element> permits, denies;
  for (const Element& one : nested) {
    if (!reader_.items(one, "provision").empty())
      reader_.refuse("FHIR_NESTED",
                     one,
                     "it has exceptions of its own: which of them prevails is not certain",
                     "write one level of exceptions, or the consent as YAML");
    const std::string type = type_of(one);
    if (type == "permit") permits.push_back(one);
    if (type == "deny") denies.push_back(one);
    if (type != "permit" && type != "deny")
      reader_.refuse("FHIR_NESTED",
                     one,
                     "a nested provision says permit or deny; this says neither",
                     "add its type");
  }
  std::string base = type_of(provision);
  // R4 leaves the type of the base to its policy; many write it all the same.
  if (base.empty() && !permits.empty() && !opts_out_) base = "deny";
  if (base.empty() && opts_out_) base = "permit";
  const model::Consent common = narrowed(provision, whole);
  if (base == "permit" && !permits.empty())
    return reader_.refuse(
        "FHIR_CONTRADICTS",
        permits[0],
        "what the base permits already is permitted again: one of the two is meant otherwise",
        "keep one of them");
  if (base == "deny" && !denies.empty())
    return reader_.refuse(
        "FHIR_CONTRADICTS",
        denies[0],
        "what the base denies already is denied again: one of the two is meant otherwise",
        "keep one of them");
  if (base == "deny" && permits.empty())
    return reader_.refuse("FHIR_DENIES_ALL",
                          provision,
                          "it denies, and nothing within it is permitted: a refusal, or a form "
                          "that was never filled in",
                          "a refusal is a consent with decision: deny, as YAML");
  if (base == "permit") {
    model::Consent permit = common;
    for (const Element& one : denies) except(one, permit);
    if (permit.recipients.empty())
      reader_.refuse("FHIR_RECIPIENT",
                     provision,
                     "it permits, and names no recipient",
                     "add an actor of role PRCP or IRCP");
    out.push_back(std::move(permit));
    return;
  }
  if (base.empty())
    return reader_.refuse(
        "FHIR_TYPE", provision, "whether it permits or denies is not said", "add its type");
  for (size_t i = 0; i < permits.size(); ++i) {
    model::Consent permit = narrowed(permits[i], common);
    if (permits.size() > 1) permit.id.value += "." + std::to_string(i + 1);
    if (permit.recipients.empty())
      reader_.refuse("FHIR_RECIPIENT",
                     permits[i],
                     "it permits, and names no recipient",
                     "add an actor of role PRCP or IRCP");
    out.push_back(std::move(permit));
  }
}

model::Consent Provisions::narrowed(const Element& provision, model::Consent from) {
  reader_.only(provision,
               {"id",
                "type",
                "period",
                "actor",
                "action",
                "securityLabel",
                "purpose",
                "class",
                "provision"});
  read_period(provision, from);
  read_actors(provision, from);
  read_actions(provision);
  read_purposes(provision, from);
  read_scope(provision, from);
  return from;
}

// Within the base's: the later start, the earlier end.
void Provisions::read_period(const Element& provision, model::Consent& out) {
  const Element period = Reader::child(provision, "period");
  if (period) {
    reader_.only(period, {"start", "end"});
    for (const bool end : {false, true}) {
      const Element at = Reader::child(period, end ? "end" : "start");
      if (!at) continue;
      const auto time =
          time_of(at.value->IsString() ? base::text(*at.value) : "", source_.zone, end);
      std::optional<base::Instant>& into = end ? out.end : out.start;
      if (!time) {
        reader_.refuse("FHIR_TIME",
                       at,
                       "expected a day, or an instant with a zone",
                       "write it as 2026-06-01 or 2026-06-01T12:00:00Z");
      } else if (!into || (end ? *time < *into : *time > *into)) {
        into = time;
      }
    }
  }
  out.end_given = out.end.has_value();
  if (out.start && out.end && *out.end <= *out.start)
    reader_.refuse("FHIR_CONTRADICTS",
                   provision,
                   "it ends before it begins",
                   "mend period, here or in the base");
}

void Provisions::read_actors(const Element& provision, model::Consent& out) {
  const auto actors = reader_.items(provision, "actor");
  std::vector<std::string> named;
  for (const Element& actor : actors) {
    reader_.only(actor, {"id", "role", "reference"});
    const Element role = Reader::child(actor, "role");
    const Element coding = role ? reader_.coding(role) : Element{nullptr, actor.path};
    if (!role)
      reader_.refuse("FHIR_ROLE", actor, "its role is missing", "add PRCP or IRCP: it receives");
    if (coding) reader_.meaning(coding, kRoles, "role of a recipient");
    std::string agency = agency_of(actor);
    if (agency.empty()) continue;
    if (!out.recipients.empty() &&
        std::find(out.recipients.begin(), out.recipients.end(), agency) == out.recipients.end())
      reader_.refuse("FHIR_CONTRADICTS",
                     actor,
                     "the base does not name this recipient",
                     "name it there too, or take the base's actors out");
    named.push_back(std::move(agency));
  }
  if (!named.empty()) out.recipients = std::move(named);
}

// An organization is an agency by its id, or by a credential that no other has.
std::string Provisions::agency_of(const Element& actor) {
  const Element reference = Reader::child(actor, "reference");
  const Element identifier = Reader::child(reference, "identifier");
  const std::string text(reference ? base::text_of(*reference.value, "reference") : "");
  std::string said = text.starts_with("Organization/") ? text.substr(13) : "";
  if (said.empty() && identifier) said = base::text_of(*identifier.value, "value");
  std::vector<std::string> found, known;
  for (const model::Agency& agency : source_.coalition.agencies) {
    known.push_back(agency.id.value);
    const bool has = std::any_of(agency.credentials.begin(),
                                 agency.credentials.end(),
                                 [&](const auto& one) { return one.second == said; });
    if (!said.empty() && (agency.id.value == said || has)) found.push_back(agency.id.value);
  }
  if (found.size() == 1) return found[0];
  reader_.refuse("FHIR_RECIPIENT",
                 {nullptr, actor.path + ".reference"},
                 found.empty() ? "this is no agency of the coalition"
                               : "several agencies of the coalition bear this identifier",
                 "refer to Organization/ID, or an identifier that stands among an agency's "
                 "credentials; agencies: " +
                     base::advice("", known));
  return "";
}

void Provisions::read_actions(const Element& provision) {
  const auto actions = reader_.items(provision, "action");
  bool disclose = actions.empty();
  for (const Element& action : actions)
    if (const Element coding = reader_.coding(action))
      disclose |= reader_.meaning(coding, kActions, "action") == "disclose";
  if (!disclose)
    reader_.refuse("FHIR_ACTION",
                   {nullptr, provision.path + ".action"},
                   "to disclose is not among the actions",
                   "a consent that does not speak of disclosing has no effect here");
}

void Provisions::read_purposes(const Element& provision, model::Consent& out) {
  std::vector<std::string> purposes;
  for (const Element& purpose : reader_.items(provision, "purpose")) {
    std::string means = base::text_of(*purpose.value, "system") == kOwnPurposes
                            ? std::string(base::text_of(*purpose.value, "code"))
                            : reader_.meaning(purpose, kPurposes, "purpose");
    if (means.empty()) continue;
    if (!out.purposes.empty() &&
        std::find(out.purposes.begin(), out.purposes.end(), means) == out.purposes.end())
      reader_.refuse("FHIR_CONTRADICTS",
                     purpose,
                     "the base does not have this purpose",
                     "add it there, or take the base's purposes out");
    purposes.push_back(std::move(means));
  }
  if (!purposes.empty()) out.purposes = std::move(purposes);
}

void Provisions::read_scope(const Element& provision, model::Consent& out) {
  std::vector<std::string> scope;
  const auto labels = reader_.items(provision, "securityLabel");
  const auto classes = reader_.items(provision, "class");
  for (const Element& label : labels) scope.push_back(reader_.meaning(label, kLabels, "label"));
  for (const Element& one : classes)
    scope.push_back(reader_.meaning(one, kClasses, "class of records"));
  if (scope.empty()) return;
  // A scope here is what stands in any of its entries; FHIR means what fits all of them.
  if ((!labels.empty() && !classes.empty()) || !out.scope.empty())
    reader_.refuse("FHIR_SCOPE",
                   provision,
                   "labels and classes, or those of the base, would have to hold together",
                   "write a provision for each, or the consent as YAML");
  out.scope = std::move(scope);
}

void Provisions::except(const Element& provision, model::Consent& permit) {
  reader_.only(provision, {"id", "type", "securityLabel"});
  const auto labels = reader_.items(provision, "securityLabel");
  if (labels.empty())
    reader_.refuse("FHIR_EXCEPTION",
                   provision,
                   "what is excepted is not said by a label",
                   "an exception names securityLabel alone; others, as YAML");
  for (const Element& label : labels)
    permit.except_labels.add(model::label_of(reader_.meaning(label, kLabels, "label")));
}

}  // namespace concord::app::fhir
