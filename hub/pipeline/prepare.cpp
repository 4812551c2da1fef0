// What a head of a lane becomes: decided once more, cut down, and put into its recipient's record;
// or withheld, or parked with its reason.
#include "hub/decide/release.hpp"
#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/request.hpp"
#include "hub/pipeline/sender.hpp"

namespace concord::pipeline {

using model::Outcome;

Sender::Prepared Sender::prepare(model::Delivery head, const View& view) {
  Prepared prepared{std::move(head), {}, {}, {}};
  model::Delivery& delivery = prepared.delivery;
  const base::Instant now = works_.clock();
  const model::Flow* flow = nullptr;
  std::optional<Decided> decided;
  std::string type;
  auto tell = [&](audit::Kind kind) {
    prepared.audit = entry_of(kind, delivery, view.coalition(), now);
    prepared.audit.type = type;
    if (decided) add_decision(prepared.audit, decided->decision, *flow, type);
  };
  auto end = [&](Outcome outcome, std::string reason, std::string detail, model::Owner owner) {
    delivery.outcome = outcome;
    delivery.reason = std::move(reason);
    delivery.detail = std::move(detail);
    delivery.owner = owner;
    delivery.due_at.reset();
    if (outcome == Outcome::withheld) ++counters_.withheld;
    if (outcome != Outcome::parked) delivery.ended_at = now;
    tell(outcome == Outcome::withheld ? audit::Kind::withheld : audit::Kind::failed);
    return std::move(prepared);
  };
  auto newest = works_.store.newest_version(delivery.entity);
  auto entity = newest ? works_.store.entity(delivery.entity, delivery.version)
                       : base::Result<model::Entity>(newest.error());
  if (!entity)
    return end(
        Outcome::parked, entity.error().code, to_text(entity.error()), model::Owner::operator_);
  // What is queued is judged by what the document has become: sealed or withdrawn since, it stays.
  if (*newest > delivery.version) {
    auto now_is = works_.store.entity(delivery.entity, *newest);
    if (!now_is)
      return end(
          Outcome::parked, now_is.error().code, to_text(now_is.error()), model::Owner::operator_);
    if (gone(now_is->status)) return end(Outcome::withheld, "WITHDRAWN", "", model::Owner::nobody);
    entity->labels.add(now_is->labels);
    for (const auto& labelled : now_is->field_labels) entity->field_labels.push_back(labelled);
  }
  type = entity->type;
  flow = flow_of(delivery, *entity, view);
  const model::System* system = view.coalition().system(system_);
  if (flow == nullptr || system == nullptr)
    return end(Outcome::withheld, kFlowEnded, "", model::Owner::nobody);

  translate::OutContext context;
  context.mapping = system->mapping;
  context.zone = system->zone;
  context.local_subject_key = works_.people.key_at(entity->person, system_);
  runtime::WriteItem item;
  item.idempotency_key = "concord-" + std::to_string(delivery.id) + "-" + delivery.entity.value;
  item.version = static_cast<uint64_t>(delivery.version);
  item.subject = context.local_subject_key;
  if (gone(entity->status) || delivery.recall != model::Recall::none) {
    auto had = works_.store.held_before(delivery);
    if (!had)
      return end(Outcome::parked, had.error().code, to_text(had.error()), model::Owner::operator_);
    const auto record_type = view.mappings().record_type_for(system->mapping, entity->type);
    if (!*had || !record_type)
      return end(Outcome::withheld, "NEVER_SENT", "", model::Owner::nobody);
    item.withdraw = true;
    // Where it was filed, not where it would be now.
    if (auto then = works_.identities.filed_as({entity->system, entity->subject_record},
                                               system_,
                                               (**had).ended_at.value_or((**had).created_at)))
      item.subject = std::move(*then);
    item.type = *record_type;
    item.key = entity->id.value;
    item.body = "{}";
    tell(audit::Kind::started);
    prepared.audit.reasons = {std::string(model::name_of(delivery.recall))};
    prepared.item = std::move(item);
    return prepared;
  }

  auto made = decide_for(works_, view, *entity, *flow, now);
  if (!made)
    return end(
        Outcome::parked, made.error().code, to_text(made.error()), model::Owner::coalition_staff);
  decided = std::move(*made);
  const model::Decision& decision = decided->decision;
  prepared.decision = row_of(decision, delivery.id, now, true);
  if (decision.verdict == model::Verdict::deny)
    return end(Outcome::withheld, reason_of(decision), detail_of(decision), model::Owner::nobody);
  auto document = decide::release(*entity, decided->fields, decision, now);
  if (!document)
    return end(
        Outcome::parked, document.error().code, to_text(document.error()), model::Owner::operator_);
  auto record = view.mappings().to_record(*document, context);
  // The recipient does not know the child: nothing to write it to. Taken up again when it does.
  if (!record && record.error().code == kUnknownThere)
    return end(Outcome::withheld, record.error().code, "", model::Owner::nobody);
  if (!record)
    return end(Outcome::parked,
               record.error().code,
               to_text(record.error()),
               model::Owner::coalition_staff);
  if (!*record)
    return end(Outcome::parked,
               "MAPPING_MISSING",
               "mappings/" + system->mapping + "/out: no table takes a " + entity->type +
                   ".  Next: add one",
               model::Owner::coalition_staff);
  item.type = std::move((**record).type);
  item.key = std::move((**record).key);
  item.body = std::move((**record).body);
  item.obligations = decision.carried;
  tell(audit::Kind::started);
  prepared.item = std::move(item);
  return prepared;
}

}  // namespace concord::pipeline
