#include "hub/app/duties.hpp"

#include <algorithm>
#include <set>

#include "hub/decide/fields.hpp"

namespace concord::app {
namespace {

using model::Agency;
using model::Label;

model::Party party_of(const Agency& agency) {
  model::Party party;
  party.agency = agency.id.value;
  party.capacities = agency.capacities;
  party.agreements = agency.agreements;
  party.credentials = agency.credentials;
  party.supports = agency.supports;
  return party;
}

// The fields that a flow can carry from this source, as far as their labels are known: that a
// health record is of a substance-use program only the record itself says, so it may be any.
std::vector<model::DecisionField> fields_of(const model::Flow& flow,
                                            const Agency& source,
                                            const model::Schema& schema) {
  decide::EntityFields out;
  for (const std::string& entity : flow.entities) {
    const model::EntitySchema* known = schema.find(entity);
    if (known == nullptr) continue;
    const model::LabelSet of_source = decide::capacity_labels(source.capacities, entity);
    for (const model::SchemaField& field : known->fields) {
      model::LabelSet labels = field.labels;
      labels.add(of_source);
      if (labels.has(Label::PHI)) labels.add(Label::PART2);
      out.fields.push_back({decide::entity_word(entity) + "." + field.path, labels});
    }
  }
  out.keep_only(flow.fields);
  return std::move(out.fields);
}

std::set<std::string> ahead_of(const model::Flow& flow,
                               const Agency& recipient,
                               const Whole& whole,
                               base::Instant now) {
  std::set<std::string> out;
  for (const Agency& source : whole.coalition->agencies) {
    const auto& from = flow.from;
    const bool wanted = from.empty() ? source.id != recipient.id
                                     : std::find(from.begin(), from.end(), source.id) != from.end();
    if (!wanted) continue;
    model::DecisionInput known;
    known.at = now;
    known.jurisdiction =
        whole.coalition->jurisdiction.empty() ? "US" : whole.coalition->jurisdiction;
    known.trigger = flow.trigger;
    known.purpose = flow.purpose;
    known.exchange_policy = whole.coalition->exchange_policy;
    known.source = party_of(source);
    known.recipient = party_of(recipient);
    known.fields = fields_of(flow, source, *whole.schema);
    for (std::string& code : whole.engine->obligations_ahead(known)) out.insert(std::move(code));
  }
  return out;
}

}  // namespace

std::vector<std::string> duties_unmet(const Whole& whole, base::Instant now) {
  std::vector<std::string> notes;
  for (const model::Flow& flow : whole.coalition->flows) {
    const model::System* to = whole.coalition->system(flow.to);
    const Agency* recipient = to == nullptr ? nullptr : whole.coalition->agency(to->agency);
    if (recipient == nullptr) continue;
    const auto manifest = whole.parts.manifests.find(to->connector);
    if (manifest == whole.parts.manifests.end()) continue;
    const auto& honours = manifest->second.honours;
    std::string unmet;
    for (const std::string& code : ahead_of(flow, *recipient, whole, now))
      if (std::find(honours.begin(), honours.end(), code) == honours.end())
        unmet += (unmet.empty() ? "" : ", ") + code;
    if (!unmet.empty())
      notes.push_back("flow " + flow.id.value + ": the connector \"" + manifest->second.id +
                      "\" does not write along " + unmet +
                      "; what the law gives only with that is withheld. Next: install a version "
                      "whose manifest honours it, or send it to another system");
  }
  return notes;
}

}  // namespace concord::app
