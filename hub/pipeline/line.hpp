// The line from record to outbox: the one place that knows the order of the stages.
//   take_in → translate → identify → decide → commit
// A batch goes through whole, and one commit keeps it whole: journal, entities, persons, decisions,
// outbox and checkpoint. Only after that may the source be told.
// Threads: process() and again() of one system one at a time (its Source sees to that); of several
//          systems at once.
// Errors:  where the store fails, nothing of the batch was taken.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/ingest/intake.hpp"
#include "hub/pipeline/works.hpp"

namespace concord::pipeline {

class Line {
 public:
  explicit Line(const Works& works) : works_(works) {}

  struct Processed {
    std::vector<std::optional<base::Error>> answers;  // one a record, then one a reject
    std::vector<model::Delivery> queued;              // durable, for the senders
    std::vector<model::ChildRef> now_known;           // persons that records may wait for
    std::vector<model::PersonId> look_again;          // at what was withheld of them
    int64_t read = 0, duplicates = 0, rejected = 0, parked = 0;
  };
  // checkpoint_type: whose checkpoint moves with this batch; none for events.
  // A system that the coalition no longer has: nothing is taken, and the error says so.
  base::Result<Processed> process(model::Batch batch,
                                  const model::SystemId& system,
                                  const std::optional<std::string>& checkpoint_type);
  // Takes up records of the journal again: parked ones whose cause may be gone, rejected ones after
  // a mapping was mended.
  base::Result<Processed> again(const std::vector<int64_t>& records, const model::SystemId& system);

 private:
  struct Work;  // what one batch gathers before its commit
  base::Result<Work> begin(const model::SystemId& system);
  void route(store::JournalEntry& entry, Work& work);
  bool identify(store::JournalEntry& entry, translate::Translation& translation, Work& work);
  void keep(store::JournalEntry& entry, model::Entity entity, Work& work);
  void hand_on(store::JournalEntry& entry, const model::Entity& entity, Work& work);
  base::Result<Processed> finish(Work& work, const ingest::Taken* taken);

  Works works_;
};

}  // namespace concord::pipeline
