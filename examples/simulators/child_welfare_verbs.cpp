// What the agency's staff would do, on demand.
#include <concord/json.hpp>
#include <filesystem>
#include <fstream>

#include "examples/simulators/child_welfare.hpp"

namespace concord::sim {
namespace {

bool flag_of(const rapidjson::Value& object, const char* name) {
  const auto it = object.FindMember(name);
  return it != object.MemberEnd() && it->value.IsTrue();
}

}  // namespace

Reply ChildWelfare::answer(const WelfareRecords::Changes& changes) {
  if (changes.empty())
    return {404, R"({"error":"the agency has no such child or record","next":"see GET /truth"})"};
  CourtDocket::Changes events;
  std::string list;
  for (const auto& change : changes) {
    events.push_back({change.type, change.json});
    list += (list.empty() ? "" : ",") +
            (R"({"type":")" + change.type + R"(","item":)" + change.json + "}");
  }
  events_.announce(events);
  return {200, R"({"changed":[)" + list + "]}"};
}

// Written as the agency should: under another name, then renamed. half: as it should not.
Reply ChildWelfare::drop_csv(const std::string& type, const std::string& name, bool half) {
  std::string csv = records_.csv(type);
  if (csv.empty() || name.find('/') != std::string::npos || name.empty())
    return {400, R"({"error":"no such type, or no file name","next":"see child_welfare.hpp"})"};
  if (half) csv.resize(csv.size() / 2);
  const auto folder = world_.dir / "child_welfare" / "drop";
  const auto part = folder / (name + ".part");
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << csv;
  }
  std::error_code failed;
  std::filesystem::rename(part, folder / name, failed);
  if (failed) return {500, R"({"error":"the file cannot be written"})"};
  return {200, R"({"bytes":)" + std::to_string(csv.size()) + "}"};
}

Reply ChildWelfare::control(std::string_view verb, std::string_view args_json) {
  rapidjson::Document args;
  sdk::JsonFault fault;
  if (!sdk::parse_json(args_json, args, fault) || !args.IsObject())
    return {400, R"({"error":"not a JSON object","next":"see child_welfare.hpp"})"};
  std::string person(sdk::text_of(args, "person_id"));
  if (const auto child = args.FindMember("child");
      child != args.MemberEnd() && child->value.IsUint64()) {
    const uint64_t n = child->value.GetUint64();
    if (n > 0 && n <= world_.children.size()) person = world_.children[n - 1].child_welfare_id;
  }
  auto text = [&](const char* name, const char* otherwise) {
    const std::string_view value = sdk::text_of(args, name);
    return value.empty() ? std::string(otherwise) : std::string(value);
  };
  if (verb == "place_child")
    return answer(records_.place(person,
                                 text("placement_type", "FFH"),
                                 text("facility", "Example Home 99"),
                                 text("date", "2026-03-01")));
  if (verb == "report_missing")
    return answer(records_.report_missing(person, text("last_seen_at", "2026-03-01T02:10:00")));
  if (verb == "found")
    return answer(records_.found(person, text("found_at", "2026-03-02T11:00:00")));
  if (verb == "correct_person") {
    Members members;
    for (const char* name : {"first_name", "last_name", "birth_date", "sex"})
      if (const std::string value = text(name, ""); !value.empty())
        members.emplace_back(name, json_text(value));
    if (!records_.knows(person)) return answer({});
    return answer(records_.change("person", person, members));
  }
  if (verb == "delete_record") {
    const std::string type = text("type", ""), id = text("id", "");
    if (!records_.has(type, id)) return answer({});
    return answer(records_.change(type, id, {{"deleted", "true"}}));
  }
  if (verb == "drop_csv")
    return drop_csv(text("type", ""), text("name", ""), flag_of(args, "half"));
  if (verb == "events") return {200, events_.json()};
  if (verb == "subscribe") {
    events_.subscribe(text("url", ""), text("secret", ""), text("mode", "record") == "poke");
    return {};
  }
  if (verb == "unsubscribe") {
    events_.unsubscribe();
    return {};
  }
  const std::lock_guard lock(mutex_);
  if (verb == "prune_on_ack") {
    prune_on_ack_ = flag_of(args, "on");
    return {};
  }
  if (verb == "refuse_child") {
    if (flag_of(args, "on"))
      refused_.insert(person);
    else
      refused_.erase(person);
    return {};
  }
  return unknown_verb();
}

}  // namespace concord::sim
