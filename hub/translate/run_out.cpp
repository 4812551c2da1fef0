#include <algorithm>

#include "hub/translate/run.hpp"

namespace concord::translate {
namespace {

using What = Action::What;

base::Error refuse(const Table& table, const Row& row, bool missing, std::string cause) {
  const bool subject = missing && row.source_text == "$subject";
  return base::bad_record(
      subject   ? "SUBJECT_UNKNOWN_THERE"
      : missing ? "MAPPING_MISSING"
                : "MAPPING_INVALID",
      table.name + ":" + std::to_string(row.line) + (missing ? " if_missing" : " if_invalid"),
      table.record_type + "." + row.target_text + " from " + row.source_text + ": " +
          std::move(cause),
      subject ? "wait until that system knows the person, or let it be matched"
              : "change that row, or what is released; see: concord map test");
}

void keep(const Row& row, JsonValue value, Run& run, JsonValue& body, std::string* key) {
  if (row.target.kind == Target::Kind::key) {
    if (key != nullptr && value.IsString()) *key = base::text(value);
    return;
  }
  if (!row.target.list) {
    // The first row that gives something has it.
    if (row.target.path.first_below(body) != nullptr) return;
    return row.target.path.put(body, std::move(value), run.memory);
  }
  const JsonValue* list = row.target.path.first_below(body);
  if (list == nullptr) {
    JsonValue made(rapidjson::kArrayType);
    made.PushBack(std::move(value), run.memory);
    return row.target.path.put(body, std::move(made), run.memory);
  }
  const_cast<JsonValue*>(list)->PushBack(std::move(value), run.memory);
}

std::optional<base::Error> settle(const Table& table,
                                  const Row& row,
                                  Made made,
                                  Run& run,
                                  JsonValue& body,
                                  std::string* key,
                                  std::vector<Trace>* trace) {
  const bool value = made.came == Made::Came::value;
  const bool missing = made.came == Made::Came::missing || made.came == Made::Came::absent;
  const Action& action = missing ? row.if_missing : row.if_invalid;
  if (trace != nullptr) {
    Trace one{&row, made.came, value ? What::never : action.what, {}, {}};
    if (value) one.shown = base::write_json(made.value);
    if (!value && !missing) one.shown = made.cause;
    trace->push_back(std::move(one));
  }
  if (value) {
    keep(row, std::move(made.value), run, body, key);
    return std::nullopt;
  }
  if (action.what == What::reject)
    return refuse(table, row, missing, missing ? "nothing there" : std::move(made.cause));
  if (action.what == What::fallback)
    keep(row, JsonValue(*action.value, run.memory), run, body, key);
  return std::nullopt;
}

}  // namespace

std::optional<base::Error> apply_out(const Table& table,
                                     const Row& row,
                                     Run& run,
                                     JsonValue& body,
                                     std::string* key,
                                     std::vector<Trace>* trace) {
  Values values;
  for (const SourcePath& source : row.sources) source.find(run.metas, values);
  const auto settled = [&](Made made) {
    return settle(table, row, std::move(made), run, body, key, trace);
  };
  if (row.rule == Rule::constant) return settled(row.make(row, values, run));
  if (values.empty()) return settled({});
  if (!row.target.list) return settled(row.make(row, values, run));
  for (const JsonValue* value : values) {
    if (!value->IsArray()) {
      if (auto fault = settled(row.make(row, {value}, run))) return fault;
      continue;
    }
    for (const JsonValue& item : value->GetArray())
      if (auto fault = settled(row.make(row, {&item}, run))) return fault;
  }
  return std::nullopt;
}

base::Result<JsonValue> make_record(const Table& table,
                                    Run& run,
                                    std::string* key,
                                    std::vector<Trace>* trace) {
  JsonValue body(rapidjson::kObjectType);
  for (const Row& row : table.rows) {
    if (!all_hold(row.when, run.metas)) continue;
    if (auto fault = apply_out(table, row, run, body, key, trace)) return std::move(*fault);
  }
  return body;
}

}  // namespace concord::translate
