#include <array>

#include "hub/model/coalition.hpp"
#include "hub/model/decision.hpp"
#include "hub/model/delivery.hpp"
#include "hub/model/entity.hpp"
#include "hub/model/mandate.hpp"

namespace concord::model {
namespace {

template <class Enum, size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

constexpr std::array<std::string_view, 4> kStatus = {
    "active", "corrected", "withdrawn", "entered-in-error"};
constexpr std::array<std::string_view, 3> kVerdict = {"permit", "permit_with_redactions", "deny"};
constexpr std::array<std::string_view, 5> kOutcome = {
    "waiting", "delivered", "withheld", "rejected", "parked"};
constexpr std::array<std::string_view, 4> kRecall = {
    "none", "stop_use", "destroy", "destroy_and_attest"};
constexpr std::array<std::string_view, 4> kOwner = {
    "nobody", "agency IT", "coalition staff", "operator"};

}  // namespace

std::string_view name_of(EntityStatus status) {
  return kStatus[static_cast<size_t>(status)];
}
std::optional<EntityStatus> entity_status_of(std::string_view name) {
  return find<EntityStatus>(kStatus, name);
}
std::string_view name_of(Verdict verdict) {
  return kVerdict[static_cast<size_t>(verdict)];
}
std::string_view name_of(Outcome outcome) {
  return kOutcome[static_cast<size_t>(outcome)];
}
std::optional<Outcome> outcome_of(std::string_view name) {
  return find<Outcome>(kOutcome, name);
}
std::string_view name_of(Recall recall) {
  return kRecall[static_cast<size_t>(recall)];
}
bool recall_open(const Delivery& recall) {
  if (recall.recall == Recall::none || recall.attested_at) return false;
  return recall.outcome == Outcome::waiting || recall.outcome == Outcome::parked ||
         (recall.outcome == Outcome::delivered && recall.recall == Recall::destroy_and_attest);
}
base::Instant recall_due(const Delivery& recall) {
  const bool sealed = recall.recall == Recall::destroy_and_attest;
  return recall.created_at + (sealed ? std::chrono::days(30) : std::chrono::days(1));
}
std::string_view name_of(MandateState state) {
  constexpr std::array<std::string_view, 4> names{"running", "delivered", "attested", "withdrawn"};
  return names[static_cast<size_t>(state)];
}
bool is_late(const MandateClock& clock, base::Instant now) {
  return clock.state != MandateState::withdrawn && clock.ended_at.value_or(now) > clock.due_at;
}
const Contact& whose_move(const MandateClock& clock) {
  const Contact* move = &clock.owner;
  for (const auto& step : clock.escalations)
    if (step.told_at) move = &step.to;
  return *move;
}
std::string to_text(const Contact& contact) {
  return (contact.name.empty() ? "" : contact.name + ", ") + contact.role + ", " +
         contact.agency.value;
}
std::string_view name_of(Owner owner) {
  return kOwner[static_cast<size_t>(owner)];
}

const Agency* Coalition::agency(const AgencyId& id) const {
  for (const Agency& agency : agencies)
    if (agency.id == id) return &agency;
  return nullptr;
}

const System* Coalition::system(const SystemId& id) const {
  for (const System& system : systems)
    if (system.id == id) return &system;
  return nullptr;
}

}  // namespace concord::model
