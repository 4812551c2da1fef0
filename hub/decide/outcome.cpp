// Step 11 and the summing up: from fields to one decision, in an order that does not depend on the
// request's.
#include <algorithm>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

using base::Instant;
using model::Decision;
using model::Label;

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

void earliest(std::optional<Instant>& kept, const std::optional<Instant>& other) {
  if (other && (!kept || *other < *kept)) kept = other;
}

std::vector<std::string> names(uint64_t reasons) {
  std::vector<std::string> out;
  for (size_t i = 0; i < kReasonCount; ++i)
    if ((reasons >> i & 1u) != 0) out.emplace_back(name_of(static_cast<Reason>(i)));
  return out;
}

// May the recipient learn that there is anything at all? Not of sealed records, nor of who is a
// victim-service client (34 USC 12291(b)(2)) or a substance-use patient (42 CFR 2.13(c)), nor may a
// parent of what a minor sought alone.
bool existence_is_protected(const Context& context) {
  const auto& capacities = context.input.recipient.capacities;
  const bool parent = std::any_of(capacities.begin(), capacities.end(), [](const auto& capacity) {
    return capacity == "parent" || capacity == "guardian";
  });
  for (const model::DecisionField& field : context.input.fields) {
    if (field.labels.any_of({Label::SEALED, Label::VSP, Label::PART2})) return true;
    if (parent && (field.labels.has(Label::minor_consented) || context.own_service)) return true;
  }
  return false;
}

bool asks_roster(const Rule& rule) {
  return std::any_of(rule.needs.begin(), rule.needs.end(), [](const Condition& condition) {
    return condition.test == Test::roster;
  });
}

// A decision ends with the first of its evidence to end, and when a refusal or a replacement that
// is on file already begins.
void end_lease(const Context& context, const FieldOutcome& outcome, Decision& decision) {
  const Instant at = context.input.at;
  for (const Chosen& chosen : outcome.chosen) {
    const Rule& rule = context.compiled.rules[chosen.rule];
    if (rule.lease) earliest(decision.valid_until, at + *rule.lease);
    earliest(decision.valid_until, rule.until);
    if (asks_roster(rule)) earliest(decision.valid_until, context.input.recipient.roster_end);
    if (chosen.rest.order != nullptr) earliest(decision.valid_until, chosen.rest.order->end);
    if (chosen.rest.consent == nullptr) continue;
    earliest(decision.valid_until, chosen.rest.consent->end);
    if (const Form* form = context.compiled.form(chosen.rest.consent->form); form != nullptr)
      earliest(decision.valid_until, revoked_from(*chosen.rest.consent, *form));
    for (const model::Consent& other : context.input.consents)
      for (const auto& begin : {other.start, other.signed_at})
        if (begin && *begin > at && (other.decision != "permit" || !other.supersedes.empty()))
          earliest(decision.valid_until, begin);
  }
}

void count_deadline(const Context& context, const Rule& rule, Decision& decision) {
  if (rule.deadline && context.input.event)
    earliest(decision.deadline, context.input.event->received_at + *rule.deadline);
}

void cite(const Context& context, const FieldOutcome& outcome, Decision& decision) {
  const auto& rules = context.compiled.rules;
  if (!outcome.withheld) {
    for (const Chosen& chosen : outcome.chosen) {
      const Rule& rule = rules[chosen.rule];
      decision.citations.push_back(rule.cites);
      decision.grounds.push_back({outcome.field->path, chosen.regime, rule.id});
      if (chosen.rest.consent != nullptr)
        decision.evidence.push_back(chosen.rest.consent->id.value);
      if (chosen.rest.order != nullptr && !chosen.rest.order->id.empty())
        decision.evidence.push_back(chosen.rest.order->id);
    }
    return;
  }
  if (outcome.forbidden_by) decision.citations.push_back(rules[*outcome.forbidden_by].cites);
  if (outcome.miss) decision.citations.push_back(rules[outcome.miss->rule].cites);
}

// Who it is that cannot: the agency, by its own word, or only the connector of its system.
std::string tell_unsupported(const Context& context, uint32_t asked) {
  const bool agreed = (asked & ~context.agreed) == 0;
  std::string words;
  for (const std::string& word : obligation_list(agreed ? asked & ~context.supported : asked))
    words += ' ' + word;
  if (!agreed) return "It would be permitted if the recipient's system could honour" + words;
  return "It would be permitted if the connector \"" + context.input.recipient.connector +
         "\" wrote along what must go with it:" + words +
         "; install one whose manifest honours that, or send it to another system";
}

std::string tell_miss(const Context& context, const FieldOutcome& outcome) {
  const Miss& miss = *outcome.miss;
  const Rule& rule = context.compiled.rules[miss.rule];
  std::string text = outcome.field->path + ": " + std::string(words_of(miss.reason)) + ". ";
  if (miss.reason == Reason::OBLIGATION_UNSUPPORTED) {
    text += tell_unsupported(context, rule.obliges & recipient_obligations());
  } else {
    text += "It would be permitted " + (miss.lacking != nullptr && !miss.lacking->say.empty()
                                            ? miss.lacking->say
                                            : "under: " + rule.title);
  }
  return text + " (" + rule.cites + ").";
}

void add_nearest_miss(const Context& context,
                      const std::vector<FieldOutcome>& outcomes,
                      Decision& decision) {
  // Protected and forbidden fields are never near; of the rest the first by path.
  for (const FieldOutcome& outcome : outcomes) {
    if (!outcome.withheld || !outcome.miss || outcome.forbidden_by) continue;
    if (*outcome.withheld == Reason::SEALED || *outcome.withheld == Reason::REPORTER_ID) continue;
    decision.nearest_miss = tell_miss(context, outcome);
    return;
  }
}

void recall_disclosures(const Context& context,
                        const std::vector<FieldOutcome>& outcomes,
                        Decision& decision) {
  const bool back = std::any_of(outcomes.begin(), outcomes.end(), [](const FieldOutcome& outcome) {
    return outcome.withheld &&
           (*outcome.withheld == Reason::CONSENT_REVOKED || *outcome.withheld == Reason::SEALED);
  });
  if (!back) return;
  decision.recall = context.input.disclosures;
  sort_unique(decision.recall);
}

struct Tally {
  uint64_t granted = 0, primary = 0, also = 0;
  uint32_t obligations = 0;
};

Tally take_fields(const Context& context,
                  const std::vector<FieldOutcome>& outcomes,
                  Decision& decision) {
  Tally tally;
  for (const FieldOutcome& outcome : outcomes) {
    const std::string& path = outcome.field->path;
    cite(context, outcome, decision);
    if (outcome.forbidden_by) {
      const Rule& rule = context.compiled.rules[*outcome.forbidden_by];
      // What a forbid obliges to is the sender's work: the recipient must not learn of it.
      tally.obligations |= rule.obliges & ~recipient_obligations();
      count_deadline(context, rule, decision);
    }
    if (outcome.withheld) {
      decision.withheld.emplace_back(path, name_of(*outcome.withheld));
      tally.primary |= bit(*outcome.withheld);
      tally.also |= outcome.also;
      continue;
    }
    if (outcome.transform.empty())
      decision.released.push_back(path);
    else
      decision.transformed.emplace_back(path, outcome.transform);
    tally.obligations |= outcome.obligations;
    end_lease(context, outcome, decision);
    bool special = false;
    for (const Chosen& chosen : outcome.chosen) {
      const Rule& rule = context.compiled.rules[chosen.rule];
      count_deadline(context, rule, decision);
      if (rule.reason) tally.granted |= bit(*rule.reason);
      special = special || rule.reason;
    }
    if (!special) tally.granted |= bit(Reason::OK);
  }
  return tally;
}

// A state without a pack has the federal rules, and the decision says so.
std::string whose_law(const Context& context) {
  const std::string& asked = context.input.jurisdiction;
  return context.compiled.books.contains(asked) ? asked : "US, no pack for " + asked;
}

Decision begin(const Context& context) {
  Decision decision;
  decision.id = context.input.id;
  decision.law = whose_law(context);
  decision.rules = context.compiled.hash;
  return decision;
}

}  // namespace

Decision deny_all(const Context& context, Reason reason) {
  Decision decision = begin(context);
  decision.verdict = model::Verdict::deny;
  for (const model::DecisionField& field : context.input.fields)
    decision.withheld.emplace_back(field.path, name_of(reason));
  std::sort(decision.withheld.begin(), decision.withheld.end());
  decision.withheld.erase(std::unique(decision.withheld.begin(), decision.withheld.end()),
                          decision.withheld.end());
  decision.reasons.emplace_back(name_of(reason));
  if (existence_is_protected(context)) decision.safe_view = "no_record";
  return decision;
}

Decision sum_up(const Context& context, const std::vector<FieldOutcome>& outcomes) {
  Decision decision = begin(context);
  const Tally tally = take_fields(context, outcomes, decision);
  const bool any = !decision.released.empty() || !decision.transformed.empty();
  const bool all = decision.withheld.empty() && decision.transformed.empty();
  decision.verdict = !any  ? model::Verdict::deny
                     : all ? model::Verdict::permit
                           : model::Verdict::permit_with_redactions;
  decision.obligations = obligation_list(tally.obligations);
  if (any) decision.carried = carried_by(context, outcomes);
  if (any) {
    decision.reasons = names(tally.granted);
    if (decision.deadline && context.input.at > *decision.deadline)
      decision.reasons.emplace_back(name_of(Reason::DEADLINE_MISSED));
    for (std::string& name : names(tally.primary)) decision.reasons.push_back(std::move(name));
  } else {
    // What stands in the way first, then what else came near.
    decision.reasons = names(outcomes.empty() ? bit(Reason::UNLABELLED) : tally.primary);
    for (std::string& name : names(tally.also & ~tally.primary))
      decision.reasons.push_back(std::move(name));
    if (existence_is_protected(context) || (tally.primary & bit(Reason::SEALED)) != 0)
      decision.safe_view = "no_record";
  }
  sort_unique(decision.citations);
  sort_unique(decision.evidence);
  recall_disclosures(context, outcomes, decision);
  add_nearest_miss(context, outcomes, decision);
  return decision;
}

}  // namespace concord::decide
