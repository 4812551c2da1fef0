// ODBC, in builds that found Poco's component and unixODBC's headers.
//
// What differs from the other two: each delivery is a transaction of its own (SqlWriter), pages are
// FETCH NEXT, and a body is put together here, from the types that the driver names. A change
// column must be a text or an integer: a timestamp loses digits on its way through ODBC, and a page
// that ended between two lost digits would come again for ever.
#include "juvenile_justice/database.hpp"

#ifdef CONCORD_ODBC
#include <Poco/Data/ODBC/Connector.h>
#include <Poco/Data/RecordSet.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Exception.h>

#include <concord/json.hpp>

#include "juvenile_justice/poco_database.hpp"
#include "juvenile_justice/postgres_link.hpp"
#endif

namespace concord::juvenile_justice {

#ifndef CONCORD_ODBC

sdk::Result<std::unique_ptr<Database>> open_odbc(const DatabaseConfig&, std::chrono::milliseconds) {
  return sdk::config_error("ODBC_NOT_BUILT",
                           "database.kind",
                           "this build of the connector has no ODBC",
                           "install unixodbc-dev and build it again, or use another kind");
}

#else

namespace {

using Poco::Data::MetaColumn;
using Poco::Data::RecordSet;
using Poco::Data::Statement;
using Poco::Data::Keywords::use;

// The SQLSTATE in Poco's description of a diagnostic record.
std::string_view state_in(std::string_view message) {
  static constexpr std::string_view mark = "SQLSTATE = ";
  const size_t at = message.find(mark);
  return at == std::string_view::npos ? std::string_view() : message.substr(at + mark.size(), 5);
}

bool is_number(MetaColumn::ColumnDataType type) {
  return type >= MetaColumn::FDT_INT8 && type <= MetaColumn::FDT_UINT64;
}
bool is_text(MetaColumn::ColumnDataType type) {
  return type == MetaColumn::FDT_STRING || type == MetaColumn::FDT_WSTRING ||
         type == MetaColumn::FDT_CLOB;
}

std::string text_of(MetaColumn::ColumnDataType type, const Poco::Dynamic::Var& value) {
  if (type == MetaColumn::FDT_TIMESTAMP)
    return Poco::DateTimeFormatter::format(value.extract<Poco::DateTime>(), "%Y-%m-%dT%H:%M:%S.%F");
  return value.convert<std::string>();
}

void write_value(MetaColumn::ColumnDataType type,
                 const Poco::Dynamic::Var& value,
                 sdk::JsonWriter& json) {
  if (value.isEmpty()) {
    json.null();
  } else if (type == MetaColumn::FDT_BOOL) {
    json.value(value.convert<bool>());
  } else if (is_number(type)) {
    json.value(static_cast<int64_t>(value.convert<Poco::Int64>()));
  } else if (type == MetaColumn::FDT_FLOAT || type == MetaColumn::FDT_DOUBLE) {
    json.value(value.convert<double>());
  } else {
    json.value(text_of(type, value));
  }
}

bool same_name(const std::string& a, const std::string& b) {
  return Poco::icompare(a, b.substr(b.find('.') + 1)) == 0;
}

class OdbcDatabase final : public PocoDatabase {
 public:
  using PocoDatabase::PocoDatabase;

  [[nodiscard]] Dialect dialect() const override { return Dialect::generic; }
  [[nodiscard]] bool usable() override {
    try {
      return session_.isConnected();
    } catch (const Poco::Exception&) {
      return false;
    }
  }
  void interrupt() override {}  // the driver's query timeout ends what runs too long

  sdk::Result<std::vector<SqlRow>> page(const ReadConfig& read,
                                        const std::string& sql,
                                        std::span<const std::string> values) override {
    const std::string place = "read." + read.type + ".select";
    try {
      std::vector<std::string> bound(values.begin(), values.end());
      Statement statement(session_);
      statement << sql;
      for (std::string& value : bound) statement, use(value);
      statement.execute();
      RecordSet records(statement);
      const std::string& order = read.is_outbox() ? read.sequence_column : read.changed_column;
      for (size_t c = 0; c < records.columnCount(); ++c) {
        const auto type = records.columnType(c);
        if (same_name(records.columnName(c), order) && !is_text(type) && !is_number(type))
          return sdk::config_error("CHANGE_TYPE",
                                   place,
                                   "column \"" + order + "\" is neither text nor integer",
                                   "convert it in the select, to a text that sorts");
      }
      std::vector<SqlRow> rows;
      for (size_t r = 0; r < records.rowCount(); ++r)
        rows.push_back(row_of(read, order, records, r));
      return rows;
    } catch (const Poco::Exception& e) {
      return fault(place, e.message());
    }
  }

  sdk::Status run(const std::string& place, const std::string& sql) override {
    try {
      if (sql == "BEGIN") {
        session_.setFeature("autoCommit", false);
        session_.begin();
        return sdk::Done{};
      }
      if (sql == "COMMIT" || sql == "ROLLBACK") {
        if (sql == "COMMIT") session_.commit();
        if (sql == "ROLLBACK") session_.rollback();
        session_.setFeature("autoCommit", true);
        return sdk::Done{};
      }
    } catch (const Poco::Exception& e) {
      return fault(place, e.message());
    }
    return PocoDatabase::run(place, sql);
  }

 protected:
  sdk::Error fault(const std::string& place, const std::string& message) override {
    return pg_fault(place, state_in(message), {});
  }

 private:
  static SqlRow row_of(const ReadConfig& read,
                       const std::string& order,
                       RecordSet& records,
                       size_t r) {
    SqlRow row(6);
    sdk::JsonWriter json;
    json.object();
    for (size_t c = 0; c < records.columnCount(); ++c) {
      const std::string& name = records.columnName(c);
      const auto type = records.columnType(c);
      const Poco::Dynamic::Var value = records.value(c, r);
      write_value(type, value, json.key(name));
      if (value.isEmpty()) continue;
      const std::string text = text_of(type, value);
      if (same_name(name, read.key_column)) {
        row[1] = text;
        row[3] = "t" + text;
      }
      if (same_name(name, order)) row[2] = "t" + text;
      if (!read.version_column.empty() && same_name(name, read.version_column)) row[4] = text;
      if (!read.deleted_column.empty() && same_name(name, read.deleted_column)) row[5] = text;
      if (!read.body_column.empty() && same_name(name, read.body_column)) row[0] = text;
    }
    json.end();
    if (read.body_column.empty()) row[0] = json.text();
    return row;
  }
};

// How a value stands in a connection string: in braces only where it must, for not all drivers
// take them off again.
std::string value_text(const std::string& value) {
  if (value.find_first_of(";{}[]()?*=!@, ") == std::string::npos) return value;
  std::string out = "{";
  for (const char c : value) out += c == '}' ? std::string("}}") : std::string(1, c);
  return out + "}";
}

// Some drivers give a refused password the state of a server that is away.
bool speaks_of_login(std::string_view message) {
  return message.find("authentication failed") != std::string_view::npos ||
         message.find("Login failed") != std::string_view::npos;
}

}  // namespace

sdk::Result<std::unique_ptr<Database>> open_odbc(const DatabaseConfig& config,
                                                 std::chrono::milliseconds left) {
  static const bool registered = (Poco::Data::ODBC::Connector::registerConnector(), true);
  (void)registered;
  std::string connection = config.connection;
  if (!config.user.empty()) connection += ";UID=" + value_text(config.user);
  if (!config.password.empty()) connection += ";PWD=" + value_text(config.password);
  try {
    const auto seconds = std::max<int64_t>(1, left.count() / 1000);
    Poco::Data::Session session("ODBC", connection, static_cast<size_t>(seconds));
    session.setProperty("queryTimeout", static_cast<int>(30));
    return std::unique_ptr<Database>(std::make_unique<OdbcDatabase>(std::move(session)));
  } catch (const Poco::Exception& e) {
    return pg_fault("database", speaks_of_login(e.message()) ? "28000" : state_in(e.message()), {});
  }
}

#endif

}  // namespace concord::juvenile_justice
