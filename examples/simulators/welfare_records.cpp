#include "examples/simulators/welfare_records.hpp"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/DateTimeParser.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concord/json.hpp>

namespace concord::sim {
namespace {

constexpr std::array kTypes{"person", "case", "placement", "removal", "missing_event"};
constexpr int64_t kFirstDay = 1736150400000000;  // 2025-01-06T08:00:00Z
constexpr int kEnteredTogether = 7;

}  // namespace

std::string utc_text(int64_t us) {
  return Poco::DateTimeFormatter::format(Poco::Timestamp(us), "%Y-%m-%dT%H:%M:%S.%F") + "Z";
}

int64_t utc_us(std::string_view text) {
  Poco::DateTime time;
  int zone = 0;
  if (!Poco::DateTimeParser::tryParse(
          Poco::DateTimeFormat::ISO8601_FRAC_FORMAT, std::string(text), time, zone))
    return -1;
  time.makeUTC(zone);
  return time.timestamp().epochMicroseconds();
}

WelfareRecords::WelfareRecords(const std::vector<Child>& children) {
  for (const char* type : kTypes) lists_[list_of(type)];
  for (const Child& child : children)
    if (child.known_to(Agency::child_welfare))
      add_child(child, kFirstDay + child.number / kEnteredTogether * int64_t{60'000'000});
}

bool WelfareRecords::page(
    const std::string& list, int64_t since_us, const Place& after, size_t limit, Page& out) const {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find(list);
  if (found == lists_.end()) return false;
  const List& of = found->second;
  out.newest_us = of.newest_us;
  out.last = after;
  auto at = of.order.lower_bound(Place{since_us, ""});
  if (!after.id.empty() && after >= Place{since_us, ""}) at = of.order.upper_bound(after);
  for (; at != of.order.end() && out.items.size() < limit; ++at) {
    const Item& item = of.items.at(at->id);
    out.items.push_back(item.json());
    out.previous.push_back(item.previous);
    out.last = *at;
  }
  out.more = at != of.order.end();
  return true;
}

void WelfareRecords::prune(const std::string& list, const Place& up_to) {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find(list);
  if (found == lists_.end()) return;
  auto& order = found->second.order;
  order.erase(order.begin(), order.upper_bound(up_to));
}

WelfareRecords::Changes WelfareRecords::change(const std::string& type,
                                               const std::string& id,
                                               const Members& members) {
  const std::lock_guard lock(mutex_);
  if (!lists_.contains(list_of(type))) return {};
  return {put(type, id, members, 0)};
}

WelfareRecords::Changes WelfareRecords::place(const std::string& person_id,
                                              const std::string& placement_type,
                                              const std::string& facility,
                                              const std::string& date) {
  const std::lock_guard lock(mutex_);
  if (!lists_.at("persons").items.contains(person_id)) return {};
  Changes changes;
  Members next = placement_of(person_id, placement_type, facility, date);
  size_t n = 1;
  for (const auto& [id, item] : lists_.at("placements").items)
    if (item.person_id == person_id) ++n;
  if (const Item* now = newest_of("placement", person_id)) {
    for (const char* link : {"case_id", "removal_id"})
      if (!now->text(link).empty()) next.push_back({link, json_text(now->text(link))});
    if (now->text("end_date").empty())
      changes.push_back(put("placement",
                            now->id,
                            {{"end_date", json_text(date)}, {"end_reason", json_text("moved")}},
                            0));
  }
  const std::string id = "SYN-PL" + person_id.substr(6) + "-" + std::to_string(n);
  changes.push_back(put("placement", id, next, 0));
  return changes;
}

WelfareRecords::Changes WelfareRecords::report_missing(const std::string& person_id,
                                                       const std::string& last_seen_at) {
  const std::lock_guard lock(mutex_);
  if (!lists_.at("persons").items.contains(person_id)) return {};
  const size_t n = lists_.at("missing_events").items.size() + 1;
  const std::string number = std::to_string(n);
  return {put("missing_event",
              "SYN-ME" + person_id.substr(6) + "-" + number,
              {{"person_id", json_text(person_id)},
               {"status", json_text("missing")},
               {"last_seen_at", json_text(last_seen_at)},
               {"time_zone", json_text("America/New_York")},
               {"kind", json_text("runaway")},
               {"last_seen_place", R"({"line":"Sample Street","city":"Exampleton","state":"ZZ"})"},
               {"reported",
                R"([{"to":"police","at":)" + json_text(utc_text(now_us())) +
                    R"(,"number":"SYN-PD-)" + number + R"("},{"to":"ncmec","at":)" +
                    json_text(utc_text(now_us())) + R"(,"number":"SYN-NC-)" + number + R"("}])"},
               {"found_at", "null"},
               {"circumstances", json_text("Synthetic text.")}},
              0)};
}

WelfareRecords::Changes WelfareRecords::found(const std::string& person_id,
                                              const std::string& found_at) {
  const std::lock_guard lock(mutex_);
  const Item* missing = newest_of("missing_event", person_id);
  if (missing == nullptr || missing->text("status") != "missing") return {};
  return {put("missing_event",
              missing->id,
              {{"status", json_text("found")}, {"found_at", json_text(found_at)}},
              0)};
}

bool WelfareRecords::knows(const std::string& person_id) const {
  return has("person", person_id);
}

bool WelfareRecords::has(const std::string& type, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto list = lists_.find(list_of(type));
  return list != lists_.end() && list->second.items.contains(id);
}

std::string WelfareRecords::json() const {
  const std::lock_guard lock(mutex_);
  std::string out = "{";
  for (const auto& [name, list] : lists_) {
    out += (out.size() > 1 ? "," : "") + json_text(name) + ":[";
    for (const auto& [id, item] : list.items) out += (out.back() == '[' ? "" : ",") + item.json();
    out += "]";
  }
  return out + "}";
}

std::string WelfareRecords::csv(const std::string& type) const {
  const std::lock_guard lock(mutex_);
  const auto list = lists_.find(list_of(type));
  if (list == lists_.end()) return {};
  std::vector<std::string> columns;
  for (const auto& [id, item] : list->second.items)
    for (const auto& [name, value] : item.members)
      if (value[0] != '{' && value[0] != '[' &&
          std::find(columns.begin(), columns.end(), name) == columns.end())
        columns.push_back(name);
  auto cell = [](std::string text) {
    for (size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
      text.insert(at, 1, '"');
    return "\"" + text + "\"";
  };
  std::string out = "id,modified";
  for (const std::string& column : columns) out += "," + column;
  out += "\r\n";
  for (const auto& [id, item] : list->second.items) {
    out += cell(id) + "," + utc_text(item.us);
    for (const std::string& column : columns) out += "," + cell(item.text(column));
    out += "\r\n";
  }
  return out;
}

std::string WelfareRecords::Item::json() const {
  std::string out = "{\"id\":" + json_text(id) + ",\"modified\":" + json_text(utc_text(us));
  for (const auto& [name, value] : members) out += "," + json_text(name) + ":" + value;
  return out + "}";
}

std::string WelfareRecords::Item::text(std::string_view member) const {
  for (const auto& [name, value] : members) {
    if (name != member || value == "null") continue;
    rapidjson::Document document;
    sdk::JsonFault fault;
    if (!sdk::parse_json(value, document, fault) || !document.IsString()) return value;
    return {document.GetString(), document.GetStringLength()};
  }
  return {};
}

void WelfareRecords::Item::set(const std::string& name, const std::string& json_value) {
  for (auto& [known, value] : members) {
    if (known != name) continue;
    value = json_value;
    return;
  }
  members.emplace_back(name, json_value);
}

WelfareRecords::Changed WelfareRecords::put(const std::string& type,
                                            const std::string& id,
                                            const Members& members,
                                            int64_t us) {
  List& list = lists_[list_of(type)];
  const auto [at, is_new] = list.items.try_emplace(id);
  Item& item = at->second;
  item.id = id;
  if (!is_new) {
    item.previous = item.json();
    list.order.erase(Place{item.us, id});
  }
  for (const auto& [name, value] : members) item.set(name, value);
  item.us = us != 0 ? us : now_us();
  item.person_id = type == "person" ? id : item.text("person_id");
  list.order.insert(Place{item.us, id});
  list.newest_us = std::max(list.newest_us, item.us);
  return {type, item.json()};
}

WelfareRecords::Item* WelfareRecords::newest_of(const std::string& type,
                                                const std::string& person_id) {
  Item* newest = nullptr;
  for (auto& [id, item] : lists_.at(list_of(type)).items) {
    // The id decides in one moment: its number rises.
    if (item.person_id == person_id && (newest == nullptr || item.us > newest->us ||
                                        (item.us == newest->us && item.text("end_date").empty())))
      newest = &item;
  }
  return newest;
}

int64_t WelfareRecords::now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  last_us_ = std::max<int64_t>(last_us_,
                               std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  return last_us_;
}

}  // namespace concord::sim
