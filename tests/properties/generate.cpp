#include "tests/properties/generate.hpp"

#include <array>

namespace concord::decide {
namespace {

using model::Label;
using Words = std::array<const char*, 8>;

constexpr Words kSources = {"covered_entity",
                            "part2_program",
                            "vsp",
                            "cwa",
                            "juvenile_court",
                            "probation",
                            "school",
                            "law_enforcement"};
constexpr std::array<const char*, 16> kRecipients = {"covered_entity",
                                                     "treating_provider",
                                                     "cwa",
                                                     "cwa_legally_responsible",
                                                     "mdt_member",
                                                     "law_enforcement",
                                                     "court",
                                                     "juvenile_court",
                                                     "probation",
                                                     "prosecutor",
                                                     "parent",
                                                     "child_abuse_authority",
                                                     "hie",
                                                     "school",
                                                     "hub_matcher",
                                                     "ngo_service_provider"};
constexpr std::array<const char*, 10> kPurposes = {"",
                                                   "treatment",
                                                   "case_planning",
                                                   "prosecution",
                                                   "proceeding_against_subject",
                                                   "eligibility",
                                                   "record_linkage",
                                                   "aggregate",
                                                   "victim_service_readiness",
                                                   "payment"};
constexpr std::array<const char*, 7> kTriggers = {
    "schedule", "schedule", "schedule", "event", "request", "mandate", "emergency"};
constexpr std::array<const char*, 10> kJurisdictions = {
    "US", "US", "US", "US-CA", "US-LA", "US-TX", "US-MA", "US-MD", "US-GA", "US-ZZ"};
constexpr std::array<const char*, 6> kPaths = {
    "med.location_hint", "med.history", "sud.dx", "op.at", "person.addresses[1]", "report.facts"};
constexpr std::array<const char*, 7> kForms = {
    "part2", "part2_tpo", "part2_cj", "hipaa_auth", "fhir_r4", "vawa", "ferpa"};
constexpr std::array<const char*, 4> kOrderKinds = {"part2", "unseal", "seal", "expunge"};
constexpr std::array<const char*, 6> kSigners = {
    "subject_or_representative", "minor", "parent_nonabusive", "parent", "subject", "abuser"};
constexpr std::array<Label, 24> kLabels = {Label::PHI,
                                           Label::PHI,
                                           Label::PHI,
                                           Label::PART2,
                                           Label::PART2,
                                           Label::PSYNOTES,
                                           Label::CPS,
                                           Label::CPS,
                                           Label::IVE,
                                           Label::EDU,
                                           Label::EDU,
                                           Label::JUV,
                                           Label::JUV_COURT,
                                           Label::CHRI,
                                           Label::LES,
                                           Label::VSP,
                                           Label::VSP,
                                           Label::LOC,
                                           Label::AGG,
                                           Label::report,
                                           Label::R,
                                           Label::ASSESSMENT,
                                           Label::minor_consented,
                                           Label::hashed};
constexpr std::array<Label, 7> kExcepted = {
    Label::PHI, Label::PART2, Label::EDU, Label::AGG, Label::ASSESSMENT, Label::CPS, Label::R};
constexpr std::array<const char*, 13> kFacts = {"parent_party",
                                                "mandate_id",
                                                "victim_of_abuse",
                                                "required_by_law",
                                                "actively_participating",
                                                "custody_current",
                                                "case_plan_access",
                                                "threat_statement",
                                                "court_finding",
                                                "enrolled_here",
                                                "in_camera_finding",
                                                "received_under_tpo_consent",
                                                "locate_request"};

}  // namespace

base::Instant Generator::some_day() {
  const auto middle = *base::parse_instant("2026-06-01T12:00:00Z");
  return middle + std::chrono::hours(24 * (static_cast<int>(below(41)) - 20));
}

model::Consent Generator::consent(int number, const char* form) {
  model::Consent consent;
  consent.id = model::ConsentId("c" + std::to_string(number));
  consent.form = form != nullptr ? form : one_of(kForms);
  consent.decision = chance(70) ? "permit" : "deny";
  if (chance(5)) consent.missing = {"signature"};
  // Mostly a form that somebody with authority signed, so that good ones are no rarity.
  consent.signers = {"subject_or_representative"};
  if (consent.form == "vawa") consent.signers = {"minor", "parent_nonabusive"};
  if (chance(25)) consent.signers = {one_of(kSigners), one_of(kSigners)};
  if (consent.decision == "deny" && chance(30)) consent.signers = {"parent"};
  if (chance(90)) consent.recipients = {chance(90) ? "r" : "q"};
  if (chance(10)) consent.recipient_class = "treating providers";
  consent.names_hub = chance(80);
  if (chance(20)) consent.scope = {one_of(kPaths)};
  if (chance(10)) consent.scope.emplace_back(model::name_of(one_of(kExcepted)));
  if (chance(20)) consent.except_labels.add(one_of(kExcepted));
  if (chance(20)) consent.start = some_day();
  if (chance(20)) consent.signed_at = some_day();
  if (chance(60)) consent.end = some_day();
  consent.end_none = !consent.end && chance(30);
  consent.end_given = consent.end || consent.end_none || chance(70);
  if (chance(6)) consent.revoked_at = some_day();
  if (chance(20)) consent.irrevocable_until = some_day();
  if (chance(10)) consent.supersedes = "c" + std::to_string(below(4));
  return consent;
}

void Generator::parties(model::DecisionInput& input) {
  input.source.agency = "s";
  input.source.capacities = {one_of(kSources)};
  input.recipient.agency = "r";
  input.recipient.capacities = {one_of(kRecipients)};
  if (chance(40)) input.recipient.capacities.emplace_back(one_of(kRecipients));
  input.recipient.supports = {"*"};
  if (chance(15)) input.recipient.supports = {"notice_part2", "no_redisclosure"};
  if (chance(10)) {
    input.recipient.connector = "k";
    input.recipient.honours.emplace();
    for (const std::string_view code : model::kCarried)
      if (chance(80)) input.recipient.honours->emplace_back(code);
  }
  if (chance(60)) input.recipient.roster_status = "active";
  if (chance(20)) input.recipient.roster_end = some_day();
  if (chance(60)) input.recipient.assigned = chance(80);
  if (chance(30)) input.recipient.credentials.emplace("ori", "XX0010000");
}

void Generator::evidence(model::DecisionInput& input) {
  const size_t consents = below(6);
  // Consents that meet are mostly of one kind.
  const char* kind = one_of(kForms);
  for (size_t i = 0; i < consents; ++i)
    input.consents.push_back(consent(static_cast<int>(i), chance(50) ? kind : nullptr));
  if (chance(25)) {
    model::Order order;
    order.id = "o1";
    order.fields = {one_of(kPaths)};
    if (chance(40)) order.end = some_day();
    if (chance(20)) order.start = some_day();
    if (chance(40)) order.kind = one_of(kOrderKinds);
    if (chance(20)) order.recipient = chance(70) ? "r" : "q";
    input.orders.push_back(order);
    if (chance(30)) {
      order.id = "o2";
      order.end = some_day();
      input.orders.push_back(order);
    }
  }
  for (const char* fact : kFacts)
    if (chance(40)) input.facts.emplace(fact, "true");
  if (chance(40)) input.facts.emplace("knowledge_necessary", "[\"med.history\"]");
  if (chance(30)) input.service.emplace("minor_consent", "true");
  if (chance(40))
    input.break_glass = {{"person", "\"p\""}, {"statement", "\"s\""}, {"case", "\"c\""}};
  if (chance(40)) input.purpose_code = "C";
  if (chance(12)) input.subpoena.emplace().emplace("assurance", chance(60) ? "true" : "false");
}

model::DecisionInput Generator::request() {
  model::DecisionInput input;
  input.id = "g";
  input.at = *base::parse_instant("2026-06-01T12:00:00Z");
  input.jurisdiction = one_of(kJurisdictions);
  input.trigger = one_of(kTriggers);
  input.purpose = one_of(kPurposes);
  if (chance(30)) input.exchange_policy = "opt_in";
  input.hub_is_intermediary = chance(50);
  input.subject.age = static_cast<int>(10 + below(12));
  input.subject.match_confidence = chance(97) ? 0.99 : 0.5;
  parties(input);
  const size_t fields = 1 + below(3);
  for (size_t i = 0; i < fields; ++i) {
    model::DecisionField field;
    field.path = kPaths[(i + below(2)) % kPaths.size()];
    if (i > 0 && field.path == input.fields.back().path) field.path += ".x";
    field.labels.add(one_of(kLabels));
    if (chance(20)) field.labels.add(one_of(kLabels));
    if (chance(3)) field.labels.add(Label::SEALED);
    if (chance(3)) field.labels.add(Label::FREE_TEXT);
    input.fields.push_back(field);
  }
  evidence(input);
  if (chance(30)) input.event = model::DecisionInput::Event{"trafficking_identified", input.at};
  return input;
}

// A person whose every value is a mark of its own, with labels of many kinds on its parts.
model::Entity Generator::entity() {
  auto mark = [this] { return "m" + std::to_string(100'000'000 + below(900'000'000)); };
  std::string addresses;
  const size_t count = below(4);
  for (size_t i = 0; i < count; ++i)
    addresses += std::string(i > 0 ? "," : "") + R"({"city":")" + mark() + R"(","confidential":)" +
                 (chance(50) ? "true" : "false") + "}";
  model::Entity entity;
  entity.id = model::EntityId("e-1");
  entity.type = "Person";
  entity.version = 3;
  entity.person = model::PersonId("p-1");
  entity.agency = model::AgencyId("SYN-agency");
  entity.system = model::SystemId("SYN-system");
  // The effective period may repeat a date of the body.
  const std::string since = "2019-01-" + std::to_string(10 + below(19)) + "T" +
                            std::to_string(10 + below(13)) + ":" + std::to_string(10 + below(49));
  entity.effective_start = since;
  entity.body = R"({"names":[{"family":")" + mark() + R"(","given":[")" + mark() +
                R"("]}],"identifiers":[{"system":")" + mark() + R"(","value":")" + mark() +
                R"("}],"since":")" + since + R"(","sex":{"code":")" + mark() + R"(","text":")" +
                mark() + R"("},"addresses":[)" + addresses + R"(],"tribes":[{"code":")" + mark() +
                R"("},{"code":")" + mark() + R"(","text":")" + mark() + R"("}]})";
  if (chance(40)) entity.field_labels.push_back({"/identifiers/0", {one_of(kLabels)}});
  if (chance(40)) entity.field_labels.push_back({"/tribes/1", {one_of(kLabels)}});
  if (chance(30)) entity.field_labels.push_back({"/names", {model::Label::SEALED}});
  return entity;
}

}  // namespace concord::decide
