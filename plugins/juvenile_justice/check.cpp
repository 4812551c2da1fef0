// check(): every configured statement is tried on a session of its own, and nothing is changed.
#include "juvenile_justice/call_watch.hpp"
#include "juvenile_justice/connector.hpp"

namespace concord::juvenile_justice {

namespace {

using sdk::Done;
using sdk::Status;

// SQLite gives a deleted row's number to the next row, unless told otherwise; a checkpoint that
// still names it would then hide the new row.
Status numbers_are_used_once(Database& database, const ReadConfig& read) {
  if (database.dialect() != Dialect::sqlite || !read.mark_column.empty()) return Done{};
  const std::string table = read.outbox_table.substr(read.outbox_table.find('.') + 1);
  auto rows = database.query("read." + read.type + ".outbox",
                             "SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = "
                             "lower(?) AND upper(sql) NOT LIKE '%AUTOINCREMENT%'",
                             std::vector<std::string>{table},
                             1);
  if (!rows) return std::move(rows).error();
  if (rows->empty()) return Done{};
  return sdk::config_error("SEQUENCE_REUSED",
                           "read." + read.type + ".outbox",
                           "the database may use a deleted row's number again",
                           "declare the sequence column INTEGER PRIMARY KEY AUTOINCREMENT");
}

Status check_read(Database& database, const ReadConfig& read) {
  const std::string place = "read." + read.type;
  auto columns = database.columns(place + ".select", read.select);
  if (!columns) return as_read_fault(std::move(columns).error());
  if (auto fit = fits(read, *columns); !fit) return fit;
  const std::string page = read.is_outbox()
                               ? outbox_page_sql(read, database.dialect(), *columns, {}, 1)
                               : changed_page_sql(read, database.dialect(), *columns, {}, 1);
  auto rows = database.page(read, page, {});
  if (!rows) return as_read_fault(std::move(rows).error());
  if (read.is_outbox()) return numbers_are_used_once(database, read);
  auto unreadable = database.query(place + ".select", unreadable_rows_sql(read), {}, 1);
  if (!unreadable) return as_read_fault(std::move(unreadable).error());
  const std::string count = unreadable->empty() ? "0" : unreadable->front()[0].value_or("0");
  if (count == "0") return Done{};
  return sdk::config_error("ROWS_UNREADABLE",
                           place + ".select",
                           count + " rows have no key or no change time and would never be read",
                           "fill them in, or leave them out in the select");
}

Status check_write(Database& database, const std::string& type, const WriteConfig& write) {
  if (write.mode == WriteConfig::Mode::niem) return Done{};
  const WritePlan plan = plan_for(type == "*" ? "any" : type, write, database.dialect());
  // EXPLAIN plans a statement, with all that its tables must have, and does not run it.
  const std::string explain = database.dialect() == Dialect::generic ? "" : "EXPLAIN ";
  if (explain.empty()) return Done{};
  const auto try_out = [&](const BoundSql& sql, const std::string& place) -> Status {
    const std::vector<SqlValue> nothing(sql.parameters.size());
    auto planned = database.execute(place, explain + sql.sql, nothing);
    return planned ? Status(Done{}) : Status(as_read_fault(std::move(planned).error()));
  };
  for (const BoundSql& sql : plan.guard) {
    if (auto fine = try_out(sql, "write." + type); !fine) return fine;
  }
  for (size_t i = 0; i < plan.effect.size(); ++i) {
    const std::string place = "write." + type + ".statements[" + std::to_string(i) + "]";
    const sdk::Delivery empty;
    DeliveryValues values(empty);
    // An unknown parameter is told here, not at the first delivery.
    for (const std::string& name : plan.effect[i].parameters) {
      if (name.starts_with("body.")) continue;
      if (auto known = values.of({"", {name}}, place); !known) return std::move(known).error();
    }
    if (auto fine = try_out(plan.effect[i], place); !fine) return fine;
  }
  return Done{};
}

}  // namespace

Status check_database(const Config& config, const sdk::Call& call) {
  auto opened = open_database(config.database, call.left());
  if (!opened) return std::move(opened).error();
  Database& database = **opened;
  const CallWatch watch(call, [&] { database.interrupt(); });
  for (const auto& [type, read] : config.reads) {
    if (auto fine = check_read(database, read); !fine) return fine;
  }
  for (const auto& [type, write] : config.writes) {
    if (auto fine = check_write(database, type, write); !fine) return fine;
  }
  return Done{};
}

}  // namespace concord::juvenile_justice
