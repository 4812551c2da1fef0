// Steps 1 and 2: may anything be decided here at all, and is it certain whose record this is?
#include <algorithm>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

// Below it nobody is "certainly this child". The identify stage parks long before; this is the last
// guard for requests that come another way.
constexpr double kMatchConfidenceMin = 0.9;
constexpr int kAdultYears = 18;

bool holds(const std::map<std::string, std::string>& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found != facts.end() && is_true(found->second);
}

bool about_nobody(const model::DecisionInput& input) {
  return !input.fields.empty() &&
         std::all_of(input.fields.begin(), input.fields.end(), [](const auto& field) {
           return field.labels == model::LabelSet{model::Label::AGG};
         });
}

}  // namespace

Context make_context(const Compiled& compiled, const model::DecisionInput& input) {
  Context context{.compiled = compiled,
                  .book = compiled.book(input.jurisdiction),
                  .input = input,
                  .consents = {},
                  .remembered = {}};
  for (const std::string& word : input.recipient.supports) {
    if (word == "*") context.agreed = ~uint32_t{0};
    if (const auto bit = obligation_of(word)) context.agreed |= uint32_t{1} << *bit;
  }
  context.supported = context.agreed;
  if (input.recipient.honours) {
    uint32_t written = ~recipient_obligations();
    for (const std::string& word : *input.recipient.honours)
      if (const auto bit = obligation_of(word)) written |= uint32_t{1} << *bit;
    context.supported &= written;
  }
  static const std::string kEmancipated = "emancipated", kOwn = "minor_consent",
                           kAlone = "minor_may_access_alone";
  const bool emancipated = holds(input.facts, kEmancipated);
  context.adult = emancipated || input.subject.age.value_or(0) >= kAdultYears;
  context.minor = !context.adult && input.subject.age.has_value();
  context.own_service = holds(input.service, kOwn);
  context.alone_service = context.own_service || holds(input.service, kAlone);
  context.remembered.assign(compiled.rules.size(), 0);
  judge_consents(context);
  return context;
}

std::optional<Reason> integrity_fault(const Context& context) {
  const model::DecisionInput& input = context.input;
  if (!input.audit_writable) return Reason::AUDIT_UNAVAILABLE;
  if (!input.rules_current) return Reason::BUNDLE_STALE;
  for (const model::Consent& consent : input.consents)
    if (consent.unreadable) return Reason::CONSENT_UNREADABLE;
  // A party of which nothing is known may have nothing.
  for (const model::Party* party : {&input.source, &input.recipient})
    if (party->agency.empty() || party->capacities.empty()) return Reason::RECIPIENT_CAPACITY;
  return std::nullopt;
}

std::optional<Reason> identity_fault(const Context& context) {
  const auto& subject = context.input.subject;
  if (about_nobody(context.input)) return std::nullopt;  // aggregates speak of no person
  // "not at least" also refuses what is no number.
  if (subject.candidates != 1 || !(subject.match_confidence >= kMatchConfidenceMin))
    return Reason::IDENTITY_AMBIGUOUS;
  return std::nullopt;
}

}  // namespace concord::decide
