#include "hub/pipeline/second_look.hpp"

#include "hub/decide/release.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {

model::Delivery owed_anew(const Works& works, const model::Delivery& like, model::Recall recall) {
  model::Delivery delivery = like;
  delivery.id = 0;
  delivery.recall = recall;
  delivery.outcome = model::Outcome::waiting;
  delivery.reason.clear();
  delivery.detail.clear();
  delivery.owner = model::Owner::nobody;
  delivery.attempts = 0;
  delivery.created_at = works.clock();
  delivery.due_at.reset();
  delivery.ended_at.reset();
  delivery.attested_at.reset();
  return delivery;
}

Fate fate_of(const Works& works,
             const View& view,
             const model::Entity& entity,
             const model::Flow& flow,
             const store::Profile& subject) {
  const base::Instant at = works.clock();
  auto decided = decide_for(works, view, entity, flow, at, subject);
  if (!decided || decided->decision.verdict == model::Verdict::deny) return Fate::denied;
  auto document = decide::release(entity, decided->fields, decided->decision, at);
  const model::System* system = view.coalition().system(flow.to);
  if (!document || system == nullptr) return Fate::unfit;
  translate::OutContext context;
  context.mapping = system->mapping;
  context.zone = system->zone;
  context.local_subject_key = key_at(subject.known, flow.to);
  auto record = view.mappings().to_record(*document, context);
  if (!record) return record.error().code == kUnknownThere ? Fate::unknown_there : Fate::unfit;
  return *record ? Fate::goes : Fate::unfit;
}

std::optional<std::string> not_to_be_kept(const Works& works,
                                          const View& view,
                                          const model::Entity& entity,
                                          const model::SystemId& system,
                                          const store::Profile& subject) {
  std::string why = kFlowEnded;
  for (const model::Flow& flow : view.coalition().flows) {
    if (flow.to != system || !wants(flow, entity, view.coalition())) continue;
    auto decided = decide_for(works, view, entity, flow, works.clock(), subject);
    if (!decided || decided->decision.verdict != model::Verdict::deny) return std::nullopt;
    why = reason_of(decided->decision);
    if (why == "CONSENT_EXPIRED") return std::nullopt;
  }
  return why;
}

base::Status SecondLook::look(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  if (closed_.contains(person)) return base::Done{};
  auto withheld = works_.store.withheld_of(person);
  if (!withheld) return std::move(withheld).error();
  std::erase_if(*withheld, [&](const model::Delivery& d) { return !permitted_now(d); });
  return owe(std::move(*withheld), model::Recall::none);
}

base::Status SecondLook::ask_back(const model::PersonId& person, model::Recall recall) {
  const std::scoped_lock lock(mutex_);
  if (closed_.contains(person)) return base::Done{};
  auto held = works_.store.held_of(person);
  if (!held) return std::move(held).error();
  std::erase_if(*held, [&](const model::Delivery& d) { return may_keep(d); });
  return owe(std::move(*held), recall);
}

base::Status SecondLook::ask_everything_back(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  auto held = works_.store.held_of(person);
  if (!held) return std::move(held).error();
  return owe(std::move(*held), model::Recall::destroy_and_attest);
}

base::Status SecondLook::owe(std::vector<model::Delivery> deliveries, model::Recall recall) {
  for (model::Delivery& delivery : deliveries) {
    delivery = owed_anew(works_, delivery, recall);
    delivery.id = works_.store.next_delivery_id();
  }
  if (deliveries.empty()) return base::Done{};
  if (auto kept = works_.store.owe(deliveries); !kept) return kept;
  handed_(deliveries);
  return base::Done{};
}

bool SecondLook::may_keep(const model::Delivery& held) const {
  auto newest = works_.store.newest_version(held.entity);
  auto entity = newest ? works_.store.entity(held.entity, *newest)
                       : base::Result<model::Entity>(newest.error());
  // Gone at the source: its withdrawal is on its way already.
  if (!entity || gone(entity->status)) return true;
  const auto view = works_.views.view();
  return !not_to_be_kept(works_, *view, *entity, held.to, works_.people.profile(entity->person));
}

void SecondLook::close(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  closed_.insert(person);
}

void SecondLook::reopen(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  closed_.erase(person);
}

bool SecondLook::permitted_now(const model::Delivery& withheld) const {
  const auto view = works_.views.view();
  auto entity = works_.store.entity(withheld.entity, withheld.version);
  if (!entity || gone(entity->status)) return false;
  const model::Flow* flow = flow_of(withheld, *entity, *view);
  if (flow == nullptr) return false;
  if (withheld.reason == kUnknownThere)
    return !works_.people.key_at(withheld.person, withheld.to).empty();
  const Fate fate = fate_of(works_, *view, *entity, *flow, works_.people.profile(entity->person));
  return fate == Fate::goes || fate == Fate::unfit;
}

}  // namespace concord::pipeline
