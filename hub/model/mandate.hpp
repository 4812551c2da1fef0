// A mandate whose clock runs, or ran: what started it, by when, whose move it is, and the proof.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/model/coalition.hpp"

namespace concord::model {

// running is the only one that is not final. withdrawn: the source took its report back.
enum class MandateState { running, delivered, attested, withdrawn };

struct MandateClock {
  std::string id;  // the mandate's and the document's: a document starts it once
  std::string mandate, event;
  EntityId entity;
  FlowId flow;  // whose delivery is the proof; empty: none
  base::Instant received_at, due_at;
  Contact owner;
  struct Escalation {
    base::Instant at;  // when it is this one's move
    Contact to;
    std::optional<base::Instant> told_at;
    bool operator==(const Escalation&) const = default;
  };
  std::vector<Escalation> escalations;  // as the coalition had them when it started
  MandateState state = MandateState::running;
  std::optional<base::Instant> ended_at;  // delivered: when the recipient acknowledged it
  int64_t delivery = 0;                   // that delivered it
  std::string by, how;                    // who attested it, and how it was done
  bool operator==(const MandateClock&) const = default;
};

std::string_view name_of(MandateState state);
// Still running after its time, or ended after it.
bool is_late(const MandateClock& clock, base::Instant now);
// The owner, until it was escalated.
const Contact& whose_move(const MandateClock& clock);
// "duty supervisor, example_dcf"
std::string to_text(const Contact& contact);

}  // namespace concord::model
