// Ingest: a batch as a connector gave it becomes journal entries. What is known already is counted
// and dropped; what contradicts itself is rejected; what is older than what we have is history.
// Threads: any; it keeps nothing.
// Errors:  only where the store cannot be read; then nothing of the batch is taken.
#pragma once

#include <vector>

#include "hub/model/record.hpp"
#include "hub/store/store.hpp"

namespace concord::ingest {

struct Taken {
  // In the order of arrival. state done: to be translated. The rest is settled.
  std::vector<store::JournalEntry> entries;
  // For each record of the batch, then each reject: the entry's place, or -1 where it is known.
  std::vector<int> place;
  int64_t read = 0;
  int64_t duplicates = 0;
};

base::Result<Taken> take_in(model::Batch batch, const model::SystemId& system, store::Store& store);

}  // namespace concord::ingest
