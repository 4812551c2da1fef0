// FHIR R4 Consent: what is read, and every shape that is refused, each with its place.
#include "hub/app/fhir_consent.hpp"

#include <gmock/gmock.h>

namespace concord::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// One of {0}: what a test puts in the place of a whole member of the good one.
std::string consent(const std::string& member = "", const std::string& instead = "") {
  std::vector<std::pair<std::string, std::string>> members = {
      {"id", R"("SYN-C-7")"},
      {"status", R"("active")"},
      {"scope",
       R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]})"},
      {"category", R"([{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}])"},
      {"patient", R"({"reference":"Patient/SYN-MRN-000001"})"},
      {"dateTime", R"("2026-01-02")"},
      {"performer", R"([{"reference":"Patient/SYN-MRN-000001"}])"},
      {"policyRule",
       R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentpolicycodes","code":"hipaa-auth"}]})"},
      {"verification", R"([{"verified":true}])"},
      {"provision",
       R"({"type":"permit",)"
       R"("period":{"start":"2026-01-02","end":"2026-12-31"},)"
       R"("actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PRCP"}]},"reference":{"reference":"Organization/dcf"}}],)"
       R"("purpose":[{"system":"urn:concord:purpose","code":"case_planning"}],)"
       R"("class":[{"system":"http://hl7.org/fhir/resource-types","code":"Encounter"}]})"}};
  std::string text = R"({"resourceType":"Consent")";
  bool known = member.empty();
  for (auto& [name, value] : members) {
    if (name == member) value = instead;
    known |= name == member;
    if (!value.empty()) text += ",\"" + name + "\":" + value;
  }
  if (!known) text += ",\"" + member + "\":" + instead;
  return text + "}";
}

const char* const kActor =
    R"("actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"identifier":{"value":"SYN0001"}}}])";
const char* const kPart2 =
    R"({"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"})";

model::Coalition coalition() {
  model::Coalition c;
  c.agencies = {{model::AgencyId("dcf"), "DCF", {"cwa"}, {}, {{"ori", "SYN0001"}}, {}},
                {model::AgencyId("court"), "Court", {"court"}, {}, {{"npi", "SYN-NPI"}}, {}}};
  return c;
}

base::Result<std::vector<model::Consent>, base::Errors> read(const std::string& text) {
  const auto json = base::read_json(text, "consent.json");
  EXPECT_TRUE(json) << text;
  static const model::Coalition c = coalition();
  return consents_of_fhir(*json,
                          {c, model::SystemId("health"), "America/New_York", "consent.json"});
}

// "CODE place", of each fault.
std::vector<std::string> refused(const std::string& text) {
  const auto found = read(text);
  std::vector<std::string> codes;
  if (found) return codes;
  for (const base::Error& error : found.error()) {
    EXPECT_FALSE(error.cause.empty());
    EXPECT_FALSE(error.next.empty());
    codes.push_back(error.code + error.place.substr(error.place.find(' ')));
  }
  return codes;
}

std::string provision(const std::string& rest) {
  return consent("provision", "{" + rest + "}");
}

TEST(FhirConsent, is_read_whole) {
  const auto found = read(consent());
  ASSERT_TRUE(found) << base::to_text(found.error());
  ASSERT_EQ(found->size(), 1u);
  const model::Consent& c = found->front();
  EXPECT_EQ(c.id.value, "SYN-C-7");
  EXPECT_EQ(c.child, (model::ChildRef{model::SystemId("health"), "SYN-MRN-000001"}));
  EXPECT_EQ(c.form, "hipaa_auth");
  EXPECT_EQ(c.decision, "permit");
  EXPECT_THAT(c.signers, ElementsAre("subject"));
  EXPECT_THAT(c.recipients, ElementsAre("dcf"));
  EXPECT_THAT(c.purposes, ElementsAre("case_planning"));
  EXPECT_THAT(c.scope, ElementsAre("encounter"));
  EXPECT_EQ(base::to_text(*c.signed_at), "2026-01-02T05:00:00Z");
  EXPECT_EQ(base::to_text(*c.end), "2027-01-01T05:00:00Z");  // the last day counts whole
  EXPECT_TRUE(c.end_given);
}

TEST(FhirConsent, what_it_permits_within_a_base_that_denies_becomes_a_consent_each) {
  const std::string one = std::string(R"({"type":"permit",)") + kActor + "}";
  const auto both = read(provision(R"("type":"deny","provision":[)" + one + "," + one + "]"));
  ASSERT_TRUE(both) << base::to_text(both.error());
  ASSERT_EQ(both->size(), 2u);
  EXPECT_EQ((*both)[1].id.value, "SYN-C-7.2");
  EXPECT_THAT((*both)[1].recipients, ElementsAre("dcf"));  // by a credential that it alone bears
  EXPECT_FALSE((*both)[1].end_given);                      // said as missing before it is saved
  EXPECT_THAT(refused(provision(R"("type":"deny","provision":[{"type":"permit"}])")),
              ElementsAre("FHIR_RECIPIENT Consent.provision.provision[0]"));
}

TEST(FhirConsent, what_it_excepts_by_label_is_excepted) {
  const auto found =
      read(provision(std::string(R"("type":"permit",)") + kActor +
                     R"(,"provision":[{"type":"deny","securityLabel":[)" + kPart2 + "]}]"));
  ASSERT_TRUE(found) << base::to_text(found.error());
  EXPECT_TRUE(found->front().except_labels.has(model::Label::PART2));
  EXPECT_THAT(refused(provision(std::string(R"("type":"permit",)") + kActor +
                                R"(,"provision":[{"type":"deny",)" + kActor + "}]")),
              ElementsAre("FHIR_ELEMENT Consent.provision.provision[0].actor",
                          "FHIR_EXCEPTION Consent.provision.provision[0]"));
}

TEST(FhirConsent, a_bundle_is_taken_whole_or_not_at_all) {
  const std::string begin = R"({"resourceType":"Bundle","entry":[{"resource":)";
  EXPECT_TRUE(read(begin + consent() + "}]}"));
  EXPECT_THAT(refused(begin + consent() + R"(},{"resource":{"resourceType":"Patient"}}]})"),
              ElementsAre("FHIR_SHAPE Bundle.entry[1]"));
  EXPECT_THAT(refused(begin + consent() + "},{\"resource\":" + consent() + "}]}"),
              ElementsAre("FHIR_TWICE Bundle"));
  EXPECT_THAT(refused(R"({"resourceType":"Patient"})"), ElementsAre("FHIR_SHAPE resourceType"));
}

TEST(FhirConsent, a_signer_is_the_patient_or_a_relative_of_known_relation) {
  const std::string relative = R"([{"reference":"#p"}])";
  const std::string with = consent("performer", relative);
  const std::string contained =
      R"(,"contained":[{"resourceType":"RelatedPerson","id":"p","relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"MTH"}]}]}]})";
  const auto found = read(with.substr(0, with.size() - 1) + contained);
  ASSERT_TRUE(found) << base::to_text(found.error());
  EXPECT_THAT(found->front().signers, ElementsAre("mother"));
  EXPECT_THAT(refused(with), ElementsAre("FHIR_SIGNER Consent.performer[0]"));
  EXPECT_THAT(refused(consent("performer", R"([{"reference":"Practitioner/1"}])")),
              ElementsAre("FHIR_SIGNER Consent.performer[0]"));
}

struct Shape {
  const char* name;
  std::string text;
  const char* refusal;
};

TEST(FhirConsent, every_ambiguous_shape_is_refused_with_its_place) {
  const std::string permit = R"("type":"permit",)" + std::string(kActor);
  const std::string nested = R"({"type":"permit",)" + std::string(kActor) + "}";
  const Shape shapes[] = {
      {"inactive", consent("status", R"("inactive")"), "FHIR_STATUS Consent.status"},
      {"in error", consent("status", R"("entered-in-error")"), "FHIR_STATUS Consent.status"},
      {"rejected", consent("status", R"("rejected")"), "FHIR_STATUS Consent.status"},
      {"draft", consent("status", R"("draft")"), "FHIR_STATUS Consent.status"},
      {"no status", consent("status", ""), "FHIR_STATUS Consent.status"},
      {"no id", consent("id", ""), "FHIR_MISSING Consent.id"},
      {"research",
       consent(
           "scope",
           R"({"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"research"}]})"),
       "FHIR_CODE Consent.scope.coding[0]"},
      {"no scope", consent("scope", ""), "FHIR_MISSING Consent.scope"},
      {"scope in words", consent("scope", R"({"text":"privacy"})"), "FHIR_CODE Consent.scope"},
      {"no date", consent("dateTime", ""), "FHIR_MISSING Consent.dateTime"},
      {"a year alone", consent("dateTime", R"("2026")"), "FHIR_TIME Consent.dateTime"},
      {"nobody signed", consent("performer", ""), "FHIR_MISSING Consent.performer"},
      {"not verified",
       consent("verification", R"([{"verified":false}])"),
       "FHIR_UNVERIFIED Consent.verification[0]"},
      {"several policies",
       consent("policy", R"([{"uri":"urn:a"},{"uri":"urn:b"}])"),
       "FHIR_POLICY Consent.policy"},
      {"no policy", consent("policyRule", ""), "FHIR_MISSING Consent.policyRule"},
      {"unknown policy",
       consent("policyRule", R"({"coding":[{"system":"urn:x","code":"y"}]})"),
       "FHIR_CODE Consent.policyRule.coding[0]"},
      {"modifier", consent("modifierExtension", "[]"), "FHIR_ELEMENT Consent.modifierExtension"},
      {"R5", consent("decision", R"("permit")"), "FHIR_ELEMENT Consent.decision"},
      {"no provision", consent("provision", ""), "FHIR_MISSING Consent.provision"},
      {"denies all", provision(R"("type":"deny")"), "FHIR_DENIES_ALL Consent.provision"},
      {"no type", provision(kActor), "FHIR_TYPE Consent.provision"},
      {"permitted twice",
       provision(permit + R"(,"provision":[)" + nested + "]"),
       "FHIR_CONTRADICTS Consent.provision.provision[0]"},
      {"denied twice",
       provision(R"("type":"deny","provision":[{"type":"deny"}])"),
       "FHIR_CONTRADICTS Consent.provision.provision[0]"},
      {"nested without type",
       provision(permit + R"(,"provision":[{}])"),
       "FHIR_NESTED Consent.provision.provision[0]"},
      {"no recipient", provision(R"("type":"permit")"), "FHIR_RECIPIENT Consent.provision"},
      {"dates of data",
       provision(permit + R"(,"dataPeriod":{})"),
       "FHIR_ELEMENT Consent.provision.dataPeriod"},
      {"clinical codes",
       provision(permit + R"(,"code":[])"),
       "FHIR_ELEMENT Consent.provision.code"},
      {"ends first",
       provision(permit + R"(,"period":{"start":"2026-02-01","end":"2026-01-01"})"),
       "FHIR_CONTRADICTS Consent.provision"},
      {"unknown purpose",
       provision(permit + R"(,"purpose":[{"system":"urn:x","code":"y"}])"),
       "FHIR_CODE Consent.provision.purpose[0]"},
      {"unknown class",
       provision(permit +
                 R"(,"class":[{"system":"http://hl7.org/fhir/resource-types","code":"Basic"}])"),
       "FHIR_CODE Consent.provision.class[0]"},
      {"no disclosure",
       provision(
           permit +
           R"(,"action":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentaction","code":"use"}]}])"),
       "FHIR_ACTION Consent.provision.action"},
      {"label and class",
       provision(
           permit +
           R"(,"class":[{"system":"http://hl7.org/fhir/resource-types","code":"Condition"}])" +
           R"(,"securityLabel":[)" + kPart2 + "]"),
       "FHIR_SCOPE Consent.provision"},
  };
  for (const Shape& shape : shapes)
    EXPECT_THAT(refused(shape.text), ElementsAre(shape.refusal)) << shape.name;
}

TEST(FhirConsent, a_reference_to_another_server_or_to_no_agency_is_refused) {
  // Who signed is no longer the patient, either: both are said.
  EXPECT_THAT(
      refused(consent("patient", R"({"reference":"https://ehr.example/Patient/1"})")),
      ElementsAre("FHIR_REFERENCE Consent.patient.reference", "FHIR_SIGNER Consent.performer[0]"));
  EXPECT_THAT(refused(consent("patient", "")),
              ElementsAre("FHIR_MISSING Consent.patient", "FHIR_SIGNER Consent.performer[0]"));
  std::string text = consent();
  text.replace(text.find("Organization/dcf"), 16, "Organization/xyz");
  EXPECT_THAT(refused(text),
              ElementsAre("FHIR_RECIPIENT Consent.provision.actor[0].reference",
                          "FHIR_RECIPIENT Consent.provision"));
}

TEST(FhirConsent, refusals_repeat_nothing_of_what_stands_in_it) {
  for (const char* member : {"status", "dateTime", "patient", "performer"}) {
    const auto found = read(consent(member, R"("SECRET-VALUE")"));
    ASSERT_FALSE(found);
    EXPECT_THAT(base::to_text(found.error()), testing::Not(HasSubstr("SECRET-VALUE")));
  }
}

}  // namespace
}  // namespace concord::app
