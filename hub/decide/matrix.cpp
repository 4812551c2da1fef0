#include "hub/decide/matrix.hpp"

#include <algorithm>
#include <set>

namespace concord::decide {
namespace {

using model::DecisionInput;
using model::Label;
using model::LabelSet;

// A label, whose records bear it, and a field of theirs.
struct Row {
  std::string_view name;
  LabelSet labels;
  const char* source;
  const char* field;
};
constexpr std::array<Row, 21> kRows = {{
    {"PHI", {Label::PHI}, "covered_entity", "med.plan"},
    {"PART2", {Label::PART2}, "part2_program", "sud.dx"},
    {"PSYNOTES", {Label::PHI, Label::PSYNOTES}, "covered_entity", "psy.session"},
    {"minor_consented", {Label::PHI, Label::minor_consented}, "covered_entity", "med.visit"},
    {"no_proceedings", {Label::PHI, Label::no_proceedings}, "covered_entity", "med.plan"},
    {"VSP", {Label::VSP}, "vsp", "client.safety_plan"},
    {"VSP, LOC", {Label::VSP, Label::LOC}, "vsp", "client.shelter"},
    {"AGG", {Label::AGG}, "vsp", "counts.month"},
    {"CPS", {Label::CPS}, "cwa", "cps.allegation"},
    {"CPS, REPORTER_ID", {Label::CPS, Label::REPORTER_ID}, "cwa", "cps.reporter"},
    {"CPS, LOC", {Label::CPS, Label::LOC}, "cwa", "placement.address"},
    {"CPS, PART2", {Label::CPS, Label::PART2}, "cwa", "cps.sud_dx"},
    {"CPS, FREE_TEXT", {Label::CPS, Label::FREE_TEXT}, "cwa", "cps.story"},
    {"IVE", {Label::IVE}, "cwa", "ive.placement"},
    {"EDU", {Label::EDU}, "school", "edu.attendance"},
    {"JUV", {Label::JUV}, "probation", "jj.referral"},
    {"JUV_COURT", {Label::JUV_COURT}, "juvenile_court", "hearing.outcome"},
    {"JUV, SEALED", {Label::JUV, Label::SEALED}, "juvenile_court", "jj.adjudication"},
    {"JUV, ASSESSMENT", {Label::JUV, Label::ASSESSMENT}, "probation", "screening.level"},
    {"CHRI", {Label::CHRI}, "law_enforcement", "chri.arrests"},
    {"LES", {Label::LES}, "law_enforcement", "operation.date"},
}};

// Not purposes but triggers, in columns of their own behind them.
constexpr std::array<std::string_view, 4> kTriggers = {
    "(abuse report)", "(trafficking report)", "(missing-child report)", "(emergency)"};
constexpr std::string_view kUnstated = "(none stated)", kAnother = "(another)";
constexpr std::string_view kNobody = "(anybody else)";

void collect(const std::vector<Condition>& conditions, Test test, std::set<std::string>& out) {
  for (const Condition& condition : conditions)
    if (condition.test == test)
      for (const std::string& word : condition.arguments)
        if (word.find('*') == std::string::npos) out.insert(word);
}

std::vector<std::string> named_in(const Engine& engine, Test test) {
  std::set<std::string> words;
  for (const Rule& rule : engine.rules())
    for (const auto* list : {&rule.when, &rule.needs, &rule.unless}) collect(*list, test, words);
  return {words.begin(), words.end()};
}

void be_on_the_team(DecisionInput& input) {
  input.recipient.roster_status = "active";
  input.recipient.assigned = true;
}

// What agencies record of a child's matter, and of the recipient.
void have_facts(DecisionInput& input) {
  for (const char* fact : {"custody_current",
                           "case_plan_access",
                           "actively_participating",
                           "enrolled_here",
                           "court_finding",
                           "in_camera_finding"})
    input.facts.emplace(fact, "true");
  input.recipient.credentials = {{"ori", "SYN"}};
  input.recipient.agreements = {
      "business_associate_agreement", "qsoa", "school_contract", "mdt_confidentiality"};
  input.purpose_code = "C";
}

// One on each form that a pack knows, signed by all who could, for this field and purpose.
void have_consents(const std::vector<std::string>& forms, bool adult, DecisionInput& input) {
  for (const std::string& form : forms) {
    model::Consent consent;
    consent.id = model::ConsentId(form);
    consent.form = form;
    consent.signers = adult ? std::vector<std::string>{"subject"}
                            : std::vector<std::string>{"minor", "parent_nonabusive"};
    consent.recipients = {input.recipient.agency};
    consent.names_hub = true;
    consent.scope = {input.fields.front().path};
    consent.end = input.at + std::chrono::days{30};
    if (!input.purpose.empty()) consent.purposes = {input.purpose};
    input.consents.push_back(std::move(consent));
  }
}

void have_orders(DecisionInput& input) {
  for (const char* kind : {"", "part2", "unseal"}) {
    model::Order order;
    order.id = kind;
    order.kind = kind;
    order.recipient = input.recipient.agency;
    order.fields = {input.fields.front().path};
    input.orders.push_back(std::move(order));
  }
}

void have(Takes takes, const std::vector<std::string>& forms, int age, DecisionInput& input) {
  const bool adult = age >= 18;
  if (takes == Takes::team || takes == Takes::facts) be_on_the_team(input);
  if (takes == Takes::facts) have_facts(input);
  if (takes == Takes::consent) have_consents(forms, adult, input);
  if (takes == Takes::order) have_orders(input);
}

void set_trigger(std::string_view column, DecisionInput& input) {
  if (column == "(emergency)") {
    input.trigger = "emergency";
    input.break_glass = {{"person", "true"}, {"statement", "true"}, {"case", "true"}};
    input.facts.emplace("threat_statement", "true");
    input.facts.emplace("knowledge_necessary", '"' + input.fields.front().path + '"');
    return;
  }
  input.trigger = "mandate";
  input.fields.front().labels.add(Label::report);
  if (column == "(abuse report)") return;
  input.source.capacities.emplace_back("cwa");
  const bool missing = column == "(missing-child report)";
  input.event =
      DecisionInput::Event{missing ? "missing_child" : "trafficking_identified", input.at};
}

DecisionInput question(const Child& child,
                       const Row& row,
                       const std::string& capacity,
                       const std::string& purpose) {
  DecisionInput input;
  input.at = child.at;
  input.jurisdiction = child.jurisdiction;
  input.hub_is_intermediary = true;
  input.source.agency = "source";
  input.source.capacities = {row.source};
  input.recipient.agency = "recipient";
  input.recipient.capacities = {capacity};
  input.recipient.supports = {"*"};
  input.subject.age = child.age;
  input.fields = {{row.field, row.labels}};
  for (const std::string& fact : child.facts) input.facts.emplace(fact, "true");
  if (std::find(kTriggers.begin(), kTriggers.end(), purpose) != kTriggers.end())
    set_trigger(purpose, input);
  else if (purpose != kUnstated)
    input.purpose = purpose;
  return input;
}

Cell answer(const Engine& engine,
            const std::vector<std::string>& forms,
            const DecisionInput& asked) {
  std::string reason;
  for (const Takes takes : kTakes) {
    if (takes == Takes::never) break;
    DecisionInput input = asked;
    have(takes, forms, asked.subject.age.value_or(0), input);
    const model::Decision decision = engine.decide(input);
    if (decision.verdict == model::Verdict::deny) {
      reason = decision.withheld.front().second;
      continue;
    }
    Cell cell{takes, {}, !decision.transformed.empty()};
    for (const model::Ground& ground : decision.grounds)
      cell.because += (cell.because.empty() ? "" : ", ") + ground.rule;
    return cell;
  }
  return {Takes::never, reason, false};
}

}  // namespace

char letter_of(Takes takes) {
  constexpr std::string_view letters = "YTFCO-";
  return letters[static_cast<size_t>(takes)];
}

std::string_view words_of(Takes takes) {
  constexpr std::array<std::string_view, 6> words = {
      "yes, as it stands",
      "on the team's roster, and assigned to this child",
      "the same, with the facts on file that the rule asks for",
      "with a consent that names this recipient, this field and this purpose",
      "with a court order to this recipient that names this field",
      "not even then"};
  return words[static_cast<size_t>(takes)];
}

Matrix make_matrix(const Engine& engine, const Child& child) {
  Matrix matrix;
  matrix.child = child;
  matrix.capacities = named_in(engine, Test::recipient_capacity);
  matrix.capacities.emplace_back("legislative_committee");
  std::sort(matrix.capacities.begin(), matrix.capacities.end());
  matrix.capacities.emplace_back(kNobody);
  matrix.purposes = named_in(engine, Test::purpose);
  matrix.purposes.emplace_back(kAnother);
  matrix.purposes.emplace_back(kUnstated);
  matrix.purposes.insert(matrix.purposes.end(), kTriggers.begin(), kTriggers.end());
  const std::vector<std::string> forms = engine.form_ids();
  for (const Row& row : kRows) {
    matrix.labels.emplace_back(row.name);
    for (const std::string& capacity : matrix.capacities)
      for (const std::string& purpose : matrix.purposes)
        matrix.cells.push_back(answer(engine, forms, question(child, row, capacity, purpose)));
  }
  const model::Decision any = engine.decide(question(child, kRows[0], "court", "treatment"));
  matrix.law = any.law;
  matrix.rules = any.rules;
  return matrix;
}

}  // namespace concord::decide
