#include "juvenile_justice/sql_writer.hpp"

#include <algorithm>
#include <concord/json.hpp>
#include <concord/obligations.hpp>

#include "juvenile_justice/call_watch.hpp"

namespace concord::juvenile_justice {

namespace {

using sdk::Delivery;
using sdk::Error;
using sdk::ErrorClass;
using sdk::Outcome;
using sdk::Status;

// Inserts unless a newer version of the record is there; the unique idempotency key does the rest.
std::vector<std::string> inbox_sql(const WriteConfig& write, Dialect dialect) {
  const std::string& table = write.inbox_table;
  const std::string& column = write.obligations_column;
  const std::string newer = "SELECT 1 FROM " + table +
                            " WHERE record_type = :type AND record_key = :key AND version > "
                            "CAST(:version AS BIGINT)";
  std::string sql =
      "INSERT INTO " + table +
      " (idempotency_key, record_type, record_key, version, subject, operation, body" +
      (column.empty() ? "" : ", " + column) +
      ") SELECT :idempotency_key, :type, :key, CAST(:version AS BIGINT), :subject,"
      " :operation, :body" +
      (column.empty() ? "" : ", :obligations") + " WHERE NOT EXISTS (" + newer + ")";
  if (dialect == Dialect::generic) {
    sql += " AND NOT EXISTS (SELECT 1 FROM " + table + " WHERE idempotency_key = :idempotency_key)";
  } else {
    sql += " ON CONFLICT (idempotency_key) DO NOTHING";
  }
  return {sql};
}

// Moves the record's line in the applied table forward. A withdrawal may carry the version that it
// withdraws.
std::vector<std::string> applied_sql(const std::string& table, Dialect dialect) {
  const std::string older = "(" + table + ".version < CAST(:version AS BIGINT) OR (" + table +
                            ".version = CAST(:version AS BIGINT) AND :operation = 'withdraw' AND " +
                            table + ".idempotency_key <> :idempotency_key))";
  const std::string insert = "INSERT INTO " + table +
                             " (record_type, record_key, version, idempotency_key)"
                             " SELECT :type, :key, CAST(:version AS BIGINT), :idempotency_key";
  const std::string set =
      " SET version = CAST(:version AS BIGINT), idempotency_key = :idempotency_key";
  if (dialect != Dialect::generic)
    return {insert + " WHERE 1=1 ON CONFLICT (record_type, record_key) DO UPDATE" + set +
            " WHERE " + older};
  const std::string same = " WHERE record_type = :type AND record_key = :key";
  return {"UPDATE " + table + set + same + " AND " + older,
          insert + " WHERE NOT EXISTS (SELECT 1 FROM " + table + same + ")"};
}

// What was done since the last savepoint is kept whatever comes after it.
Status next_savepoint(Database& database) {
  // In one round trip where there is one.
  if (database.dialect() == Dialect::postgresql)
    return database.run("write", "RELEASE SAVEPOINT one; SAVEPOINT one");
  if (auto released = database.run("write", "RELEASE SAVEPOINT one"); !released) return released;
  return database.run("write", "SAVEPOINT one");
}

Error not_configured(std::string_view type) {
  return sdk::config_error("WRITE_NOT_CONFIGURED",
                           "write",
                           "there is no entry for record type \"" + std::string(type) + "\"",
                           "add it, or \"*\" for all types");
}

}  // namespace

WritePlan plan_for(const std::string& type, const WriteConfig& write, Dialect dialect) {
  WritePlan plan;
  plan.place = "write." + type;
  const bool inbox = write.mode == WriteConfig::Mode::inbox;
  for (const std::string& sql :
       inbox ? inbox_sql(write, dialect) : applied_sql(write.applied_table, dialect))
    plan.guard.push_back(bind_named(sql, dialect));
  for (const std::string& sql : write.statements) plan.effect.push_back(bind_named(sql, dialect));
  for (const auto* list : {&plan.guard, &plan.effect})
    for (const BoundSql& sql : *list)
      plan.obligations =
          plan.obligations ||
          std::count(sql.parameters.begin(), sql.parameters.end(), "obligations") > 0;
  return plan;
}

struct DeliveryValues::Body {
  rapidjson::Document json;
};

sdk::Result<SqlValue> DeliveryValues::member(std::string_view path, const std::string& place) {
  if (body_ == nullptr) {
    auto body = std::make_shared<Body>();
    sdk::JsonFault fault;
    if (!sdk::parse_json(delivery_.body, body->json, fault))
      return sdk::bad_record(
          "DELIVERY_BODY", place, "the body is no JSON: " + fault.cause, "see the mapping");
    body_ = std::move(body);
  }
  const rapidjson::Value* at = &body_->json;
  while (!path.empty()) {
    const size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (!at->IsObject()) return SqlValue();
    const auto found = at->FindMember(name);
    if (found == at->MemberEnd()) return SqlValue();
    at = &found->value;
  }
  if (at->IsNull()) return SqlValue();
  if (at->IsString()) return SqlValue(std::string(at->GetString(), at->GetStringLength()));
  // Fits a boolean and an integer column alike.
  if (at->IsBool()) return SqlValue(at->GetBool() ? "1" : "0");
  return SqlValue(sdk::write_json(*at));
}

sdk::Result<std::vector<SqlValue>> DeliveryValues::of(const BoundSql& sql,
                                                      const std::string& place) {
  std::vector<SqlValue> values;
  for (const std::string_view name : sql.parameters) {
    if (name == "idempotency_key") {
      values.emplace_back(std::string(delivery_.idempotency_key));
    } else if (name == "type") {
      values.emplace_back(std::string(delivery_.type));
    } else if (name == "key") {
      values.emplace_back(std::string(delivery_.key));
    } else if (name == "version") {
      values.emplace_back(std::to_string(delivery_.version));
    } else if (name == "subject") {
      values.emplace_back(delivery_.subject.empty() ? SqlValue()
                                                    : SqlValue(std::string(delivery_.subject)));
    } else if (name == "operation") {
      values.emplace_back(delivery_.withdraw ? "withdraw" : "upsert");
    } else if (name == "body") {
      values.emplace_back(std::string(delivery_.body));
    } else if (name == "obligations") {
      values.emplace_back(delivery_.obligations.empty()
                              ? SqlValue()
                              : SqlValue(sdk::obligation_lines(delivery_.obligations)));
    } else if (name.starts_with("body.")) {
      auto value = member(name.substr(5), place);
      if (!value) return std::move(value).error();
      values.push_back(std::move(value).value());
    } else {
      return sdk::config_error("PARAMETER_UNKNOWN",
                               place,
                               "there is no parameter \":" + std::string(name) + "\"",
                               "use :body.<member> for a member of the record");
    }
  }
  return values;
}

const WritePlan& SqlWriter::plan(Database& database, const Delivery& delivery) {
  auto found = plans_.find(delivery.type);
  if (found == plans_.end()) {
    const std::string type(delivery.type);
    found =
        plans_.emplace(type, plan_for(type, *config_.write_for(type), database.dialect())).first;
  }
  return found->second;
}

Status SqlWriter::write_one(Database& database, const WritePlan& plan, const Delivery& delivery) {
  // Never the record without them.
  if (!delivery.obligations.empty() && !plan.obligations)
    return sdk::bad_record(
        "OBLIGATIONS_NO_PLACE",
        plan.place,
        "something must go along with this record, and no column takes it",
        "name one: obligations_column for an inbox, :obligations in a statement");
  DeliveryValues values(delivery);
  size_t affected = 0;
  for (const BoundSql& guard : plan.guard) {
    auto given = values.of(guard, plan.place);
    if (!given) return std::move(given).error();
    auto done = database.execute(plan.place, guard.sql, *given);
    if (!done) return std::move(done).error();
    affected = *done;
    if (affected > 0) break;
  }
  if (affected == 0) return sdk::Done{};  // a repeat, or older than what is there
  for (size_t i = 0; i < plan.effect.size(); ++i) {
    const std::string place = plan.place + ".statements[" + std::to_string(i) + "]";
    auto given = values.of(plan.effect[i], place);
    if (!given) return std::move(given).error();
    auto done = database.execute(place, plan.effect[i].sql, *given);
    if (!done) return std::move(done).error();
  }
  return sdk::Done{};
}

Status SqlWriter::write_all(Database& database,
                            std::span<const Delivery> deliveries,
                            std::span<const size_t> which,
                            std::span<Outcome> outcomes) {
  const bool is_sqlite = database.dialect() == Dialect::sqlite;
  // IMMEDIATE: waits for other writers now, and not in the middle with nothing to be done about it.
  if (auto begun = database.run("write", is_sqlite ? "BEGIN IMMEDIATE" : "BEGIN"); !begun)
    return begun;
  if (auto saved = database.run("write", "SAVEPOINT one"); !saved) return saved;
  for (const size_t i : which) {
    const Delivery& delivery = deliveries[i];
    if (config_.write_for(delivery.type) == nullptr) {
      outcomes[i].error = not_configured(delivery.type);
      continue;
    }
    if (auto written = write_one(database, plan(database, delivery), delivery); written) {
      outcomes[i].remote_id = delivery.idempotency_key;
    } else {
      outcomes[i].error = std::move(written).error();
      const ErrorClass error_class = outcomes[i].error->error_class;
      // A fault that is neither the record's nor its statement's ends the transaction.
      if (error_class != ErrorClass::bad_record && error_class != ErrorClass::config)
        return *outcomes[i].error;
      if (auto back = database.run("write", "ROLLBACK TO SAVEPOINT one"); !back) return back;
    }
    if (auto next = next_savepoint(database); !next) return next;
  }
  return database.run("write", "COMMIT");
}

// Where savepoints are spelt in as many ways as there are databases: a transaction a delivery.
Status SqlWriter::write_each(Database& database,
                             std::span<const Delivery> deliveries,
                             std::span<const size_t> which,
                             std::span<Outcome> outcomes) {
  for (const size_t i : which) {
    const Delivery& delivery = deliveries[i];
    if (config_.write_for(delivery.type) == nullptr) {
      outcomes[i].error = not_configured(delivery.type);
      continue;
    }
    Status written = database.run("write", "BEGIN");
    const bool begun = static_cast<bool>(written);
    if (begun) written = write_one(database, plan(database, delivery), delivery);
    if (written) written = database.run("write", "COMMIT");
    if (written) {
      outcomes[i].remote_id = delivery.idempotency_key;
      continue;
    }
    outcomes[i].error = std::move(written).error();
    if (begun) (void)database.run("write", "ROLLBACK");
  }
  return sdk::Done{};
}

Status SqlWriter::write(std::span<const Delivery> deliveries,
                        std::span<const size_t> which,
                        std::span<Outcome> outcomes,
                        const sdk::Call& call) {
  const std::scoped_lock lock(mutex_);
  auto database = session_.get(call.left());
  if (!database) return std::move(database).error();
  Status written = sdk::Done{};
  {
    const CallWatch watch(call, [&] { (*database)->interrupt(); });
    written = (*database)->dialect() == Dialect::generic
                  ? write_each(**database, deliveries, which, outcomes)
                  : write_all(**database, deliveries, which, outcomes);
  }
  // With the session goes what was not committed. Whether a COMMIT without an answer took effect
  // nobody knows; the next attempt's idempotency keys find out.
  if (!written) session_.drop();
  return written;
}

}  // namespace concord::juvenile_justice
