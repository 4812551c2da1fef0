// The SQL that this connector sends: configured statements with named parameters, and the pages
// built around a configured select. Values never become part of the text.
//
// Threads: pure functions.
#pragma once

#include <concord/connector.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "juvenile_justice/config.hpp"

namespace concord::juvenile_justice {

enum class Dialect : uint8_t { sqlite, postgresql, generic };

struct BoundSql {
  std::string sql;                      // with ? or $1, $2, …
  std::vector<std::string> parameters;  // the name at each position
};

// ":name" and ":body.member" become parameters; quoted text, comments and "::type" stay.
BoundSql bind_named(std::string_view sql, Dialect dialect);

// The n-th parameter, from 1.
std::string parameter(Dialect dialect, size_t n);

// A value of the order or key column as it goes into a checkpoint: its type ('t' text, 'i' integer,
// 'r' real) and its text. SQLite compares by type, so the type must come back with the value.
using Tagged = std::string;

// Where the last page ended; both empty: at the beginning.
struct Position {
  Tagged changed, key;
};

// Sequence numbers of an outbox, both ends included.
using Range = std::pair<int64_t, int64_t>;

// One row a record: body, key, order tagged, key tagged, version, deleted; in the generic dialect
// the columns as they are, for Database::page() to make these of. columns: as the select names them
// (only used for SQLite, whose body is put together column by column). Where from is not at the
// beginning its parameters are, in order, changed and key.
std::string changed_page_sql(const ReadConfig& read,
                             Dialect dialect,
                             std::span<const std::string> columns,
                             const Position& from,
                             uint32_t rows_max);
std::vector<std::string> changed_page_values(const Position& from, Dialect dialect);

// The same for an outbox, leaving out what was read and waits for its acknowledgement.
std::string outbox_page_sql(const ReadConfig& read,
                            Dialect dialect,
                            std::span<const std::string> columns,
                            std::span<const Range> waiting,
                            uint32_t rows_max);

// Deletes or marks outbox rows. Numbers only, so they stand in the text.
std::string prune_sql(const ReadConfig& read, std::span<const Range> acknowledged);

// How many rows have no key or no place in the order: they would never be read.
std::string unreadable_rows_sql(const ReadConfig& read);

// "seq IN (…) OR seq BETWEEN …"
std::string in_ranges(const std::string& column, std::span<const Range> ranges);

}  // namespace concord::juvenile_justice
