#include "juvenile_justice/sql_reader.hpp"

#include <algorithm>
#include <charconv>
#include <concord/json.hpp>
#include <cstdio>

#include "juvenile_justice/call_watch.hpp"
#include "juvenile_justice/checkpoint.hpp"

namespace concord::juvenile_justice {

namespace {

using sdk::Batch;
using sdk::Error;
using sdk::Record;
using sdk::Reject;

constexpr size_t kRawKept = 16u << 20;
constexpr size_t kWaitingMax = 20000;  // ranges in one checkpoint

std::string place_of(const ReadConfig& read) {
  return "read." + read.type;
}

bool is_true(const SqlValue& value) {
  static constexpr std::string_view yes[] = {
      "1", "t", "true", "y", "yes", "d", "delete", "deleted"};
  if (!value) return false;
  std::string lower = *value;
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return std::find(std::begin(yes), std::end(yes), lower) != std::end(yes);
}

Reject reject(const ReadConfig& read,
              const SqlRow& row,
              std::string code,
              std::string cause,
              std::string next) {
  const std::string raw = row[0].value_or("");
  return {read.type,
          row[1].value_or(""),
          raw.substr(0, kRawKept),
          sdk::bad_record(std::move(code), place_of(read), std::move(cause), std::move(next))};
}

// A sequence number as text that sorts as the number does.
std::string padded(std::string_view number) {
  return number.size() < 20 ? std::string(20 - number.size(), '0').append(number)
                            : std::string(number);
}

void add_row(const ReadConfig& read, const SqlRow& row, const sdk::Limits& limits, Batch& batch) {
  const auto& [body, key, version, deleted] = std::tie(row[0], row[1], row[4], row[5]);
  if (!key || key->empty()) {
    batch.rejects.push_back(reject(read, row, "ROW_KEY", "the row has no key", "see key_column"));
    return;
  }
  Record record;
  record.type = read.type;
  record.key = *key;
  record.deleted = is_true(deleted);
  const std::string order = row[2] ? row[2]->substr(1) : std::string();
  record.version = version ? *version : read.is_outbox() ? padded(order) : order;
  record.body = body.value_or("");
  record.origin = place_of(read) + ".select";
  if (!read.is_outbox()) record.changed_at_us = microseconds_of(order);
  if (record.body.size() > limits.body_bytes_max) {
    batch.rejects.push_back(reject(read,
                                   row,
                                   "ROW_SIZE",
                                   std::to_string(record.body.size()) + " bytes, more than the " +
                                       std::to_string(limits.body_bytes_max) + " allowed",
                                   "leave large columns out of the select"));
    return;
  }
  rapidjson::Document parsed;
  sdk::JsonFault fault;
  const bool may_be_empty = record.deleted && record.body.empty();
  if (!may_be_empty &&
      (!sdk::parse_json(record.body, parsed, fault, {static_cast<size_t>(limits.body_bytes_max)}) ||
       !parsed.IsObject())) {
    const bool encoding = fault.code == "JSON_ENCODING";
    batch.rejects.push_back(
        reject(read,
               row,
               encoding ? "ROW_ENCODING" : "ROW_BODY",
               encoding ? "a text of the row is not UTF-8, at byte " + std::to_string(fault.offset)
                        : "the body is no JSON object: " + fault.cause,
               encoding ? "mend the text in the database" : "see body_column"));
    return;
  }
  batch.records.push_back(std::move(record));
}

sdk::Result<std::vector<SqlRow>> page(Database& database,
                                      const ReadConfig& read,
                                      const std::string& sql,
                                      const std::vector<std::string>& values) {
  auto rows = database.page(read, sql, values);
  if (!rows) return as_read_fault(std::move(rows).error());
  return rows;
}

}  // namespace

Error as_read_fault(Error error) {
  if (error.error_class == sdk::ErrorClass::bad_record) {
    error.error_class = sdk::ErrorClass::config;
    error.next = "mend the select; a cast in it may not fit all rows";
  }
  return error;
}

int64_t microseconds_of(std::string_view time) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
  const std::string text(time);
  if (std::sscanf(text.c_str(),
                  "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d%n",
                  &year,
                  &month,
                  &day,
                  &hour,
                  &minute,
                  &second,
                  &used) != 6)
    return CONCORD_TIME_UNKNOWN;
  std::string_view rest = time.substr(static_cast<size_t>(used));
  int64_t micros = 0;
  if (rest.starts_with('.')) {
    int64_t unit = 100000;
    size_t i = 1;
    for (; i < rest.size() && rest[i] >= '0' && rest[i] <= '9'; ++i, unit /= 10)
      micros += (rest[i] - '0') * unit;
    rest.remove_prefix(i);
  }
  int offset_hours = 0, offset_minutes = 0;
  if (rest != "Z") {
    char sign = 0;
    const std::string zone(rest);
    const int n =
        std::sscanf(zone.c_str(), "%c%2d%*1[:]%2d", &sign, &offset_hours, &offset_minutes);
    if (n < 2 || (sign != '+' && sign != '-')) return CONCORD_TIME_UNKNOWN;
    if (sign == '-') offset_hours = -offset_hours, offset_minutes = -offset_minutes;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 24 || minute > 59 || second > 60) return CONCORD_TIME_UNKNOWN;
  const std::chrono::seconds at =
      std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour - offset_hours) +
      std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second);
  return at.count() * 1000000 + micros;
}

sdk::Status fits(const ReadConfig& read, const std::vector<std::string>& columns) {
  const std::string place = place_of(read);
  const auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return text;
  };
  std::vector<std::string> names;
  // SQLite calls the second "name" of a select "name:1".
  for (const std::string& column : columns)
    names.push_back(lower(column.substr(0, column.find(':'))));
  for (const std::string& name : names) {
    if (std::count(names.begin(), names.end(), name) > 1)
      return sdk::config_error("COLUMN_TWICE",
                               place + ".select",
                               "gives the column \"" + name + "\" twice",
                               "rename one with AS");
  }
  for (const auto& [setting, name] : {std::pair{"key_column", &read.key_column},
                                      {"changed_column", &read.changed_column},
                                      {"outbox.sequence_column", &read.sequence_column},
                                      {"version_column", &read.version_column},
                                      {"deleted_column", &read.deleted_column},
                                      {"body_column", &read.body_column}}) {
    if (name->empty()) continue;
    const std::string wanted = lower(name->substr(name->find('.') + 1));
    if (std::find(names.begin(), names.end(), wanted) == names.end())
      return sdk::config_error("COLUMN_UNKNOWN",
                               place + "." + setting,
                               "the select gives no column \"" + wanted + "\"",
                               "add it to the select, or name another");
  }
  return sdk::Done{};
}

sdk::Result<const std::vector<std::string>*> SqlReader::columns(Database& database,
                                                                const ReadConfig& read) {
  const auto known = columns_.find(read.type);
  if (known != columns_.end()) return &known->second;
  auto asked = database.columns(place_of(read) + ".select", read.select);
  if (!asked) return as_read_fault(std::move(asked).error());
  if (auto fit = fits(read, *asked); !fit) return std::move(fit).error();
  return &columns_.emplace(read.type, std::move(asked).value()).first->second;
}

sdk::Result<Batch> SqlReader::read_changed(Database& database,
                                           const ReadConfig& read,
                                           std::string_view checkpoint,
                                           const sdk::Limits& limits) {
  auto from = read_position(place_of(read), checkpoint);
  if (!from) return std::move(from).error();
  auto names = columns(database, read);
  if (!names) return std::move(names).error();
  const std::string sql =
      changed_page_sql(read, database.dialect(), **names, *from, limits.records_max);
  auto rows = page(database, read, sql, changed_page_values(*from, database.dialect()));
  if (!rows) return std::move(rows).error();
  Batch batch;
  Position reached = *from;
  for (const SqlRow& row : *rows) {
    add_row(read, row, limits, batch);
    reached = {row[2].value_or(""), row[3].value_or("")};
  }
  batch.checkpoint = write_position(reached);
  batch.more = rows->size() >= limits.records_max;
  return batch;
}

sdk::Result<Batch> SqlReader::read_outbox(Database& database,
                                          const ReadConfig& read,
                                          std::string_view checkpoint,
                                          const sdk::Limits& limits) {
  std::vector<Range> waiting;
  // What was pruned is gone; to remember it would only make the checkpoint long.
  if (const auto acknowledged = acknowledged_.find(read.type);
      acknowledged == acknowledged_.end() || acknowledged->second != checkpoint) {
    auto given = read_ranges(place_of(read), checkpoint);
    if (!given) return std::move(given).error();
    waiting = std::move(given).value();
  }
  if (waiting.size() > kWaitingMax)
    return sdk::retry(
        "ACK_MISSING",
        place_of(read),
        std::to_string(waiting.size()) + " stretches of the outbox wait for their ack",
        "see why the hub does not commit what it read");
  auto names = columns(database, read);
  if (!names) return std::move(names).error();
  const std::string sql =
      outbox_page_sql(read, database.dialect(), **names, waiting, limits.records_max);
  auto rows = page(database, read, sql, {});
  if (!rows) return std::move(rows).error();
  Batch batch;
  for (const SqlRow& row : *rows) {
    const std::string_view text = row[2] ? std::string_view(*row[2]).substr(1) : std::string_view();
    int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size())
      return sdk::config_error("SEQUENCE",
                               place_of(read) + ".outbox.sequence_column",
                               "holds something that is no integer",
                               "name a column of integers");
    add_row(read, row, limits, batch);
    add_to_ranges(waiting, number);
  }
  // With nothing new the checkpoint stays as it is: it may still wait for its ack.
  batch.checkpoint = rows->empty() ? std::string(checkpoint) : write_ranges(waiting);
  batch.more = rows->size() >= limits.records_max;
  return batch;
}

sdk::Result<Batch> SqlReader::read(const ReadConfig& read,
                                   std::string_view checkpoint,
                                   const sdk::Limits& limits,
                                   const sdk::Call& call) {
  const std::scoped_lock lock(mutex_);
  auto database = session_.get(call.left());
  if (!database) return std::move(database).error();
  const CallWatch watch(call, [&] { (*database)->interrupt(); });
  return read.is_outbox() ? read_outbox(**database, read, checkpoint, limits)
                          : read_changed(**database, read, checkpoint, limits);
}

sdk::Status SqlReader::ack(const ReadConfig& read,
                           std::string_view checkpoint,
                           const sdk::Call& call) {
  if (!read.is_outbox() || checkpoint.empty()) return sdk::Done{};
  const std::scoped_lock lock(mutex_);
  auto ranges = read_ranges(place_of(read), checkpoint);
  if (!ranges) return std::move(ranges).error();
  if (const auto known = acknowledged_.find(read.type);
      ranges->empty() || (known != acknowledged_.end() && known->second == checkpoint))
    return sdk::Done{};
  auto database = session_.get(call.left());
  if (!database) return std::move(database).error();
  const CallWatch watch(call, [&] { (*database)->interrupt(); });
  // In one statement: all of what the checkpoint names is pruned, or nothing.
  const std::string place = place_of(read) + ".outbox";
  if (auto pruned = (*database)->run(place, prune_sql(read, *ranges)); !pruned)
    return as_read_fault(std::move(pruned).error());
  acknowledged_[read.type] = checkpoint;
  return sdk::Done{};
}

}  // namespace concord::juvenile_justice
