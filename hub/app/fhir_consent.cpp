#include "hub/app/fhir_consent.hpp"

#include "hub/app/fhir_provision.hpp"
#include "hub/app/fhir_reader.hpp"
#include "hub/app/fields.hpp"
#include "hub/base/nearest.hpp"

namespace concord::app {
namespace {

using fhir::Element;
using fhir::Reader;

void read_status(Reader& reader, const Element& consent) {
  const Element at = Reader::child(consent, "status");
  const std::string status(base::text_of(*consent.value, "status"));
  if (status == "active") return;
  if (status == "inactive" || status == "entered-in-error")
    return reader.refuse("FHIR_STATUS",
                         at,
                         "it is " + status + ", and does not say since when",
                         "where it was granted here: concord consent revoke ID");
  if (status == "rejected")
    return reader.refuse("FHIR_STATUS",
                         at,
                         "it was rejected: that nobody consented is no refusal of what is lawful",
                         "a refusal is a consent with decision: deny, as YAML");
  reader.refuse("FHIR_STATUS", at, "it is not in force", "import it when its status is active");
}

void read_scope(Reader& reader, const Element& consent) {
  const Element scope = Reader::child(consent, "scope");
  if (!scope)
    return reader.refuse("FHIR_MISSING", scope, "is missing", "R4 demands it: patient-privacy");
  constexpr std::array known = {fhir::Code{fhir::kScope, "patient-privacy", "privacy"}};
  if (const Element coding = reader.coding(scope)) reader.meaning(coding, known, "scope");
}

// "Patient/SYN-1" of this server. Of another the same id may be somebody else.
std::string id_in(Reader& reader, const Element& reference, const std::string& type) {
  const Element at = Reader::child(reference, "reference");
  const std::string text(reference ? base::text_of(*reference.value, "reference") : "");
  const std::string begin = type + "/";
  if (text.empty()) {
    reader.refuse("FHIR_REFERENCE",
                  reference,
                  "there is no reference: a name or an identifier may be more than one " + type,
                  "refer to " + begin + "ID");
  } else if (!text.starts_with(begin) || text.find('/', begin.size()) != std::string::npos ||
             text.size() == begin.size()) {
    reader.refuse("FHIR_REFERENCE",
                  at,
                  "this is no " + begin + "ID of the consent's own server",
                  "refer to " + begin + "ID; of another server the same id may be another " + type);
  } else {
    return text.substr(begin.size());
  }
  return "";
}

void read_patient(Reader& reader,
                  const Element& consent,
                  const FhirSource& source,
                  model::Consent& out) {
  const Element patient = Reader::child(consent, "patient");
  if (!patient)
    return reader.refuse("FHIR_MISSING",
                         patient,
                         "is missing: whose consent it is, is not said",
                         "name the patient");
  out.child = {source.system, id_in(reader, patient, "Patient")};
}

void read_signed(Reader& reader,
                 const Element& consent,
                 const FhirSource& source,
                 model::Consent& out) {
  const Element at = Reader::child(consent, "dateTime");
  if (!at)
    return reader.refuse(
        "FHIR_MISSING", at, "is missing: when it was signed, is not said", "add it");
  out.signed_at = time_of(base::text_of(*consent.value, "dateTime"), source.zone, false);
  if (!out.signed_at)
    reader.refuse("FHIR_TIME",
                  at,
                  "expected a day, or an instant with a zone",
                  "write it as 2026-06-01 or 2026-06-01T12:00:00Z");
}

// The relationship of a contained RelatedPerson.
std::string relative(Reader& reader, const Element& consent, const Element& performer) {
  const std::string wanted(base::text_of(*performer.value, "reference"));
  for (const Element& one : reader.items(consent, "contained")) {
    if ("#" + std::string(base::text_of(*one.value, "id")) != wanted) continue;
    if (base::text_of(*one.value, "resourceType") != "RelatedPerson") break;
    const auto relations = reader.items(one, "relationship");
    if (relations.size() != 1) break;
    const Element coding = reader.coding(relations[0]);
    return coding ? reader.meaning(coding, fhir::kSigners, "relationship of a signer") : "";
  }
  reader.refuse("FHIR_SIGNER",
                performer,
                "in which capacity this one signed is not said",
                "refer to the patient, or to a contained RelatedPerson with one relationship");
  return "";
}

void read_performers(Reader& reader, const Element& consent, model::Consent& out) {
  const auto performers = reader.items(consent, "performer");
  if (performers.empty())
    reader.refuse("FHIR_MISSING",
                  {nullptr, consent.path + ".performer"},
                  "is missing: who signed, is not said",
                  "name who signed");
  for (const Element& performer : performers) {
    const bool self = base::text_of(*performer.value, "reference") == "Patient/" + out.child.key &&
                      !out.child.key.empty();
    std::string signer = self ? "subject" : relative(reader, consent, performer);
    if (!signer.empty()) out.signers.push_back(std::move(signer));
  }
}

void read_verification(Reader& reader, const Element& consent) {
  for (const Element& one : reader.items(consent, "verification")) {
    const base::JsonValue* verified = base::member(*one.value, "verified");
    if (verified != nullptr && verified->IsTrue()) continue;
    reader.refuse("FHIR_UNVERIFIED",
                  one,
                  "it says that it was not verified, or not whether it was",
                  "import it when somebody has verified it");
  }
}

void read_form(Reader& reader, const Element& consent, model::Consent& out, bool& opts_out) {
  const Element rule = Reader::child(consent, "policyRule");
  const auto policies = reader.items(consent, "policy");
  out.form = "fhir_r4";
  if (policies.size() > 1 || (rule && !policies.empty()))
    return reader.refuse("FHIR_POLICY",
                         {nullptr, consent.path + ".policy"},
                         "it stands under several policies: which of them counts is not said",
                         "keep one policy, or one policyRule");
  if (!rule && policies.empty())
    return reader.refuse("FHIR_MISSING",
                         rule,
                         "there is neither policyRule nor policy (R4 demands one)",
                         "add the policyRule under which it was signed");
  if (!rule) return;
  const Element coding = reader.coding(rule);
  if (!coding) return;
  const std::string form = reader.meaning(coding, fhir::kForms, "form of consent");
  if (!form.empty()) out.form = form;
  opts_out = base::text_of(*coding.value, "code") == "OPTOUT";
}

void read_consent(Reader& reader,
                  const Element& consent,
                  const FhirSource& source,
                  std::vector<model::Consent>& out) {
  reader.only(consent, {"resourceType",    "id",        "meta",         "text",
                        "language",        "contained", "identifier",   "extension",
                        "status",          "scope",     "category",     "patient",
                        "dateTime",        "performer", "organization", "sourceAttachment",
                        "sourceReference", "policy",    "policyRule",   "verification",
                        "provision"});
  model::Consent read;
  read.id = model::ConsentId(std::string(base::text_of(*consent.value, "id")));
  if (read.id.empty() ||
      read.id.value.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") != std::string::npos)
    reader.refuse("FHIR_MISSING",
                  Reader::child(consent, "id"),
                  "is missing, or no id: it could not be revoked by it",
                  "give the resource its id");
  bool opts_out = false;
  read_status(reader, consent);
  read_scope(reader, consent);
  read_patient(reader, consent, source, read);
  read_signed(reader, consent, source, read);
  read_performers(reader, consent, read);
  read_verification(reader, consent);
  read_form(reader, consent, read, opts_out);
  fhir::Provisions provisions{reader, source, opts_out};
  provisions.read(Reader::child(consent, "provision"), read, out);
}

}  // namespace

base::Result<std::vector<model::Consent>, base::Errors> consents_of_fhir(
    const base::JsonValue& json, const FhirSource& source) {
  base::Errors errors;
  Reader reader(source.file, errors);
  std::vector<model::Consent> consents;
  const Element root{&json, "Bundle"};
  const auto type = json.IsObject() ? base::text_of(json, "resourceType") : "";
  if (type == "Consent") {
    read_consent(reader, {&json, "Consent"}, source, consents);
  } else if (type == "Bundle") {
    const auto entries = reader.items(root, "entry");
    if (entries.empty())
      reader.refuse("FHIR_SHAPE", root, "it has no entry", "export the consents anew");
    for (const Element& entry : entries) {
      const Element resource = Reader::child(entry, "resource");
      if (resource && base::text_of(*resource.value, "resourceType") == "Consent") {
        read_consent(reader, resource, source, consents);
      } else {
        reader.refuse("FHIR_SHAPE", entry, "this is no Consent", "leave it out of the bundle");
      }
    }
  } else {
    reader.refuse("FHIR_SHAPE",
                  {&json, "resourceType"},
                  "this is neither a Consent nor a Bundle of FHIR R4",
                  "export Consent resources as JSON");
  }
  for (size_t i = 0; i < consents.size(); ++i)
    for (size_t k = 0; k < i; ++k)
      if (consents[i].id == consents[k].id)
        reader.refuse("FHIR_TWICE",
                      root,
                      "consent " + consents[i].id.value + " is there twice",
                      "keep the one that is in force");
  if (!errors.empty()) return errors;
  return consents;
}

}  // namespace concord::app
