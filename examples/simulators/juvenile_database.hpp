// The juvenile justice agency's database: SQLite in a file, or PostgreSQL.
//
// Tables (columns as describe() of the connector shows them): youth, detention, charge,
// supervision, referral; outbox, which triggers fill with every change of those five; inbox, which
// the hub writes; inbox_log, which a trigger fills with what reached the inbox and what came again;
// refused_youth, whose deliveries the inbox refuses; sim_state.
//
// Threads: one at a time. SQL says ? for a parameter and knows no other difference between the two.
#pragma once

#include <concord/connector.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace concord::sim {

class JuvenileDatabase {
 public:
  using Value = std::optional<std::string>;  // none: NULL
  using Row = std::vector<Value>;

  virtual ~JuvenileDatabase() = default;
  // Rows, as text. Faults are told by place (the verb) and the database's own words: synthetic
  // data.
  virtual sdk::Result<std::vector<Row>> run(const std::string& sql, const Row& values = {}) = 0;

  // The tables and triggers, where they are not there yet.
  virtual sdk::Status make_schema() = 0;

  // Opens the file; makes it if there is none.
  static sdk::Result<std::unique_ptr<JuvenileDatabase>> sqlite(const std::string& file);
  // conninfo as libpq takes it: "postgresql://…" or "host=… dbname=…".
  static sdk::Result<std::unique_ptr<JuvenileDatabase>> postgresql(const std::string& conninfo);
};

// CREATE statements, one a text.
const std::vector<std::string>& juvenile_schema_sqlite();
const std::vector<std::string>& juvenile_schema_postgresql();

}  // namespace concord::sim
