// What the stages hand the store to keep, as values. Each is written whole or not at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/audit/entry.hpp"
#include "hub/model/coalition.hpp"
#include "hub/model/decision.hpp"
#include "hub/model/delivery.hpp"
#include "hub/model/entity.hpp"
#include "hub/model/record.hpp"

namespace concord::store {

// What became of a record on its way to the outbox. done: its deliveries tell the rest.
enum class RecordState { done, rejected, parked, history, unchanged };
std::string_view name_of(RecordState state);

struct JournalEntry {
  int64_t id = 0;
  model::Record record;  // of a reject: body holds the raw bytes
  bool raw = false;      // body is no JSON: it could not be read
  RecordState state = RecordState::done;
  std::string reason, detail;
  model::Owner owner = model::Owner::nobody;
  model::PersonId person;
  std::string waits_for;  // source's key of a person who is not known yet
  int owed = 0;           // deliveries that come of it
};

struct DecisionRow {
  int64_t delivery = 0;
  base::Instant at;
  bool at_send = false;
  model::Verdict verdict = model::Verdict::deny;
  std::string reasons;  // joined by blanks
  std::string rules;
  std::string obligations{};  // codes of what goes along, joined by blanks
};

// One row of the person index: kind is the index's own, digest is keyed.
struct IndexRow {
  int kind = 0;
  std::string digest;
  model::PersonId person;
  bool remove = false;
};

// What the hub must know of a person to decide and to address; sealed under the person's key.
struct Profile {
  model::PersonId person;
  std::string birth_date;              // YYYY-MM-DD, or empty
  std::vector<model::ChildRef> known;  // the keys that systems have for this person
  base::Instant learnt_at;             // the last change; a later one is never undone by an earlier
  bool operator==(const Profile&) const = default;
};

// What people and mandates leave behind; sealed. The id tells which of its kind.
struct EvidenceRow {
  std::string kind, id, json;
};

struct IngestCommit {
  model::SystemId system;
  std::string record_type;                // whose checkpoint moves
  std::optional<std::string> checkpoint;  // none: an event
  std::vector<JournalEntry> entries;      // new ones
  std::vector<JournalEntry> again;  // taken up again: state, reason, person and owed are replaced
  std::vector<std::pair<int64_t, model::Entity>> entities;  // with the entry that they come from
  std::vector<model::Delivery> deliveries;
  std::vector<DecisionRow> decisions;
  std::vector<audit::Entry> audit;
  std::vector<IndexRow> index;
  std::vector<Profile> profiles;            // new or changed
  std::vector<EvidenceRow> begun;           // kept only where none of this kind and id is there
  std::map<std::string, int64_t> counters;  // "read", "duplicates": added
};

struct DeliveryUpdate {
  model::Delivery delivery;  // as it is now
  std::optional<DecisionRow> decision;
  std::optional<audit::Entry> audit;  // there must be one where it ended
};

struct RunRow {
  std::string job;
  std::optional<base::Instant> due_at, started_at,
      ended_at;  // due_at: the last due time that was served
  int64_t records = 0;
  std::string error, detail;
  // Whose sources were told their newest checkpoint; not needed for safety: an ack may be repeated.
  model::SystemId system;
  std::vector<std::string> acked;  // record types
};

struct LedgerLine {
  model::Outcome outcome;
  std::string system, reason, detail;
  model::Owner owner;
  int64_t count = 0;
  std::optional<base::Instant> since;
};

struct Ledger {
  int64_t read = 0;        // everything that connectors ever gave
  int64_t duplicates = 0;  // known already, same content
  int64_t records = 0;     // in the journal
  std::map<RecordState, int64_t> by_state;
  int64_t owed = 0;                              // deliveries that the journal says there must be
  std::map<model::Outcome, int64_t> by_outcome;  // deliveries that there are
  std::vector<LedgerLine> lines;                 // all that is not delivered
  std::vector<std::string> faults;               // why it does not balance; empty: it does
  [[nodiscard]] bool balanced() const { return faults.empty(); }
};

}  // namespace concord::store
