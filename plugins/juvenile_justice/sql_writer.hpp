// Writes deliveries with SQL: into an inbox table, or through configured statements.
//
// One write() is one transaction with a savepoint a delivery: what one delivery's values break is
// that delivery's alone. A repeat changes nothing, and neither does a version older than what the
// database holds; both count as written.
//
// Threads: write() one at a time; it has a session of its own.
// Errors:  as a whole (retry, auth, config) when nothing was committed; else an outcome a delivery.
#pragma once

#include <concord/connector.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "juvenile_justice/config.hpp"
#include "juvenile_justice/database.hpp"

namespace concord::juvenile_justice {

// Statements of one record type, parameters bound to this dialect.
struct WritePlan {
  std::string place;             // "write.court_event"
  std::vector<BoundSql> guard;   // one after the other until a row is affected: none, then no more
  std::vector<BoundSql> effect;  // run when the guard affected a row
  bool obligations = false;      // is there a place for what must go along?
};
WritePlan plan_for(const std::string& type, const WriteConfig& write, Dialect dialect);

// The value of a named parameter: idempotency_key, type, key, version, subject, operation, body,
// obligations (a line each), or body.<member>(.<member>)*. A missing member, null, an unknown
// subject and no obligation are NULL.
class DeliveryValues {
 public:
  explicit DeliveryValues(const sdk::Delivery& delivery) : delivery_(delivery) {}
  sdk::Result<std::vector<SqlValue>> of(const BoundSql& sql, const std::string& place);

 private:
  struct Body;
  sdk::Result<SqlValue> member(std::string_view path, const std::string& place);
  const sdk::Delivery& delivery_;
  std::shared_ptr<Body> body_;  // parsed when first asked for
};

class SqlWriter {
 public:
  explicit SqlWriter(const Config& config) : config_(config), session_(config.database) {}

  // outcomes: one a delivery, of which those at `which` are filled in.
  sdk::Status write(std::span<const sdk::Delivery> deliveries,
                    std::span<const size_t> which,
                    std::span<sdk::Outcome> outcomes,
                    const sdk::Call& call);

 private:
  sdk::Status write_all(Database& database,
                        std::span<const sdk::Delivery> deliveries,
                        std::span<const size_t> which,
                        std::span<sdk::Outcome> outcomes);
  sdk::Status write_each(Database& database,
                         std::span<const sdk::Delivery> deliveries,
                         std::span<const size_t> which,
                         std::span<sdk::Outcome> outcomes);
  // Error of class bad_record: this delivery's; any other: the transaction's.
  sdk::Status write_one(Database& database, const WritePlan& plan, const sdk::Delivery& delivery);
  const WritePlan& plan(Database& database, const sdk::Delivery& delivery);

  const Config& config_;
  std::mutex mutex_;
  Session session_;
  std::map<std::string, WritePlan, std::less<>> plans_;
};

}  // namespace concord::juvenile_justice
