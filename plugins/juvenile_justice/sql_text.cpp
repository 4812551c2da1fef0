#include "juvenile_justice/sql_text.hpp"

#include <concord/json.hpp>

namespace concord::juvenile_justice {

namespace {

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_name(char c) {
  return starts_name(c) || (c >= '0' && c <= '9');
}

// Where the quoted text or comment that begins at `at` ends; `at` itself where none begins.
size_t skip_opaque(std::string_view sql, size_t at) {
  const auto until = [&](std::string_view end, size_t from) {
    const size_t found = sql.find(end, from);
    return found == std::string_view::npos ? sql.size() : found + end.size();
  };
  const char c = sql[at];
  if (c == '\'' || c == '"' || c == '`') return until(std::string_view(&sql[at], 1), at + 1);
  if (sql.substr(at, 2) == "--") return until("\n", at);
  if (sql.substr(at, 2) == "/*") return until("*/", at + 2);
  if (c == '$') {  // $tag$ … $tag$
    size_t end = at + 1;
    while (end < sql.size() && in_name(sql[end])) ++end;
    if (end < sql.size() && sql[end] == '$' && (end == at + 1 || starts_name(sql[at + 1])))
      return until(sql.substr(at, end - at + 1), end + 1);
  }
  return at;
}

std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}
std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// "p.name" for a configured name, which may come from a select that qualified it.
std::string column(std::string_view name) {
  const size_t dot = name.find('.');
  return "p." + std::string(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

std::string sqlite_body(std::span<const std::string> columns) {
  std::string sql = "'{'";
  const char* comma = "";
  for (const std::string& name : columns) {
    sdk::JsonWriter json;
    json.value(name);
    const std::string c = "p." + quoted_name(name);
    sql += "||" + quoted_text(comma + json.text() + ":");
    sql +=
        "||json_quote(CASE typeof(" + c + ") WHEN 'blob' THEN hex(" + c + ") ELSE " + c + " END)";
    comma = ",";
  }
  return sql + "||'}'";
}

std::string tagged(Dialect dialect, const std::string& c) {
  if (dialect == Dialect::sqlite) {
    return "substr(typeof(" + c + "),1,1)||CASE typeof(" + c +
           ") WHEN 'real' THEN printf('%!.17g'," + c + ") ELSE CAST(" + c + " AS TEXT) END";
  }
  return "'t'||CAST(" + c + " AS text)";
}

// body, key, order, version, deleted
std::string columns_sql(const ReadConfig& read,
                        Dialect dialect,
                        std::span<const std::string> columns,
                        const std::string& order) {
  const auto text = [](const std::string& name) {
    return name.empty() ? std::string("NULL") : "CAST(" + column(name) + " AS TEXT)";
  };
  if (dialect == Dialect::generic) {
    std::string plain;
    for (const std::string& name : columns)
      plain += (plain.empty() ? "SELECT p." : ", p.") + quoted_name(name);
    return plain + " FROM (" + read.select + "\n) AS p";
  }
  std::string body;
  if (!read.body_column.empty()) {
    body = text(read.body_column);
  } else {
    body = dialect == Dialect::sqlite ? sqlite_body(columns) : "CAST(row_to_json(p) AS text)";
  }
  return "SELECT " + body + ", " + text(read.key_column) + ", " + tagged(dialect, order) + ", " +
         tagged(dialect, column(read.key_column)) + ", " + text(read.version_column) + ", " +
         text(read.deleted_column) + " FROM (" + read.select + "\n) AS p";
}

std::string comparable(Dialect dialect, const Tagged& value, size_t n) {
  const std::string p = parameter(dialect, n);
  if (dialect != Dialect::sqlite || value.empty() || value[0] == 't') return p;
  return "CAST(" + p + (value[0] == 'i' ? " AS INTEGER)" : " AS REAL)");
}

std::string first_rows(Dialect dialect, uint32_t rows_max) {
  const std::string n = std::to_string(rows_max);
  return dialect == Dialect::generic ? " OFFSET 0 ROWS FETCH NEXT " + n + " ROWS ONLY"
                                     : " LIMIT " + n;
}

}  // namespace

std::string parameter(Dialect dialect, size_t n) {
  return dialect == Dialect::postgresql ? "$" + std::to_string(n) : "?";
}

BoundSql bind_named(std::string_view sql, Dialect dialect) {
  BoundSql out;
  for (size_t i = 0; i < sql.size();) {
    if (const size_t opaque = skip_opaque(sql, i); opaque != i) {
      out.sql.append(sql.substr(i, opaque - i));
      i = opaque;
    } else if (sql.substr(i, 2) == "::") {
      out.sql += "::";
      i += 2;
    } else if (sql[i] == ':' && i + 1 < sql.size() && starts_name(sql[i + 1])) {
      size_t end = i + 1;
      while (end < sql.size() && (in_name(sql[end]) || (sql[end] == '.' && end + 1 < sql.size() &&
                                                        in_name(sql[end + 1]))))
        ++end;
      out.parameters.emplace_back(sql.substr(i + 1, end - i - 1));
      out.sql += parameter(dialect, out.parameters.size());
      i = end;
    } else {
      out.sql += sql[i++];
    }
  }
  return out;
}

std::string changed_page_sql(const ReadConfig& read,
                             Dialect dialect,
                             std::span<const std::string> columns,
                             const Position& from,
                             uint32_t rows_max) {
  const std::string changed = column(read.changed_column);
  const std::string key = column(read.key_column);
  std::string sql = columns_sql(read, dialect, columns, changed) + " WHERE " + changed +
                    " IS NOT NULL AND " + key + " IS NOT NULL";
  // The key breaks the tie, so that of rows changed at the same instant none is skipped.
  if (!from.changed.empty() && dialect == Dialect::generic) {
    sql += " AND (" + changed + " > ? OR (" + changed + " = ? AND " + key + " > ?))";
  } else if (!from.changed.empty()) {
    sql += " AND (" + changed + ", " + key + ") > (" + comparable(dialect, from.changed, 1) + ", " +
           comparable(dialect, from.key, 2) + ")";
  }
  if (!read.settled_before.empty()) sql += " AND " + changed + " <= (" + read.settled_before + ")";
  return sql + " ORDER BY " + changed + ", " + key + first_rows(dialect, rows_max);
}

std::vector<std::string> changed_page_values(const Position& from, Dialect dialect) {
  if (from.changed.empty()) return {};
  const std::string changed = from.changed.substr(1);
  const std::string key = from.key.empty() ? std::string() : from.key.substr(1);
  if (dialect == Dialect::generic) return {changed, changed, key};
  return {changed, key};
}

std::string in_ranges(const std::string& name, std::span<const Range> ranges) {
  std::string single, sql;
  for (const auto& [first, last] : ranges) {
    if (first == last) {
      single += (single.empty() ? "" : ",") + std::to_string(first);
    } else {
      sql += (sql.empty() ? "" : " OR ") + name + " BETWEEN " + std::to_string(first) + " AND " +
             std::to_string(last);
    }
  }
  if (!single.empty()) sql += (sql.empty() ? "" : " OR ") + name + " IN (" + single + ")";
  return sql.empty() ? "1=0" : sql;
}

std::string outbox_page_sql(const ReadConfig& read,
                            Dialect dialect,
                            std::span<const std::string> columns,
                            std::span<const Range> waiting,
                            uint32_t rows_max) {
  const std::string sequence = column(read.sequence_column);
  std::string sql = columns_sql(read, dialect, columns, sequence);
  sql += " WHERE " + sequence + " IS NOT NULL";
  if (!waiting.empty()) sql += " AND NOT (" + in_ranges(sequence, waiting) + ")";
  return sql + " ORDER BY " + sequence + first_rows(dialect, rows_max);
}

std::string prune_sql(const ReadConfig& read, std::span<const Range> acknowledged) {
  const std::string where = " WHERE " + in_ranges(read.sequence_column, acknowledged);
  if (read.mark_column.empty()) return "DELETE FROM " + read.outbox_table + where;
  return "UPDATE " + read.outbox_table + " SET " + read.mark_column + " = CURRENT_TIMESTAMP" +
         where;
}

std::string unreadable_rows_sql(const ReadConfig& read) {
  const std::string order = column(read.is_outbox() ? read.sequence_column : read.changed_column);
  return "SELECT CAST(count(*) AS VARCHAR(20)) FROM (" + read.select + "\n) AS p WHERE " + order +
         " IS NULL OR " + column(read.key_column) + " IS NULL";
}

}  // namespace concord::juvenile_justice
