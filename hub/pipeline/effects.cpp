#include "hub/pipeline/effects.hpp"

#include <algorithm>
#include <set>

#include "hub/pipeline/request.hpp"
#include "hub/pipeline/second_look.hpp"

namespace concord::pipeline {
namespace {

using model::Delivery;
using model::Label;
using model::Recall;
using Way = std::pair<std::string, std::string>;  // entity, flow

constexpr model::LabelSet kTold{Label::VSP, Label::LOC, Label::SEALED};

class Look {
 public:
  Look(const Works& works, const View& view, const Shift& shift)
      : works_(works), view_(view), shift_(shift) {}

  base::Status person(const model::PersonId& person) {
    auto open = works_.store.open_of(person);
    auto withheld = works_.store.withheld_of(person);
    auto held = works_.store.held_of(person);
    if (!open) return std::move(open).error();
    if (!withheld) return std::move(withheld).error();
    if (!held) return std::move(held).error();
    const store::Profile now = works_.people.profile(person);
    for (const model::Order& order : view_.orders(now.known))
      effects_.sealed |= order.kind == "seal" || order.kind == "expunge";
    for (const Delivery& one : *open) effects_.waiting += one.recall == Recall::none ? 1 : 0;
    std::set<Way> ways;
    for (const Delivery& one : *withheld) {
      ways.emplace(one.entity.value, one.flow.value);
      if (auto looked = at_withheld(one); !looked) return looked;
    }
    for (const Delivery& one : *held)
      if (auto looked = at_held(one, now, *open, ways); !looked) return looked;
    return labels(person);
  }
  Effects done() { return std::move(effects_); }

 private:
  [[nodiscard]] const store::Profile& profile(const model::Entity& entity) const {
    return shift_.after.at(shift_.whose(entity.id, entity.version));
  }

  // Would it be sent, and could its recipient place it?
  [[nodiscard]] bool may_go(const model::Entity& entity, const model::Flow& flow) const {
    return !gone(entity.status) &&
           fate_of(works_, view_, entity, flow, profile(entity)) == Fate::goes;
  }

  void owe(Delivery delivery, const model::Entity& entity) {
    ++effects_.systems[delivery.to].owed;
    delivery.person = shift_.whose(entity.id, entity.version);
    effects_.owed.push_back(owed_anew(works_, delivery, Recall::none));
  }

  base::Status at_withheld(const Delivery& withheld) {
    auto entity = works_.store.entity(withheld.entity, withheld.version);
    if (!entity) return std::move(entity).error();
    const model::Flow* flow = flow_of(withheld, *entity, view_);
    if (flow != nullptr && may_go(*entity, *flow)) owe(withheld, *entity);
    return base::Done{};
  }

  // Under which key its recipient has it.
  [[nodiscard]] std::string filed(const Delivery& held,
                                  const model::Entity& entity,
                                  const store::Profile& now) const {
    const model::ChildRef subject{entity.system, entity.subject_record};
    auto then =
        works_.identities.filed_as(subject, held.to, held.ended_at.value_or(held.created_at));
    return then ? *then : key_at(now.known, held.to);
  }

  base::Status at_held(const Delivery& held,
                       const store::Profile& now,
                       const std::vector<Delivery>& open,
                       const std::set<Way>& looked_at) {
    auto newest = works_.store.newest_version(held.entity);
    if (!newest) return std::move(newest).error();
    auto entity = works_.store.entity(held.entity, *newest);
    if (!entity) return std::move(entity).error();
    if (gone(entity->status)) return base::Done{};  // its withdrawal is on its way already
    const store::Profile& subject = profile(*entity);
    const std::string key = filed(held, *entity, now);
    const bool wrong_child = !key.empty() && !among({held.to, key}, subject.known);
    const auto why = not_to_be_kept(works_, view_, *entity, held.to, subject);
    if (!wrong_child && !why) return base::Done{};
    const bool never_right = wrong_child || shift_.parts || *why == "SEALED";
    Delivery recall =
        owed_anew(works_, held, never_right ? Recall::destroy_and_attest : Recall::stop_use);
    recall.person = shift_.whose(held.entity, held.version);
    effects_.recalls.push_back(recall);
    ++effects_.systems[held.to].recalled;
    std::map<std::string, Delivery> newer;  // by flow
    for (const Delivery& one : open) {
      if (one.entity != held.entity || one.to != held.to || one.recall != Recall::none) continue;
      effects_.withdrawn.push_back(one);
      --effects_.waiting;
      newer[one.flow.value] = one;
    }
    for (const model::Flow& flow : view_.coalition().flows) {
      if (flow.to != held.to || !wants(flow, *entity, view_.coalition())) continue;
      if (looked_at.contains({held.entity.value, flow.id.value}) || !may_go(*entity, flow))
        continue;
      const auto waited = newer.find(flow.id.value);
      if (waited != newer.end()) {
        owe(waited->second, *entity);
      } else if (held.flow == flow.id) {
        owe(held, *entity);
      }
    }
    return base::Done{};
  }

  base::Status labels(const model::PersonId& person) {
    auto documents = works_.store.documents_of(person);
    if (!documents) return std::move(documents).error();
    for (size_t i = 0; i < documents->size(); ++i) {
      const auto& document = (*documents)[i];
      if (i + 1 < documents->size() && (*documents)[i + 1].id == document.id) continue;  // older
      auto entity = works_.store.entity(document.id, document.version);
      if (!entity) return std::move(entity).error();
      model::LabelSet borne = entity->labels;
      for (const auto& [pointer, some] : entity->field_labels) borne.add(some);
      effects_.labels.add(model::LabelSet::of_bits(borne.bits() & kTold.bits()));
    }
    return base::Done{};
  }

  const Works& works_;
  const View& view_;
  const Shift& shift_;
  Effects effects_;
};

}  // namespace

base::Result<Effects> effects_of(const Works& works, const View& view, const Shift& shift) {
  Look look(works, view, shift);
  for (const model::PersonId& person : shift.people)
    if (auto looked = look.person(person); !looked) return std::move(looked).error();
  return look.done();
}

}  // namespace concord::pipeline
