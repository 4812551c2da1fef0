// Rows that several commits write, for the sources of this room only. In the writer's transaction.
// Thrown: Fault.
#pragma once

#include "hub/store/changes.hpp"
#include "hub/store/db.hpp"

namespace concord::store {

void insert(Db& db, const model::Delivery& delivery);
// A new delivery of a record that is in the journal already: its debt rises with it.
void owe(Db& db, const model::Delivery& delivery);
// What has become of it.
void update_row(Db& db, const model::Delivery& delivery);
void insert(Db& db, const DecisionRow& row);
void apply(Db& db, const IndexRow& row);
// A person's key, wrapped, where there is none yet; at: microseconds since 1970.
void add_key(Db& db, std::string_view person, std::string_view wrapped, int64_t at);
void put_evidence(Db& db, const EvidenceRow& row, std::string_view sealed, int64_t at);

}  // namespace concord::store
