// Names of things. A type each, so that a SystemId cannot stand where a PersonId belongs.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace concord::model {

template <class Tag>
struct Id {
  std::string value;
  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}
  [[nodiscard]] bool empty() const { return value.empty(); }
  auto operator<=>(const Id&) const = default;
};

using AgencyId = Id<struct AgencyTag>;
using SystemId = Id<struct SystemTag>;
using JobId = Id<struct JobTag>;
using FlowId = Id<struct FlowTag>;
using PersonId = Id<struct PersonTag>;  // uuid in the person index
using EntityId = Id<struct EntityTag>;  // uuid, the same in all versions
using ConsentId = Id<struct ConsentTag>;

}  // namespace concord::model

template <class Tag>
struct std::hash<concord::model::Id<Tag>> {
  size_t operator()(const concord::model::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
