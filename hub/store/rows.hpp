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
void apply(Db& db, const IndexRow& row);

}  // namespace concord::store
