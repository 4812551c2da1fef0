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

// What a recipient is asked to do with a document that it was given.
//   stop_use            it was right to have it, and is no longer: revoked, withdrawn
//   destroy             it is wrong, and what it has become may not be had
//   destroy_and_attest  sealed or entered in error: it is as if it had never been there, and the
//                       agency says that it has done so (La. Ch.C. 921)
enum class Recall { none, stop_use, destroy, destroy_and_attest };
std::string_view name_of(Recall recall);

struct Delivery {
  int64_t id = 0;      // rises; the order within a lane
  int64_t record = 0;  // the journal entry it comes from
  FlowId flow;
  SystemId to;
  PersonId person;  // with `to`, the lane
  EntityId entity;
  int version = 1;               // of the entity
  Recall recall = Recall::none;  // asks back what was delivered before
  Outcome outcome = Outcome::waiting;
  std::string reason;  // code: NO_ACTIVE_CONSENT, HTTP_422 ...
  std::string detail;  // in words, without content
  Owner owner = Owner::nobody;
  int attempts = 0;
  base::Instant created_at;
  std::optional<base::Instant> due_at;       // next attempt
  std::optional<base::Instant> ended_at;     // when it became final
  std::optional<base::Instant> attested_at;  // of a recall: when the agency said that it was done
};

// Is it still to be acknowledged by the recipient's system, or attested where that is asked for?
bool recall_open(const Delivery& recall);
// By when: 30 days for what is sealed, as La. Ch.C. 921 gives for expunging; a day for all else.
base::Instant recall_due(const Delivery& recall);

// An entity in the recipient's own record shape.
struct OutRecord {
  std::string type;
  std::string key;  // stable for all versions of the document
  std::string body;
};

}  // namespace concord::model
