// What goes over to the recipient with what is released, in words that it can show: the law's own
// where a pack gives them, else the hub's, with the citation of the rule that obliges.
#include <algorithm>
#include <map>
#include <set>

#include "hub/decide/context.hpp"

namespace concord::decide {
namespace {

using model::Consent;
using model::Obligation;

// All that the rules say of one obligation.
struct Said {
  std::set<std::string> cites, labels;
  std::map<std::string, const Consent*> consents;  // by id, so that no order shows
  std::optional<std::chrono::seconds> destroy_after;
};
using SaidOf = std::map<std::string_view, Said>;

void gather(const Rule& rule, model::LabelSet labels, const Consent* consent, SaidOf& said) {
  for (const std::string_view code : model::kCarried) {
    if ((rule.obliges >> *obligation_of(code) & 1u) == 0) continue;
    Said& of = said[code];
    of.cites.insert(rule.cites);
    for (const model::Label label : labels.list()) of.labels.emplace(name_of(label));
    if (consent != nullptr) of.consents.emplace(consent->id.value, consent);
    if (rule.destroy_after && (!of.destroy_after || *rule.destroy_after < *of.destroy_after))
      of.destroy_after = rule.destroy_after;
  }
}

std::string day_of(base::Instant at) {
  return base::to_text(at).substr(0, 10);
}

template <class List>
std::string joined(const List& list, std::string_view by) {
  std::string out;
  for (const auto& one : list) {
    if (!out.empty()) out += by;
    out += one;
  }
  return out;
}

std::string spaced(std::string code) {
  std::replace(code.begin(), code.end(), '_', ' ');
  return code;
}

// A clear account of the consent's scope, which may stand for its copy (42 CFR 2.32(b)).
std::string scope_of(const Consent& consent) {
  std::string out = "Given with consent " + consent.id.value;
  if (consent.signed_at) out += ", signed on " + day_of(*consent.signed_at);
  std::vector<std::string> purposes;
  for (const std::string& purpose : consent.purposes) purposes.push_back(spaced(purpose));
  std::sort(purposes.begin(), purposes.end());
  out += ". Its purpose: " + (purposes.empty() ? "any" : joined(purposes, ", "));
  std::vector<std::string> scope = consent.scope;
  std::sort(scope.begin(), scope.end());
  out += ". It covers: " + (scope.empty() ? "all" : joined(scope, ", "));
  std::vector<std::string> except;
  for (const model::Label label : consent.except_labels.list()) except.emplace_back(name_of(label));
  std::sort(except.begin(), except.end());
  if (!except.empty()) out += ", but not " + joined(except, ", ");
  // To the moment: in which zone its last day ends nobody tells the engine.
  if (consent.end) return out + ". It ends at " + base::to_text(*consent.end);
  return out + (consent.end_none ? ". It has no end" : "");
}

std::string with_cites(std::string text, const Said& said) {
  return std::move(text) + " (" + joined(said.cites, "; ") + ").";
}

void add(const Context& context,
         std::string_view code,
         const Said& said,
         std::vector<Obligation>& out) {
  const std::optional<Notice>& notice = context.book.notices[*obligation_of(code)];
  auto tell = [&](std::string value, std::string text) {
    out.push_back({std::string(code), std::move(value), notice ? notice->text : std::move(text)});
  };
  if (code == "copy_of_consent" && !said.consents.empty()) {
    for (const auto& [id, consent] : said.consents) tell(id, with_cites(scope_of(*consent), said));
  } else if (code == "destroy_by" && said.destroy_after) {
    const std::string day = day_of(context.input.at + *said.destroy_after);
    tell(day, with_cites("Destroy this by " + day, said));
  } else if (code == "label_sticky") {
    const std::string labels = joined(said.labels, " ");
    tell(labels, with_cites("Keep the label " + labels + " with this wherever it goes", said));
  } else {
    tell("", with_cites(std::string(words_of_obligation(code)), said));
  }
}

}  // namespace

std::vector<Obligation> carried_by(const Context& context,
                                   const std::vector<FieldOutcome>& outcomes) {
  SaidOf said;
  const auto& rules = context.compiled.rules;
  for (const FieldOutcome& outcome : outcomes) {
    if (outcome.withheld) continue;
    for (const Chosen& chosen : outcome.chosen)
      gather(rules[chosen.rule], {chosen.regime}, chosen.rest.consent, said);
    for (const size_t index : outcome.obliged_by) {
      const Rule& rule = rules[index];
      const uint32_t both = rule.governs.bits() & outcome.field->labels.bits();
      gather(rule, model::LabelSet::of_bits(both), nullptr, said);
    }
  }
  std::vector<Obligation> out;
  for (const std::string_view code : model::kCarried)
    if (const auto found = said.find(code); found != said.end())
      add(context, code, found->second, out);
  return out;
}

}  // namespace concord::decide
