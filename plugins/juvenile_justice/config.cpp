#include "juvenile_justice/config.hpp"

#include <algorithm>
#include <concord/json.hpp>

namespace concord::juvenile_justice {

namespace {

using rapidjson::Value;
using sdk::config_error;
using sdk::Error;
using sdk::text_of;

Error missing(const std::string& place, std::string cause, std::string next) {
  return config_error("SETTING", place, std::move(cause), std::move(next));
}

const Value* member(const Value& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text(const Value& object, const char* name, std::string_view otherwise = {}) {
  const std::string_view given = text_of(object, name);
  return std::string(given.empty() ? otherwise : given);
}

void milliseconds(const Value& object, const char* name, std::chrono::milliseconds& into) {
  const Value* value = member(object, name);
  if (value != nullptr && value->IsUint64())
    into = std::chrono::milliseconds(static_cast<int64_t>(value->GetUint64()));
}

std::optional<Error> read_database(const Value& given, DatabaseConfig& out) {
  using Kind = DatabaseConfig::Kind;
  const std::string_view kind = text_of(given, "kind");
  milliseconds(given, "connect_timeout_ms", out.connect_timeout);
  milliseconds(given, "lock_timeout_ms", out.lock_timeout);
  out.password = text(given, "password");
  if (kind == "sqlite") {
    out.kind = Kind::sqlite;
    out.file = text(given, "file");
    if (out.file.empty())
      return missing("database.file", "not given", "name the SQLite database file");
  } else if (kind == "postgresql") {
    out.kind = Kind::postgresql;
    out.host = text(given, "host", out.host);
    if (const Value* port = member(given, "port"); port != nullptr && port->IsUint())
      out.port = static_cast<uint16_t>(port->GetUint());
    out.name = text(given, "name");
    out.user = text(given, "user");
    out.sslmode = text(given, "sslmode", "prefer");
    out.ca_file = text(given, "ca_file");
    if (out.name.empty() || out.user.empty())
      return missing("database", "name or user is not given", "give both");
    for (const auto& [place, value] : {std::pair{"database.host", &out.host},
                                       {"database.name", &out.name},
                                       {"database.user", &out.user},
                                       {"database.password", &out.password},
                                       {"database.ca_file", &out.ca_file}}) {
      // Poco::Data splits connection strings at spaces, even inside quotes.
      if (value->find(' ') != std::string::npos)
        return missing(place, "holds a space, which cannot be passed on", "choose one without");
    }
  } else if (kind == "odbc") {
    out.kind = Kind::odbc;
    out.user = text(given, "user");
    out.connection = text(given, "connection");
    if (out.connection.empty())
      return missing("database.connection", "not given", "give DSN=… or DRIVER=…");
  } else {
    return missing("database.kind", "no such kind", "use sqlite, postgresql or odbc");
  }
  return std::nullopt;
}

std::optional<Error> identifiers(
    const std::string& place,
    std::initializer_list<std::pair<const char*, const std::string*>> names) {
  for (const auto& [setting, value] : names) {
    if (!value->empty() && !is_identifier(*value))
      return missing(place + "." + setting,
                     "not a plain SQL name",
                     "use letters, digits and underscores; give it such a name in the select");
  }
  return std::nullopt;
}

std::optional<Error> read_read(const std::string& type, const Value& given, ReadConfig& out) {
  const std::string place = "read." + type;
  out.type = type;
  out.select = text(given, "select");
  out.key_column = text(given, "key_column");
  out.changed_column = text(given, "changed_column");
  out.settled_before = text(given, "settled_before");
  out.version_column = text(given, "version_column");
  out.deleted_column = text(given, "deleted_column");
  out.body_column = text(given, "body_column");
  if (const Value* outbox = member(given, "outbox")) {
    out.outbox_table = text(*outbox, "table");
    out.sequence_column = text(*outbox, "sequence_column");
    out.mark_column = text(*outbox, "mark_column");
    if (out.outbox_table.empty() || out.sequence_column.empty())
      return missing(place + ".outbox", "table or sequence_column is not given", "give both");
  }
  if (out.select.empty()) return missing(place + ".select", "not given", "write the select");
  if (out.key_column.empty())
    return missing(place + ".key_column", "not given", "name the column of the record's key");
  if (out.changed_column.empty() == out.sequence_column.empty())
    return missing(
        place, "needs either changed_column or outbox", "name the one that this table has");
  // The select becomes part of a larger one.
  while (!out.select.empty() && (out.select.back() == ';' || out.select.back() == ' ' ||
                                 out.select.back() == '\n' || out.select.back() == '\t'))
    out.select.pop_back();
  return identifiers(place,
                     {{"key_column", &out.key_column},
                      {"changed_column", &out.changed_column},
                      {"version_column", &out.version_column},
                      {"deleted_column", &out.deleted_column},
                      {"body_column", &out.body_column},
                      {"outbox.table", &out.outbox_table},
                      {"outbox.sequence_column", &out.sequence_column},
                      {"outbox.mark_column", &out.mark_column}});
}

std::optional<Error> read_niem_write(const std::string& place,
                                     const Value& given,
                                     NiemWriteConfig& out) {
  out.root = text(given, "root");
  const Value* elements = member(given, "elements");
  if (elements == nullptr || !elements->IsObject()) return std::nullopt;
  for (const auto& row : elements->GetObject()) {
    if (!row.value.IsString())
      return missing(place + ".niem.elements", "a path is not a text", "write \"nc:…/nc:…\"");
    out.elements.emplace_back(row.name.GetString(), row.value.GetString());
  }
  return std::nullopt;
}

std::optional<Error> read_write(const std::string& type, const Value& given, WriteConfig& out) {
  const std::string place = "write." + type;
  if (const Value* inbox = member(given, "inbox"); inbox != nullptr && inbox->IsString()) {
    out.mode = WriteConfig::Mode::inbox;
    out.inbox_table = inbox->GetString();
    out.obligations_column = text(given, "obligations_column");
    if (!out.obligations_column.empty())
      if (auto error = identifiers(place, {{"obligations_column", &out.obligations_column}}))
        return error;
    return identifiers(place, {{"inbox", &out.inbox_table}});
  }
  if (const Value* statements = member(given, "statements");
      statements != nullptr && statements->IsArray()) {
    out.mode = WriteConfig::Mode::statements;
    out.applied_table = text(given, "applied_table");
    if (out.applied_table.empty())
      return missing(place + ".applied_table",
                     "not given: repeats and older versions could not be told",
                     "make the table as the README shows and name it");
    for (const Value& statement : statements->GetArray()) {
      if (!statement.IsString())
        return missing(place + ".statements", "holds something that is no text", "write SQL");
      out.statements.emplace_back(statement.GetString());
    }
    return identifiers(place, {{"applied_table", &out.applied_table}});
  }
  if (const Value* niem = member(given, "niem")) {
    out.mode = WriteConfig::Mode::niem;
    return read_niem_write(place, *niem, out.niem);
  }
  return missing(place, "needs inbox, statements or niem", "choose one of the three");
}

std::optional<Error> read_niem(const Value& given, NiemConfig& out) {
  out.in_folder = text(given, "in_folder");
  out.done_folder = text(given, "done_folder");
  out.out_folder = text(given, "out_folder");
  milliseconds(given, "settle_ms", out.settle);
  if (const Value* http = member(given, "http")) {
    out.http.url = text(*http, "url");
    out.http.method = text(*http, "method", out.http.method);
    out.http.request_body = text(*http, "request_body");
    out.http.content_type = text(*http, "content_type", out.http.content_type);
    out.http.bearer_token = text(*http, "bearer_token");
    out.http.ca_file = text(*http, "ca_file");
  }
  if (!out.in_folder.empty() && !out.http.url.empty())
    return missing("niem", "has both in_folder and http", "make two systems of them");
  if (!out.in_folder.empty() && out.in_folder == out.done_folder)
    return missing("niem.done_folder", "is the same as in_folder", "choose another, or none");
  return std::nullopt;
}

template <class Each, class Into>
std::optional<Error> each_type(const Value& root, const char* name, Each each, Into& into) {
  const Value* types = member(root, name);
  if (types == nullptr || !types->IsObject()) return std::nullopt;
  for (const auto& entry : types->GetObject()) {
    const std::string type = entry.name.GetString();
    if (auto fault = each(type, entry.value, into[type])) return fault;
  }
  return std::nullopt;
}

}  // namespace

bool is_identifier(std::string_view name) {
  bool start = true;
  int dots = 0;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (c == '.' && !start && ++dots <= 1) {
      start = true;
      continue;
    }
    if (!letter && (start || c < '0' || c > '9')) return false;
    start = false;
  }
  return !start;
}

sdk::Result<Config> read_config(std::string_view json) {
  rapidjson::Document root;
  sdk::JsonFault fault;
  if (!sdk::parse_json(json, root, fault) || !root.IsObject())
    return missing("settings", "not a JSON object", "see the config_schema in the manifest");
  Config config;
  const Value* database = member(root, "database");
  if (database != nullptr) {
    if (auto error = read_database(*database, config.database)) return *error;
  }
  if (auto error = each_type(root, "read", read_read, config.reads)) return *error;
  if (auto error = each_type(root, "write", read_write, config.writes)) return *error;
  if (const Value* niem = member(root, "niem")) {
    if (auto error = read_niem(*niem, config.niem)) return *error;
  }
  if (const Value* listen = member(root, "listen")) {
    config.listen.channel = text(*listen, "channel");
    milliseconds(*listen, "poll_ms", config.listen.poll_interval);
  }
  const bool writes_sql = std::any_of(config.writes.begin(), config.writes.end(), [](auto& w) {
    return w.second.mode != WriteConfig::Mode::niem;
  });
  if (database == nullptr && (writes_sql || !config.reads.empty()))
    return missing("database", "not given, but read or write needs it", "say which database");
  for (const auto& [type, write] : config.writes) {
    if (write.mode == WriteConfig::Mode::niem && config.niem.out_folder.empty())
      return missing("niem.out_folder", "not given, but write." + type + " needs it", "name it");
  }
  return config;
}

}  // namespace concord::juvenile_justice
