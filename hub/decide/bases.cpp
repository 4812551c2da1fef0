// Steps 3 to 6 and 8 to 10 for one field: its regimes, what forbids it, which basis satisfies each
// regime, and what its purpose and its recipient leave of it.
//
// A basis whose obligations the recipient cannot honour is no basis for it: another may do. So the
// choice among satisfied bases never makes one more consent, or one consent less, surprising.
#include <algorithm>
#include <array>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

using model::Label;
using model::LabelSet;

constexpr signed char kUnasked = 0, kNo = 1, kYes = 2;

// Stricter is later; what two rules ask for, the stricter gives.
constexpr std::array<std::string_view, 7> kTransforms = {
    "", "week_of_date", "count_band", "year_of_birth", "age_band", "region", "flag_only"};

size_t strictness(std::string_view transform) {
  const auto* at = std::find(kTransforms.begin(), kTransforms.end(), transform);
  return static_cast<size_t>(at - kTransforms.begin());  // "drop" is beyond them all
}

std::string_view transform_of(const Rule& rule, const model::DecisionField& field) {
  for (const auto& [pattern, how] : rule.transforms)
    if (fits(field.path, pattern)) return how;
  return {};
}

// Is the rule about this request and field at all? Rules that look at no field are asked once.
bool concerns(Context& context, size_t index, const FieldView& field) {
  const Rule& rule = context.compiled.rules[index];
  if (context.compiled.by_field[index])
    return in_force(rule, context.input.at) && all_hold(context, rule.when, field);
  signed char& known = context.remembered[index];
  if (known == kUnasked)
    known = in_force(rule, context.input.at) && all_hold(context, rule.when, field) ? kYes : kNo;
  return known == kYes;
}

struct Search {
  std::optional<Chosen> chosen;
  std::optional<Miss> strong, weak;
  uint64_t also = 0;
};

void weigh(Context& context, size_t index, Label regime, const FieldView& field, Search& search) {
  const Rule& rule = context.compiled.rules[index];
  Rest rest;
  std::optional<Miss> miss;
  bool silent = false;
  for (const Condition& condition : rule.needs) {
    const Answer answer = ask(context, condition, field, rest);
    if (answer.holds) continue;
    const Reason reason = answer.reason.value_or(without_basis(regime));
    search.also |= answer.also;
    silent = silent || answer.silent;
    if (!answer.silent) search.also |= bit(reason);
    if (!miss) miss = Miss{index, &condition, reason};
  }
  if (!miss && (rule.obliges & recipient_obligations() & ~context.supported) != 0)
    miss = Miss{index, nullptr, Reason::OBLIGATION_UNSUPPORTED};
  if (miss) {
    auto& place = silent ? search.weak : search.strong;
    if (!place) place = miss;
    return;
  }
  const std::string_view transform = transform_of(rule, field.field);
  if (!search.chosen || strictness(transform) < strictness(search.chosen->transform))
    search.chosen = Chosen{regime, index, rest, transform};
}

void look_for_basis(Context& context, Label regime, FieldView field, FieldOutcome& outcome) {
  field.regime = regime;
  Search search;
  const auto& candidates = context.book.bases[static_cast<size_t>(regime)];
  for (size_t index : candidates) {
    if (!concerns(context, index, field)) continue;
    weigh(context, index, regime, field, search);
    if (search.chosen && search.chosen->transform.empty()) break;
  }
  if (search.chosen) {
    outcome.chosen.push_back(*search.chosen);
    return;
  }
  const Reason fallback = without_basis(regime);
  if (!search.strong && !search.weak && !candidates.empty())
    search.weak = Miss{candidates.front(), nullptr, fallback};
  outcome.also |= search.also;
  // True beside whatever came near: where the law's general rule is consent, none is in force.
  if (fallback == Reason::VSP_NO_RELEASE) outcome.also |= bit(fallback);
  if (regime == Label::PHI || regime == Label::PART2 || regime == Label::EDU)
    outcome.also |= bit(Reason::NO_ACTIVE_CONSENT);
  if (outcome.withheld) {
    if (search.strong) outcome.also |= bit(search.strong->reason);
    return;
  }
  outcome.withheld = search.strong ? search.strong->reason : fallback;
  outcome.miss = search.strong ? search.strong : search.weak;
}

bool is_protected(Label regime) {
  return regime == Label::unknown || regime == Label::SEALED || regime == Label::REPORTER_ID ||
         regime == Label::FREE_TEXT;
}

void look_for_forbids(Context& context, const FieldView& field, FieldOutcome& outcome) {
  for (size_t index : context.book.forbids) {
    const Rule& rule = context.compiled.rules[index];
    if (!rule.governs.any_of(field.labels) || !concerns(context, index, field)) continue;
    Rest ignored;
    const bool lifted =
        std::any_of(rule.unless.begin(), rule.unless.end(), [&](const Condition& condition) {
          return ask(context, condition, field, ignored).holds;
        });
    if (lifted) continue;
    outcome.also |= bit(*rule.reason);
    if (!outcome.withheld) outcome.withheld = rule.reason;
    if (!outcome.forbidden_by) outcome.forbidden_by = index;
  }
}

// Step 8 and 9: what narrows, whatever the basis.
void look_for_needs(Context& context, const FieldView& field, FieldOutcome& outcome) {
  for (const auto* list : {&context.book.needs, &context.book.limits}) {
    for (size_t index : *list) {
      const Rule& rule = context.compiled.rules[index];
      if (!rule.governs.any_of(field.labels) || !concerns(context, index, field)) continue;
      for (const Condition& condition : rule.needs) {
        Rest ignored;
        const Answer answer = ask(context, condition, field, ignored);
        if (answer.holds) continue;
        const Reason reason = answer.reason.value_or(Reason::MIN_NECESSARY);
        if (!outcome.withheld) {
          outcome.withheld = reason;
          outcome.miss = Miss{index, &condition, reason};
        }
        outcome.also |= bit(reason);
      }
    }
  }
}

void generalise(Context& context, const FieldView& field, FieldOutcome& outcome) {
  auto stricter = [&outcome](std::string_view how) {
    if (strictness(how) > strictness(outcome.transform)) outcome.transform = how;
  };
  for (const Chosen& chosen : outcome.chosen) stricter(chosen.transform);
  for (size_t index : context.book.transforms) {
    const Rule& rule = context.compiled.rules[index];
    if (rule.governs.any_of(field.labels) && concerns(context, index, field))
      stricter(transform_of(rule, field.field));
  }
  if (outcome.transform == "drop") {
    outcome.transform = {};
    outcome.withheld = Reason::MIN_NECESSARY;
  }
}

// Step 10.
void oblige(Context& context, const FieldView& field, FieldOutcome& outcome) {
  for (const Chosen& chosen : outcome.chosen)
    outcome.obligations |= context.compiled.rules[chosen.rule].obliges;
  for (size_t index : context.book.obligations) {
    const Rule& rule = context.compiled.rules[index];
    if (!rule.governs.any_of(field.labels) || !concerns(context, index, field)) continue;
    outcome.obligations |= rule.obliges;
    outcome.obliged_by.push_back(index);
    if ((rule.obliges & recipient_obligations() & ~context.supported) != 0 && !outcome.miss)
      outcome.miss = Miss{index, nullptr, Reason::OBLIGATION_UNSUPPORTED};
  }
  if ((outcome.obligations & recipient_obligations() & ~context.supported) != 0)
    outcome.withheld = Reason::OBLIGATION_UNSUPPORTED;
}

}  // namespace

FieldOutcome decide_field(Context& context, const model::DecisionField& given) {
  FieldOutcome outcome;
  outcome.field = &given;
  const FieldView field{
      given, given.labels, given.labels.has(Label::minor_consented) || context.own_service};
  const LabelSet wanted = regimes_of(field.labels);
  if (wanted.empty()) {
    outcome.withheld = Reason::UNLABELLED;
    return outcome;
  }
  // What is sealed is withheld as sealed before anything else is said of it.
  for (Label regime : regimes())
    if (wanted.has(regime) && is_protected(regime)) look_for_basis(context, regime, field, outcome);
  look_for_forbids(context, field, outcome);
  for (Label regime : regimes())
    if (wanted.has(regime) && !is_protected(regime))
      look_for_basis(context, regime, field, outcome);
  look_for_needs(context, field, outcome);
  if (!outcome.withheld) generalise(context, field, outcome);
  if (!outcome.withheld) oblige(context, field, outcome);
  return outcome;
}

}  // namespace concord::decide
