#include "juvenile_justice/poco_database.hpp"

#include <Poco/Data/RecordSet.h>
#include <Poco/Exception.h>
#include <Poco/Nullable.h>

namespace concord::juvenile_justice {

using Poco::Data::Statement;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::use;
using Text = Poco::Nullable<std::string>;

struct PocoDatabase::Prepared {
  explicit Prepared(Poco::Data::Session& session) : statement(session) {}
  std::vector<Text> values;  // bound by reference: never resized once bound
  Statement statement;
};

sdk::Result<std::vector<std::string>> PocoDatabase::columns(const std::string& place,
                                                            const std::string& select) {
  try {
    Statement statement(session_);
    statement << "SELECT * FROM (" + select + "\n) AS p WHERE 1=0";
    statement.execute();
    const Poco::Data::RecordSet rows(statement);
    std::vector<std::string> names;
    for (size_t i = 0; i < rows.columnCount(); ++i) names.push_back(rows.columnName(i));
    return names;
  } catch (const Poco::Exception& e) {
    return fault(place, e.message());
  }
}

sdk::Result<std::vector<SqlRow>> PocoDatabase::query(const std::string& place,
                                                     const std::string& sql,
                                                     std::span<const std::string> values,
                                                     size_t column_count) {
  try {
    std::vector<std::string> bound(values.begin(), values.end());
    std::vector<std::vector<Text>> columns(column_count);
    Statement statement(session_);
    statement << sql;
    for (std::string& value : bound) statement, use(value);
    for (std::vector<Text>& column : columns) statement, into(column);
    statement.execute();
    std::vector<SqlRow> rows(columns.empty() ? 0 : columns.front().size());
    for (SqlRow& row : rows) row.resize(column_count);
    for (size_t c = 0; c < column_count; ++c) {
      for (size_t r = 0; r < rows.size(); ++r) {
        if (!columns[c][r].isNull()) rows[r][c] = columns[c][r].value();
      }
    }
    return rows;
  } catch (const Poco::Exception& e) {
    return fault(place, e.message());
  }
}

sdk::Result<size_t> PocoDatabase::execute(const std::string& place,
                                          const std::string& sql,
                                          std::span<const SqlValue> values) {
  std::shared_ptr<Prepared>& prepared = prepared_[sql];
  try {
    if (prepared == nullptr) {
      prepared = std::make_shared<Prepared>(session_);
      prepared->values.resize(values.size());
      prepared->statement << sql;
      for (Text& value : prepared->values) prepared->statement, use(value);
    }
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i]) {
        prepared->values[i] = *values[i];
      } else {
        prepared->values[i].clear();
      }
    }
    return prepared->statement.execute();
  } catch (const Poco::Exception& e) {
    sdk::Error error = fault(place, e.message());
    // Poco 1.11 cannot execute a statement again that has failed.
    prepared_.erase(sql);
    return error;
  }
}

sdk::Status PocoDatabase::run(const std::string& place, const std::string& sql) {
  try {
    Statement statement(session_);
    statement << sql;
    statement.execute();
    return sdk::Done{};
  } catch (const Poco::Exception& e) {
    return fault(place, e.message());
  }
}

sdk::Result<std::unique_ptr<Database>> open_database(const DatabaseConfig& config,
                                                     std::chrono::milliseconds left) {
  const auto connect = std::min(config.connect_timeout, left);
  switch (config.kind) {
    case DatabaseConfig::Kind::sqlite:
      return open_sqlite(config, connect);
    case DatabaseConfig::Kind::postgresql:
      return open_postgresql(config, connect);
    case DatabaseConfig::Kind::odbc:
      return open_odbc(config, connect);
    case DatabaseConfig::Kind::none:
      break;
  }
  return sdk::config_error(
      "SETTING", "database", "not given", "say which database this system has");
}

sdk::Result<Database*> Session::get(std::chrono::milliseconds left) {
  if (database_ != nullptr && !database_->usable()) database_.reset();
  if (database_ == nullptr) {
    auto opened = open_database(config_, left);
    if (!opened) return std::move(opened).error();
    database_ = std::move(opened).value();
  }
  return database_.get();
}

}  // namespace concord::juvenile_justice
