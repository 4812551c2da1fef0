// One decided entity on its way to one system, and what becomes of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hub/base/time.hpp"
#include "hub/model/ids.hpp"

namespace concord::model {

// waiting is the only one that is not final; a parked one goes on when somebody mends the cause.
enum class Outcome { waiting, delivered, withheld, rejected, parked };
std::string_view name_of(Outcome outcome);
std::optional<Outcome> outcome_of(std::string_view name);

// Whose move it is when something is parked or rejected.
enum class Owner { nobody, agency_it, coalition_staff, operator_ };
std::string_view name_of(Owner owner);

struct Delivery {
  int64_t id = 0;      // rises; the order within a lane
  int64_t record = 0;  // the journal entry it comes from
  FlowId flow;
  SystemId to;
  PersonId person;  // with `to`, the lane
  EntityId entity;
  int version = 1;  // of the entity
  Outcome outcome = Outcome::waiting;
  std::string reason;  // code: NO_ACTIVE_CONSENT, HTTP_422 ...
  std::string detail;  // in words, without content
  Owner owner = Owner::nobody;
  int attempts = 0;
  base::Instant created_at;
  std::optional<base::Instant> due_at;    // next attempt
  std::optional<base::Instant> ended_at;  // when it became final
};

// An entity in the recipient's own record shape.
struct OutRecord {
  std::string type;
  std::string key;  // stable for all versions of the document
  std::string body;
};

}  // namespace concord::model
