#include "tests/properties/properties.hpp"

#include <algorithm>

#include "hub/decide/explain.hpp"
#include "hub/decide/release.hpp"
#include "tests/properties/generate.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

using model::Consent;
using model::Decision;
using model::DecisionInput;
using model::Label;
using model::LabelSet;
using Found = std::optional<std::string>;

Decision decided(const DecisionInput& input) {
  return shipped_engine().decide(input);
}

int given(const Decision& decision, const std::string& path) {
  const auto& whole = decision.released;
  if (std::find(whole.begin(), whole.end(), path) != whole.end()) return 2;
  for (const auto& [name, how] : decision.transformed)
    if (name == path) return 1;
  return 0;
}

Found more_given(const DecisionInput& before,
                 const Decision& first,
                 const DecisionInput& after,
                 const std::string& step) {
  const Decision second = decided(after);
  for (const auto& field : before.fields)
    if (given(second, field.path) > given(first, field.path))
      return step + " gave more of " + field.path + "\n" + write_decision(first) + "\n" +
             write_decision(second);
  return std::nullopt;
}

// By hand, and not regimes_of(): what the engine forgets must not be forgotten here too.
LabelSet regimes_on(LabelSet labels) {
  LabelSet out = labels;
  for (Label mark : {Label::report, Label::hashed, Label::no_proceedings}) out.remove(mark);
  if (labels.any_of({Label::N, Label::R, Label::minor_consented})) out.add(Label::PHI);
  for (Label mark : {Label::N, Label::R, Label::minor_consented}) out.remove(mark);
  return out;
}

const std::vector<std::string>& forbidding_facts() {
  static const std::vector<std::string> facts = {
      "alleged_abuser", "detrimental", "representative_endangers", "sealed", "expunged"};
  return facts;
}

Found one_more_forbid(const Sample& sample, const Decision& first, Generator& choice) {
  DecisionInput after = sample.request;
  const size_t kind = choice.below(4);
  if (kind <= 1) {
    const bool abuser = choice.chance(50);
    after.facts[abuser ? "alleged_abuser" : choice.one_of(forbidding_facts())] =
        choice.chance(50) ? "\"parent\"" : "true";
    return more_given(sample.request, first, after, "a forbidding fact");
  }
  if (kind == 2) {
    model::Order order;
    order.id = "o9";
    order.kind = choice.chance(50) ? "seal" : "expunge";
    order.fields = {after.fields[choice.below(after.fields.size())].path};
    after.orders.push_back(order);
    return more_given(sample.request, first, after, "an order that seals");
  }
  Consent refusal = choice.consent(9);
  refusal.decision = "deny";
  refusal.supersedes.clear();
  after.consents.push_back(refusal);
  return more_given(sample.request, first, after, "a refusal");
}

Found one_permit_less(const Sample& sample, const Decision& first, Generator& choice) {
  // One that replaces another is not only a permit: without it the other revives.
  DecisionInput after = sample.request;
  std::vector<size_t> permits;
  for (size_t i = 0; i < after.consents.size(); ++i)
    if (after.consents[i].decision == "permit" && after.consents[i].supersedes.empty())
      permits.push_back(i);
  if (permits.empty()) return std::nullopt;
  after.consents.erase(after.consents.begin() +
                       static_cast<std::ptrdiff_t>(choice.one_of(permits)));
  return more_given(sample.request, first, after, "one permit less");
}

Found one_more_regime(const Sample& sample, const Decision& first, Generator& choice) {
  // A field without any regime is withheld as unlabelled; its first label is no narrowing.
  DecisionInput after = sample.request;
  auto& field = after.fields[choice.below(after.fields.size())];
  if (regimes_on(field.labels).empty()) return std::nullopt;
  // Half of the time one that a consent speaks of: there it can go wrong.
  std::vector<Label> labels = regimes();
  for (const Consent& consent : sample.request.consents)
    if (choice.chance(50) && !consent.except_labels.empty()) labels = consent.except_labels.list();
  const Label label = choice.one_of(labels);
  if (regimes_on({label}).empty()) return std::nullopt;
  field.labels.add(label);
  return more_given(
      sample.request, first, after, "the label " + std::string(model::name_of(label)));
}

bool starts_between(const DecisionInput& input, base::Instant from, base::Instant to) {
  auto within = [&](const std::optional<base::Instant>& at) {
    return at && *at > from && *at <= to;
  };
  for (const Consent& consent : input.consents) {
    if (within(consent.start) || within(consent.signed_at)) return true;
    // Taking a refusal back is an act of its own.
    if (consent.decision == "deny" && within(consent.revoked_at)) return true;
  }
  return std::any_of(input.orders.begin(), input.orders.end(), [&](const model::Order& order) {
    return within(order.start);
  });
}

bool is_grounded(const Decision& decision, const std::string& path, Label regime) {
  return std::any_of(decision.grounds.begin(), decision.grounds.end(), [&](const auto& ground) {
    if (ground.path != path || ground.regime != regime) return false;
    const Rule* rule = shipped_engine().rule(ground.rule);
    const auto& cites = decision.citations;
    return rule != nullptr && rule->governs.has(regime) &&
           std::find(cites.begin(), cites.end(), rule->cites) != cites.end();
  });
}

const model::Schema& schema() {
  static const model::Schema loaded = [] {
    auto read = model::Schema::load(source_folder() + "/mappings/schema");
    if (!read) std::abort();
    return std::move(*read);
  }();
  return loaded;
}

// Values that mark_entity() made, to be found again: long texts.
void marks_in(const base::JsonValue& value, std::vector<std::string>& out) {
  if (value.IsString() && value.GetStringLength() > 6) out.emplace_back(value.GetString());
  if (value.IsObject())
    for (const auto& item : value.GetObject()) marks_in(item.value, out);
  if (value.IsArray())
    for (const auto& item : value.GetArray()) marks_in(item, out);
}

bool is_of_sealed(const std::string& reason) {
  return reason == name_of(Reason::SEALED);
}

std::string seen_by_recipient(const Decision& decision) {
  return explain(decision, shipped_engine(), Audience::recipient);
}

}  // namespace

Found narrowing_only_narrows(const Sample& sample, uint64_t salt) {
  if (sample.request.fields.empty()) return std::nullopt;
  Generator choice(salt);
  const Decision first = decided(sample.request);
  if (auto found = one_more_forbid(sample, first, choice)) return found;
  if (auto found = one_permit_less(sample, first, choice)) return found;
  return one_more_regime(sample, first, choice);
}

Found order_is_nothing(const Sample& sample, uint64_t salt) {
  Generator choice(salt);
  auto mix = [&choice](auto& list) { std::shuffle(list.begin(), list.end(), choice.random()); };
  DecisionInput other = sample.request;
  mix(other.consents);
  mix(other.orders);
  mix(other.fields);
  mix(other.recipient.capacities);
  mix(other.recipient.supports);
  if (other.recipient.honours) mix(*other.recipient.honours);
  for (Consent& consent : other.consents) {
    mix(consent.signers);
    mix(consent.recipients);
    mix(consent.scope);
  }
  for (model::Order& order : other.orders) mix(order.fields);
  const std::string first = write_decision(decided(sample.request));
  const std::string second = write_decision(decided(other));
  if (first != second) return "another order\n" + first + "\n" + second;
  const std::string again = write_decision(decided(sample.request));
  if (first != again) return "not the same twice\n" + first + "\n" + again;
  return std::nullopt;
}

Found time_only_narrows(const Sample& sample, uint64_t salt) {
  Generator choice(salt);
  DecisionInput later = sample.request;
  later.at += std::chrono::hours(1 + static_cast<int>(choice.below(24 * 30)));
  if (starts_between(later, sample.request.at, later.at)) return std::nullopt;
  return more_given(sample.request, decided(sample.request), later, "time alone");
}

Found released_fields_are_grounded(const Sample& sample, uint64_t /*salt*/) {
  const Decision decision = decided(sample.request);
  for (const auto& field : sample.request.fields) {
    if (given(decision, field.path) == 0) continue;
    const LabelSet regimes = regimes_on(field.labels);
    if (regimes.empty()) return field.path + " has no regime\n" + write_decision(decision);
    for (Label regime : regimes.list())
      if (!is_grounded(decision, field.path, regime))
        return field.path + " has no ground for " + std::string(model::name_of(regime)) + "\n" +
               write_decision(decision);
  }
  return std::nullopt;
}

Found no_withheld_value_goes_out(const Sample& sample, uint64_t /*salt*/) {
  DecisionInput request = sample.request;
  auto fields = fields_of(sample.entity, schema(), request.source.capacities);
  if (!fields) return "no fields: " + base::to_text(fields.error());
  request.fields = fields->fields;
  const Decision decision = decided(request);
  const auto bytes = release(sample.entity, *fields, decision, request.at);
  if (decision.verdict == model::Verdict::deny)
    return bytes ? std::optional("a deny has bytes: " + *bytes) : std::nullopt;
  if (!bytes) return "no bytes: " + base::to_text(bytes.error());
  // Each leaf speaks for itself, by its own labels: two that bear one name must have one answer.
  for (const Leaf& leaf : fields->leaves) {
    DecisionInput alone = request;
    alone.fields = {{leaf.path, leaf.labels}};
    const bool withheld = given(decided(alone), leaf.path) < 2;
    std::vector<std::string> marks;
    if (withheld && leaf.without.empty()) marks_in(*leaf.value, marks);
    for (const std::string& mark : marks)
      if (bytes->find(mark) != std::string::npos)
        return leaf.path + " is withheld and in the bytes\n" + *bytes;
  }
  return std::nullopt;
}

Found sealed_looks_absent(const Sample& sample, uint64_t salt) {
  DecisionInput request = sample.request;
  if (request.fields.empty()) return std::nullopt;
  request.fields[salt % request.fields.size()].labels.add(Label::SEALED);
  const Decision decision = decided(request);
  const std::string seen = seen_by_recipient(decision);
  if (decision.verdict == model::Verdict::deny) {
    if (decision.safe_view == "no_record" && seen == absent_record()) return std::nullopt;
    return "a deny of what is sealed says more than that there is none\n" + seen;
  }
  // In part: what is sealed of it is as if it were not there.
  DecisionInput without = request;
  std::erase_if(without.fields, [&](const model::DecisionField& field) {
    return std::any_of(
        decision.withheld.begin(), decision.withheld.end(), [&](const auto& withheld) {
          return withheld.first == field.path && is_of_sealed(withheld.second);
        });
  });
  const std::string instead = seen_by_recipient(decided(without));
  if (seen == instead) return std::nullopt;
  return "with what is sealed\n" + seen + "without it\n" + instead;
}

Found what_goes_along_can_be_honoured(const Sample& sample, uint64_t /*salt*/) {
  const Decision decision = decided(sample.request);
  const auto has = [](const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  const model::Party& recipient = sample.request.recipient;
  const bool given = !decision.released.empty() || !decision.transformed.empty();
  std::vector<std::string> along;
  for (const model::Obligation& one : decision.carried) {
    along.push_back(one.code);
    if (!has(decision.obligations, one.code)) return one.code + " goes along for no reason";
    if (one.text.empty()) return one.code + " goes along without a word";
    if (!has(recipient.supports, "*") && !has(recipient.supports, one.code))
      return one.code + " goes to an agency that cannot honour it\n" + write_decision(decision);
    if (recipient.honours && !has(*recipient.honours, one.code))
      return one.code + " is lost at the connector\n" + write_decision(decision);
  }
  for (const std::string& code : decision.obligations)
    if (given && model::is_carried(code) && !has(along, code))
      return code + " does not go along\n" + write_decision(decision);
  return std::nullopt;
}

}  // namespace concord::decide
