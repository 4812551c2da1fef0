// What the juvenile justice agency has on file about a child, and how the hub is to read it.
//
// Threads: pure functions, but now_text(). The same seed gives the same rows.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "examples/simulators/children.hpp"
#include "examples/simulators/juvenile_database.hpp"

namespace concord::sim {

struct JuvenileRow {
  std::string sql;
  JuvenileDatabase::Row values;
};

// The youth, their referral, and some charges, detentions and supervisions; those of a child with a
// sealed juvenile record are sealed, and there is at least one charge and one detention.
std::vector<JuvenileRow> first_rows(uint64_t seed, const Child& child);

// INSERT INTO table (columns) VALUES (?, …)
JuvenileRow insert_row(const std::string& table,
                       std::vector<std::pair<std::string, JuvenileDatabase::Value>> columns);

// The column that is a table's key: "charge_id".
std::string key_column(const std::string& table);
bool is_table(const std::string& table);  // one of the five

// Record type -> the select that reads it from the outbox.
std::vector<std::pair<std::string, std::string>> outbox_selects();

std::string now_text();  // "2024-05-01T10:00:00.123456Z"

}  // namespace concord::sim
