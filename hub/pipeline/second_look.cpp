#include "hub/pipeline/second_look.hpp"

#include "hub/pipeline/request.hpp"

namespace concord::pipeline {

base::Result<std::vector<model::Delivery>> SecondLook::look(const model::PersonId& person) {
  const std::scoped_lock lock(mutex_);
  auto withheld = works_.store.withheld_of(person);
  if (!withheld) return withheld;
  std::erase_if(*withheld, [&](const model::Delivery& d) { return !permitted_now(d); });
  for (model::Delivery& delivery : *withheld) {
    delivery.id = works_.store.next_delivery_id();
    delivery.outcome = model::Outcome::waiting;
    delivery.reason.clear();
    delivery.detail.clear();
    delivery.attempts = 0;
    delivery.created_at = works_.clock();
    delivery.ended_at.reset();
  }
  if (withheld->empty()) return withheld;
  if (auto kept = works_.store.owe(*withheld); !kept) return std::move(kept).error();
  return withheld;
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
