#include "hub/pipeline/request.hpp"

#include <algorithm>

#include "hub/pipeline/mandates.hpp"

namespace concord::pipeline {
namespace {

bool covers(const std::optional<base::Instant>& start,
            const std::optional<base::Instant>& end,
            base::Instant at) {
  return (!start || *start <= at) && (!end || at < *end);
}

model::Party party_of(const model::Agency* agency, const model::AgencyId& id) {
  model::Party party;
  party.agency = id.value;
  if (agency == nullptr) return party;
  party.capacities = agency->capacities;
  party.agreements = agency->agreements;
  party.credentials = agency->credentials;
  party.supports = agency->supports;
  return party;
}

// Right to know: the agency's seat at the table, the best one that it has at this moment.
void seat(model::Party& party, const std::vector<model::RosterEntry>& roster, base::Instant at) {
  for (const model::RosterEntry& entry : roster) {
    if (entry.agency.value != party.agency) continue;
    const bool now = entry.status == "active" && covers(entry.start, entry.end, at);
    if (now) {
      party.roster_status = "active";
      party.roster_end = entry.end;
      return;
    }
    party.roster_status = entry.status == "active" ? "ended" : entry.status;
    party.roster_end = entry.end;
  }
}

}  // namespace

std::optional<int> age_at(const std::string& birth_date, base::Instant at) {
  if (!base::is_date(birth_date)) return std::nullopt;
  const std::string today = base::to_text(at).substr(0, 10);
  int years = std::stoi(today.substr(0, 4)) - std::stoi(birth_date.substr(0, 4));
  // Born on 29 February: older from 1 March in other years; a pack may say otherwise.
  if (today.substr(5) < birth_date.substr(5)) --years;
  if (years < 0) return std::nullopt;
  return years;
}

bool wants(const model::Flow& flow,
           const model::Entity& entity,
           const model::Coalition& coalition) {
  if (flow.to == entity.system) return false;
  if (std::find(flow.entities.begin(), flow.entities.end(), entity.type) == flow.entities.end())
    return false;
  if (!flow.from.empty())
    return std::find(flow.from.begin(), flow.from.end(), entity.agency) != flow.from.end();
  const model::System* to = coalition.system(flow.to);
  return to == nullptr || to->agency != entity.agency;
}

const model::Flow* flow_of(const model::Delivery& delivery,
                           const model::Entity& entity,
                           const View& view) {
  const model::Flow* flow = view.flow(delivery.flow);
  const bool goes_there = flow != nullptr && flow->to == delivery.to;
  return goes_there && wants(*flow, entity, view.coalition()) ? flow : nullptr;
}

model::DecisionInput request_for(const model::Entity& entity,
                                 std::vector<model::DecisionField> fields,
                                 const model::Flow& flow,
                                 const store::Profile& subject,
                                 const View& view,
                                 base::Instant received,
                                 base::Instant at) {
  const model::Coalition& coalition = view.coalition();
  model::DecisionInput input;
  input.id = entity.id.value;
  input.at = at;
  input.jurisdiction = coalition.jurisdiction.empty() ? "US" : coalition.jurisdiction;
  input.trigger = flow.trigger;
  input.purpose = flow.purpose;
  if (const model::Mandate* mandate = mandate_of_flow(coalition, flow.id))
    input.event = {mandate->event, received};
  input.exchange_policy = coalition.exchange_policy;
  input.hub_is_intermediary = coalition.hub_is_intermediary;
  input.source = party_of(coalition.agency(entity.agency), entity.agency);
  const model::System* to = coalition.system(flow.to);
  if (to != nullptr) {
    input.recipient = party_of(coalition.agency(to->agency), to->agency);
    input.recipient.connector = to->connector;
    if (const Library* library = view.library(*to)) input.recipient.honours = library->honours;
  }
  seat(input.recipient, view.evidence().roster, at);
  input.fields = std::move(fields);
  const auto& known = subject.known;
  input.subject.age = age_at(subject.birth_date, at);
  input.consents = view.consents(known);
  for (const model::Order& order : view.orders(known)) {
    // What seals binds everybody, and time alone does not end it: the engine judges that.
    const bool binds = order.kind == "seal" || order.kind == "expunge";
    const bool mine = order.recipient.empty() || order.recipient == input.recipient.agency;
    if (binds || (mine && covers(order.start, order.end, at))) input.orders.push_back(order);
  }
  for (const model::Fact& fact : view.facts(known)) {
    const bool mine = fact.agency.empty() || fact.agency == input.recipient.agency;
    if (mine && covers(fact.start, fact.end, at)) input.facts[fact.name] = fact.value;
  }
  // Need to know: said only where a roster is kept, so that a seat alone is not enough.
  bool assigned = false;
  for (const model::Assignment* assignment : view.assignments(known))
    assigned |= assignment->agency.value == input.recipient.agency &&
                covers(assignment->start, assignment->end, at);
  if (assigned || input.recipient.roster_status) input.recipient.assigned = assigned;
  return input;
}

base::Result<Decided> decide_for(const Works& works,
                                 const View& view,
                                 const model::Entity& entity,
                                 const model::Flow& flow,
                                 base::Instant at) {
  return decide_for(works, view, entity, flow, at, works.people.profile(entity.person));
}

base::Result<Decided> decide_for(const Works& works,
                                 const View& view,
                                 const model::Entity& entity,
                                 const model::Flow& flow,
                                 base::Instant at,
                                 const store::Profile& subject) {
  const model::Agency* source = view.coalition().agency(entity.agency);
  auto fields = decide::fields_of(
      entity, view.schema(), source == nullptr ? std::vector<std::string>{} : source->capacities);
  if (!fields) return std::move(fields).error();
  fields->keep_only(flow.fields);
  // A mandate's time runs from the first that the hub heard of it.
  base::Instant received = entity.received;
  if (mandate_of_flow(view.coalition(), flow.id) != nullptr) {
    auto first = works.store.first_received(entity.id);
    if (!first) return std::move(first).error();
    if (*first) received = **first;
  }
  const auto input = request_for(entity, fields->fields, flow, subject, view, received, at);
  return Decided{std::move(*fields), view.engine().decide(input)};
}

store::DecisionRow row_of(const model::Decision& decision,
                          int64_t delivery,
                          base::Instant at,
                          bool at_send) {
  std::string reasons;
  for (const std::string& reason : decision.reasons)
    reasons += (reasons.empty() ? "" : " ") + reason;
  std::string along;
  for (const std::string& code : decision.obligations)
    if (model::is_carried(code)) along += (along.empty() ? "" : " ") + code;
  return {delivery,
          at,
          at_send,
          decision.verdict,
          std::move(reasons),
          decision.rules,
          std::move(along)};
}

std::string reason_of(const model::Decision& decision) {
  return decision.reasons.empty() ? "NO_ACTIVE_CONSENT" : decision.reasons.front();
}

std::string detail_of(const model::Decision& decision) {
  return reason_of(decision) == "OBLIGATION_UNSUPPORTED" ? decision.nearest_miss : "";
}

bool gone(model::EntityStatus status) {
  return status == model::EntityStatus::withdrawn ||
         status == model::EntityStatus::entered_in_error;
}

}  // namespace concord::pipeline
