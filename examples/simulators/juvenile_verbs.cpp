// What the juvenile justice agency's staff do: each verb is one transaction.
#include <concord/json.hpp>
#include <cstdlib>

#include "examples/simulators/juvenile_justice.hpp"
#include "examples/simulators/juvenile_words.hpp"

namespace concord::sim {

struct JuvenileJustice::Args {
  const rapidjson::Value& json;
  std::string youth_id;

  [[nodiscard]] std::string text(const char* name, const char* otherwise = "") const {
    const std::string_view given = sdk::text_of(json, name);
    return std::string(given.empty() ? otherwise : given);
  }
  [[nodiscard]] bool flag(const char* name, bool otherwise) const {
    const auto found = json.FindMember(name);
    return found != json.MemberEnd() && found->value.IsBool() ? found->value.GetBool() : otherwise;
  }
  [[nodiscard]] int number(const char* name, int otherwise) const {
    const auto found = json.FindMember(name);
    return found != json.MemberEnd() && found->value.IsInt() ? found->value.GetInt() : otherwise;
  }
};

namespace {

Reply failed(int status, const std::string& cause) {
  sdk::JsonWriter json;
  json.object().field("error", cause).end();
  return {status, json.text()};
}

std::string of_field(const std::string& name, const std::string& value) {
  sdk::JsonWriter json;
  json.object().field(name, value).end();
  return json.text();
}

}  // namespace

Reply JuvenileJustice::change(const std::string& table,
                              const std::string& key,
                              const std::string& sql,
                              const JuvenileDatabase::Row& values,
                              const std::string& answer) {
  if (auto begun = database_->run("BEGIN"); !begun) return failed(503, begun.error().cause);
  auto done = database_->run(sql, values);
  if (done && faults_.take(FaultKind::duplicate))
    done = database_->run(
        "INSERT INTO outbox (record_type, record_key, operation) VALUES (?, ?, 'update')",
        {table, key});
  if (done) done = database_->run("COMMIT");
  if (done) return {200, answer};
  (void)database_->run("ROLLBACK");
  return failed(409, done.error().cause);
}

std::string JuvenileJustice::next_key(const std::string& table, const std::string& youth_id) {
  auto rows = database_->run("SELECT count(*) FROM " + table + " WHERE youth_id = ?", {youth_id});
  const std::string count = rows && !rows->empty() ? rows->front()[0].value_or("0") : "0";
  std::string prefix;
  for (const char c : table.substr(0, 3)) prefix += static_cast<char>(c - 32);
  // Above what the first rows use, and never used again within a run.
  return prefix + "-" + youth_id + "-" + std::to_string(100 + std::atoi(count.c_str()));
}

Reply JuvenileJustice::add_record(std::string_view verb, const Args& args) {
  const std::string table = verb == "detain"   ? "detention"
                            : verb == "charge" ? "charge"
                            : verb == "refer"  ? "referral"
                                               : "supervision";
  const std::string key = next_key(table, args.youth_id);
  const std::string now = now_text();
  const std::string today = now.substr(0, 10);
  const std::string second = now.substr(0, 19) + "Z";
  std::vector<std::pair<std::string, Value>> columns{
      {key_column(table), key},
      {"youth_id", args.youth_id},
      {"sealed", args.flag("sealed", false) ? "1" : "0"}};
  const auto add = [&](const char* name, std::string value) {
    columns.emplace_back(name, std::move(value));
  };
  if (verb == "detain") {
    add("booking_number", key.substr(4));
    add("facility", args.text("facility", "Example Youth Center"));
    add("admitted_at", second);
    add("reason", args.text("reason", "awaiting_hearing"));
  } else if (verb == "charge") {
    add("statute", args.text("statute", "266-30"));
    add("offense", args.text("offense", "larceny"));
    add("offense_code", args.text("offense_code", "23H"));
    add("severity", args.text("severity", "misdemeanor"));
    add("counts", "1");
    add("filed_on", today);
  } else if (verb == "refer") {
    add("referral_number", key.substr(4));
    add("received_at", second);
    add("referred_by", args.text("referred_by", "police"));
    add("reason", args.text("reason", "delinquency"));
    add("status_offense", args.flag("status_offense", false) ? "1" : "0");
    add("decision", "pending");
  } else {
    add("kind", args.text("kind", "probation"));
    add("level", args.text("level", "medium"));
    add("starts_on", today);
    add("officer", "Officer Testfamily");
    add("conditions", args.text("conditions", "curfew"));
  }
  const JuvenileRow row = insert_row(table, std::move(columns));
  return change(table, key, row.sql, row.values, of_field(key_column(table), key));
}

Reply JuvenileJustice::seal(const Args& args) {
  const std::string table = args.text("record");
  if (!table.empty()) {
    if (!is_table(table)) return failed(400, "record is none of the five tables");
    const std::string key = args.text("key");
    return change(
        table,
        key,
        "UPDATE " + table + " SET sealed = 1, changed_at = ? WHERE " + key_column(table) + " = ?",
        {now_text(), key},
        "{}");
  }
  for (const char* each : {"youth", "referral", "charge", "detention", "supervision"}) {
    const Reply reply =
        change(each,
               args.youth_id,
               std::string("UPDATE ") + each + " SET sealed = 1, changed_at = ? WHERE youth_id = ?",
               {now_text(), args.youth_id},
               "{}");
    if (reply.status != 200) return reply;
  }
  return {};
}

Reply JuvenileJustice::control(std::string_view verb, std::string_view args_json) {
  rapidjson::Document json;
  sdk::JsonFault fault;
  if (!sdk::parse_json(args_json.empty() ? "{}" : args_json, json, fault) || !json.IsObject())
    return failed(400, "not a JSON object");
  Args args{json, std::string(sdk::text_of(json, "youth_id"))};
  const int child = args.number("child", 0);
  if (child > 0 && static_cast<size_t>(child) <= world_.children.size())
    args.youth_id = world_.children[static_cast<size_t>(child) - 1].juvenile_id;

  const std::scoped_lock lock(mutex_);
  if (!running_) return failed(503, "the system is down");
  const std::string now = now_text();
  if (verb == "outbox") {
    auto rows = database_->run("SELECT count(*) FROM outbox");
    if (!rows) return failed(503, rows.error().cause);
    return {200, R"({"waiting":)" + rows->front()[0].value_or("0") + "}"};
  }
  if (verb == "touch") {
    return change("youth",
                  "",
                  "UPDATE youth SET changed_at = ? WHERE youth_id IN (SELECT youth_id FROM youth "
                  "ORDER BY changed_at, youth_id LIMIT CAST(? AS INTEGER))",
                  {now, std::to_string(args.number("count", 1))},
                  "{}");
  }
  if (verb == "release") {
    const std::string key = args.text("detention_id");
    return change("detention",
                  key,
                  "UPDATE detention SET released_at = ?, released_to = ?, changed_at = ? WHERE "
                  "detention_id = ?",
                  {now.substr(0, 19) + "Z", args.text("released_to", "parent"), now, key},
                  "{}");
  }
  if (verb == "remove") {
    const std::string table = args.text("record"), key = args.text("key");
    if (!is_table(table)) return failed(400, "record is none of the five tables");
    return change(
        table, key, "DELETE FROM " + table + " WHERE " + key_column(table) + " = ?", {key}, "{}");
  }
  if (verb == "seal" && json.HasMember("record")) return seal(args);
  if (args.youth_id.empty() && verb != "seal")
    return verb == "detain" || verb == "charge" || verb == "refer" || verb == "supervise" ||
                   verb == "correct_youth" || verb == "refuse_youth"
               ? failed(404, "no such youth here")
               : unknown_verb();
  if (verb == "seal") return args.youth_id.empty() ? failed(404, "no such youth here") : seal(args);
  if (verb == "detain" || verb == "charge" || verb == "refer" || verb == "supervise")
    return add_record(verb, args);
  if (verb == "correct_youth") {
    return change(
        "youth",
        args.youth_id,
        "UPDATE youth SET family_name = coalesce(?, family_name), given_name = coalesce(?, "
        "given_name), birth_date = coalesce(?, birth_date), changed_at = ? WHERE youth_id = ?",
        {args.text("family").empty() ? Value() : Value(args.text("family")),
         args.text("given").empty() ? Value() : Value(args.text("given")),
         args.text("birth_date").empty() ? Value() : Value(args.text("birth_date")),
         now,
         args.youth_id},
        "{}");
  }
  if (verb == "refuse_youth") {
    const bool on = args.flag("on", true);
    return change("refused_youth",
                  args.youth_id,
                  on ? "INSERT INTO refused_youth VALUES (?) ON CONFLICT DO NOTHING"
                     : "DELETE FROM refused_youth WHERE youth_id = ?",
                  {args.youth_id},
                  "{}");
  }
  return unknown_verb();
}

}  // namespace concord::sim
