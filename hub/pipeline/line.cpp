#include "hub/pipeline/line.hpp"

#include <algorithm>
#include <set>

#include "hub/pipeline/audit_entries.hpp"
#include "hub/pipeline/mandates.hpp"
#include "hub/pipeline/request.hpp"

namespace concord::pipeline {
namespace {

using store::JournalEntry;
using store::RecordState;

void settle(JournalEntry& entry, RecordState state, const base::Error& why, model::Owner owner) {
  entry.state = state;
  entry.reason = why.code;
  entry.detail = to_text(why);
  entry.owner = owner;
}

// What a source takes back is taken back everywhere.
model::Recall recall_of_gone(model::EntityStatus status) {
  if (status == model::EntityStatus::entered_in_error) return model::Recall::destroy_and_attest;
  return gone(status) ? model::Recall::stop_use : model::Recall::none;
}

// What has become of the document may not be had: not even what it was, if it is sealed or was
// wrong.
model::Recall recall_of_denied(model::EntityStatus status, const std::string& reason) {
  if (reason == "SEALED") return model::Recall::destroy_and_attest;
  return status == model::EntityStatus::corrected ? model::Recall::destroy : model::Recall::none;
}

}  // namespace

struct Line::Work {
  // One view from translation to commit: whoever swaps it waits for us, then looks at what we
  // withheld.
  std::unique_ptr<Views::Holding> holding;
  const model::System* system = nullptr;  // as that view has it
  base::Instant at;
  store::IngestCommit commit;
  // Entities of this batch, which the store does not have yet: (type, key) → newest.
  std::map<std::pair<std::string, std::string>, store::Store::KnownEntity> fresh;
  std::vector<identify::IndexChange> changes;
  struct Learnt {
    store::Profile before;  // the person
    model::ChildRef key;
    std::string birth_date;
  };
  std::vector<Learnt> learnt;
  std::optional<base::Error> store_fault;
};

base::Result<Line::Work> Line::begin(const model::SystemId& system) {
  Work work;
  work.holding = works_.views.hold();
  work.system = work.holding->view().coalition().system(system);
  if (work.system == nullptr)
    return base::retry_error("SYSTEM_REMOVED",
                             "system " + system.value,
                             "the coalition has no such system any more",
                             "see systems/ in the coalition's folder");
  work.at = works_.clock();
  work.commit.system = system;
  return work;
}

base::Result<Line::Processed> Line::process(model::Batch batch,
                                            const model::SystemId& system,
                                            const std::optional<std::string>& checkpoint_type) {
  auto begun = begin(system);
  if (!begun) return std::move(begun).error();
  Work& work = *begun;
  const std::string checkpoint = batch.checkpoint;
  std::optional<store::Store::View> view(std::in_place, works_.store);
  auto taken = ingest::take_in(std::move(batch), system, works_.store);
  if (!taken) return std::move(taken).error();
  if (checkpoint_type) {
    work.commit.record_type = *checkpoint_type;
    work.commit.checkpoint = checkpoint;
  }
  if (taken->read > 0) work.commit.counters["read"] = taken->read;
  if (taken->duplicates > 0) work.commit.counters["duplicates"] = taken->duplicates;
  for (JournalEntry& entry : taken->entries)
    if (entry.state == RecordState::done) route(entry, work);
  view.reset();
  work.commit.entries = std::move(taken->entries);
  return finish(work, &*taken);
}

base::Result<Line::Processed> Line::again(const std::vector<int64_t>& records,
                                          const model::SystemId& system) {
  auto begun = begin(system);
  if (!begun) return std::move(begun).error();
  Work& work = *begun;
  for (const int64_t id : records) {
    auto entry = works_.store.record(id);
    if (!entry) return std::move(entry).error();
    if (entry->raw ||
        (entry->state != RecordState::parked && entry->state != RecordState::rejected))
      continue;
    entry->state = RecordState::done;
    entry->reason.clear();
    entry->detail.clear();
    entry->owner = model::Owner::nobody;
    route(*entry, work);
    work.commit.again.push_back(std::move(*entry));
  }
  return finish(work, nullptr);
}

base::Result<Line::Processed> Line::finish(Work& work, const ingest::Taken* taken) {
  base::Status kept =
      work.store_fault ? base::Status(*work.store_fault) : works_.store.commit(work.commit);
  if (!kept) {
    for (auto learnt = work.learnt.rbegin(); learnt != work.learnt.rend(); ++learnt)
      works_.people.forget(learnt->before, learnt->key, learnt->birth_date);
    for (auto change = work.changes.rbegin(); change != work.changes.rend(); ++change)
      works_.index.undo(*change);
    return std::move(kept).error();
  }
  Processed processed;
  // Of a person who was new nothing can have been withheld before.
  std::set<model::PersonId> look_again;
  for (const Work::Learnt& learnt : work.learnt) {
    processed.now_known.push_back(learnt.key);
    if (!learnt.before.known.empty()) look_again.insert(learnt.before.person);
  }
  for (const model::Delivery& delivery : work.commit.deliveries) {
    if (delivery.outcome == model::Outcome::waiting) processed.queued.push_back(delivery);
    // Another system told of the person after this was decided, and before it was kept.
    if (delivery.outcome == model::Outcome::withheld &&
        works_.people.learnt_since(delivery.person, *delivery.ended_at))
      look_again.insert(delivery.person);
  }
  processed.look_again.assign(look_again.begin(), look_again.end());
  for (const auto* entries : {&work.commit.entries, &work.commit.again}) {
    for (const JournalEntry& entry : *entries) {
      processed.rejected += entry.state == RecordState::rejected;
      processed.parked += entry.state == RecordState::parked;
    }
  }
  if (taken == nullptr) return processed;
  processed.read = taken->read;
  processed.duplicates = taken->duplicates;
  for (const int place : taken->place) {
    processed.answers.emplace_back();
    if (place < 0) continue;
    const JournalEntry& entry = work.commit.entries[static_cast<size_t>(place)];
    if (entry.state == RecordState::rejected)
      processed.answers.back() = base::bad_record(
          entry.reason, entry.record.type, entry.detail, "kept for repair; see: concord ledger");
  }
  return processed;
}

void Line::route(JournalEntry& entry, Work& work) {
  const translate::SystemContext context{
      work.system->id, work.system->agency, work.system->mapping, work.system->zone};
  translate::Translation translation =
      work.holding->view().mappings().to_entities(entry.record, context);
  if (translation.fault)
    return settle(entry, RecordState::rejected, *translation.fault, model::Owner::coalition_staff);
  if (!identify(entry, translation, work)) return;
  bool changed = translation.entities.empty();
  for (model::Entity& entity : translation.entities) {
    // Never had it: there is nothing to withdraw.
    if (gone(entity.status) && entity.person.empty() && entity.subject_record.empty()) continue;
    const size_t before = work.commit.entities.size();
    keep(entry, std::move(entity), work);
    changed |= work.commit.entities.size() != before;
  }
  if (!changed) entry.state = RecordState::unchanged;
}

// Gives every entity its person. False: unsure of one, so the record is parked whole.
bool Line::identify(JournalEntry& entry, translate::Translation& translation, Work& work) {
  for (size_t i = 0; i < translation.entities.size(); ++i) {
    model::Entity& entity = translation.entities[i];
    const model::EntitySchema* schema = work.holding->view().schema().find(entity.type);
    if (schema != nullptr && !schema->about_person) continue;
    if (gone(entity.status) && entity.subject_record.empty()) {
      // A source that only says "this is gone" names nobody: it is about whom it was about.
      auto known = works_.store.newest(entity.system, entity.type, entity.key);
      if (known && *known) entity.person = (**known).person;
      if (entry.person.empty()) entry.person = entity.person;
      continue;
    }
    const auto hints = std::find_if(translation.hints.begin(),
                                    translation.hints.end(),
                                    [&](const auto& h) { return h.first == i; });
    const bool is_person = hints != translation.hints.end();
    identify::Found found = is_person
                                ? works_.index.identify(entity, hints->second, *work.system)
                                : works_.index.resolve(work.system->id, entity.subject_record);
    if (found.kind == identify::Found::Kind::parked) {
      settle(entry, RecordState::parked, found.why, model::Owner::coalition_staff);
      entry.waits_for = entity.subject_record;
      return false;
    }
    entity.person = found.person;
    if (entry.person.empty()) entry.person = found.person;
    if (!is_person) continue;
    for (const auto& row : found.change.rows)
      work.commit.index.push_back({row.kind, row.digest, row.person, row.remove});
    if (!found.change.rows.empty()) work.changes.push_back(std::move(found.change));
    const model::ChildRef key{work.system->id, entity.subject_record};
    store::Profile before = works_.people.profile(entity.person);
    const std::string& birth_date = hints->second.birth_date;
    if (auto profile = works_.people.learn(entity.person, key, birth_date, works_.clock())) {
      work.learnt.push_back({std::move(before), key, birth_date});
      work.commit.profiles.push_back(std::move(*profile));
    }
  }
  return true;
}

void Line::keep(JournalEntry& entry, model::Entity entity, Work& work) {
  entity.received = work.at;
  const auto key = std::make_pair(entity.type, entity.key);
  std::optional<store::Store::KnownEntity> known;
  if (const auto fresh = work.fresh.find(key); fresh != work.fresh.end()) {
    known = fresh->second;
  } else {
    auto stored = works_.store.newest(entity.system, entity.type, entity.key);
    if (!stored) {
      work.store_fault = std::move(stored).error();
      return;
    }
    known = std::move(*stored);
  }
  const std::string digest = works_.store.content_digest(entity);
  if (known && known->digest == digest) return;  // nothing that a recipient could see
  entity.id = known ? known->id : model::EntityId(base::uuid());
  entity.version = known ? known->version + 1 : 1;
  work.fresh[key] = {entity.id, entity.version, digest, entity.person};
  hand_on(entry, entity, work);
  for (store::EvidenceRow& clock : clocks_started_by(entity, work.holding->view().coalition()))
    work.commit.begun.push_back(std::move(clock));
  work.commit.entities.emplace_back(entry.id, std::move(entity));
}

// Decides for every flow that wants the entity, and owes a delivery for each. Where a recipient may
// have an earlier version and must not keep it, one more asks it back; the sender knows whether it
// has.
void Line::hand_on(JournalEntry& entry, const model::Entity& entity, Work& work) {
  const model::Coalition& coalition = work.holding->view().coalition();
  for (const model::Flow& flow : coalition.flows) {
    if (!wants(flow, entity, coalition)) continue;
    model::Delivery delivery;
    delivery.id = works_.store.next_delivery_id();
    delivery.record = entry.id;
    delivery.flow = flow.id;
    delivery.to = flow.to;
    delivery.person = entity.person;
    delivery.entity = entity.id;
    delivery.version = entity.version;
    delivery.created_at = work.at;
    delivery.recall = recall_of_gone(entity.status);
    model::Recall ask_back = model::Recall::none;
    if (!gone(entity.status)) {
      const base::Instant decided_at = works_.clock();
      auto decided = decide_for(works_, work.holding->view(), entity, flow, work.at);
      if (!decided) {
        delivery.outcome = model::Outcome::parked;
        delivery.reason = decided.error().code;
        delivery.detail = to_text(decided.error());
        delivery.owner = model::Owner::coalition_staff;
      } else {
        work.commit.decisions.push_back(row_of(decided->decision, delivery.id, work.at, false));
        const bool denied = decided->decision.verdict == model::Verdict::deny;
        if (denied) {
          delivery.outcome = model::Outcome::withheld;
          delivery.reason = reason_of(decided->decision);
          delivery.detail = detail_of(decided->decision);
          delivery.ended_at = decided_at;
          if (entity.version > 1) ask_back = recall_of_denied(entity.status, delivery.reason);
        }
        work.commit.audit.push_back(entry_of(
            denied ? audit::Kind::withheld : audit::Kind::decision, delivery, coalition, work.at));
        add_decision(work.commit.audit.back(), decided->decision, flow, entity.type);
        // Decided again when it is sent; that entry says which fields, and on what they rest.
        if (!denied) {
          work.commit.audit.back().fields.clear();
          work.commit.audit.back().evidence.clear();
        }
      }
    }
    ++entry.owed;
    work.commit.deliveries.push_back(delivery);
    if (ask_back == model::Recall::none) continue;
    delivery.id = works_.store.next_delivery_id();
    delivery.recall = ask_back;
    delivery.outcome = model::Outcome::waiting;
    delivery.reason.clear();
    delivery.detail.clear();
    delivery.ended_at.reset();
    ++entry.owed;
    work.commit.deliveries.push_back(std::move(delivery));
  }
}

}  // namespace concord::pipeline
