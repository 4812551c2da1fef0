#include "hub/pipeline/second_look.hpp"

#include "hub/pipeline/request.hpp"

namespace concord::pipeline {

base::Result<std::vector<model::Delivery>> SecondLook::look(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  if (closed_.contains(person)) return std::vector<model::Delivery>{};
  auto withheld = works_.store.withheld_of(person);
  if (!withheld) return withheld;
  std::erase_if(*withheld, [&](const model::Delivery& d) { return !permitted_now(d); });
  return owe(std::move(*withheld), model::Recall::none);
}

base::Result<std::vector<model::Delivery>> SecondLook::ask_back(const model::PersonId& person,
                                                                model::Recall recall) {
  const std::scoped_lock lock(mutex_);
  if (closed_.contains(person)) return std::vector<model::Delivery>{};
  auto held = works_.store.held_of(person);
  if (!held) return held;
  std::erase_if(*held, [&](const model::Delivery& d) { return may_keep(d); });
  return owe(std::move(*held), recall);
}

base::Result<std::vector<model::Delivery>> SecondLook::ask_everything_back(
    const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  auto held = works_.store.held_of(person);
  if (!held) return held;
  return owe(std::move(*held), model::Recall::destroy_and_attest);
}

base::Result<std::vector<model::Delivery>> SecondLook::owe(std::vector<model::Delivery> deliveries,
                                                           model::Recall recall) {
  for (model::Delivery& delivery : deliveries) {
    delivery.id = works_.store.next_delivery_id();
    delivery.recall = recall;
    delivery.outcome = model::Outcome::waiting;
    delivery.reason.clear();
    delivery.detail.clear();
    delivery.attempts = 0;
    delivery.created_at = works_.clock();
    delivery.ended_at.reset();
    delivery.attested_at.reset();
  }
  if (deliveries.empty()) return deliveries;
  if (auto kept = works_.store.owe(deliveries); !kept) return std::move(kept).error();
  return deliveries;
}

bool SecondLook::may_keep(const model::Delivery& held) const {
  auto newest = works_.store.newest_version(held.entity);
  auto entity = newest ? works_.store.entity(held.entity, *newest)
                       : base::Result<model::Entity>(newest.error());
  // Gone at the source: its withdrawal is on its way already.
  if (!entity || gone(entity->status)) return true;
  const auto view = works_.views.view();
  const model::Coalition& coalition = view->coalition();
  return std::any_of(coalition.flows.begin(), coalition.flows.end(), [&](const model::Flow& flow) {
    if (flow.to != held.to || !wants(flow, *entity, coalition)) return false;
    auto decided = decide_for(works_, *view, *entity, flow, works_.clock());
    return !decided || decided->decision.verdict != model::Verdict::deny ||
           reason_of(decided->decision) == "CONSENT_EXPIRED";
  });
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
  auto decided = decide_for(works_, *view, *entity, *flow, works_.clock());
  return decided && decided->decision.verdict != model::Verdict::deny;
}

}  // namespace concord::pipeline
