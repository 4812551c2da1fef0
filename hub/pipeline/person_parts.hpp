// What of a person belongs to some of the keys: documents, journal rows, birth date, and what the
// audit says of their deliveries. Threads: any; reads the store, changes nothing.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/pipeline/identities.hpp"
#include "hub/store/store.hpp"

namespace concord::pipeline {

struct Part {
  std::vector<store::Store::Document> documents;
  std::vector<int64_t> records;
  // As the newest documents of the part, and of the rest, say.
  std::string birth_date, birth_date_of_rest;
};
// Of a person's documents, those about these keys. One that names nobody any more is about whom its
// last version was about.
base::Result<Part> part_of(store::Store& store, const model::PersonId& person, const Keys& keys);
// All of it.
base::Result<Part> whole_of(store::Store& store, const model::PersonId& person);

// The audit's corrections when these documents turn out to be of another: what it says of their
// deliveries under the keys of `said_of` is struck from `from`, and taken over by `to`.
base::Result<std::vector<audit::Entry>> corrections(
    store::Store& store,
    const std::vector<store::Store::Document>& documents,
    const std::vector<model::PersonId>& said_of,
    const model::PersonId& from,
    const model::PersonId& to,
    base::Instant at);

}  // namespace concord::pipeline
