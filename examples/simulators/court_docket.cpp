#include "examples/simulators/court_docket.hpp"

#include <array>
#include <chrono>
#include <concord/json.hpp>
#include <cstdio>

namespace concord::sim {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCollections{
    {{"party", "parties"},
     {"case", "cases"},
     {"hearing", "hearings"},
     {"order", "orders"},
     {"filing", "filings"}}};

std::string quoted(std::string_view text) {
  sdk::JsonWriter w;
  w.value(text);
  return w.text();
}

std::string numbered(const char* format, uint64_t number) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<unsigned long long>(number));
  return text.data();
}

std::string now() {
  using namespace std::chrono;
  const auto at = floor<microseconds>(system_clock::now());
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(),
                text.size(),
                "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

std::string when(const std::string& local) {
  return R"({"local":)" + quoted(local) + R"(,"zone":")" + CourtDocket::kZone + "\"}";
}

const char* kCourt = R"({"id":"SYN-COURT-1","name":"Example County Juvenile Court"})";
const char* kJudge = R"({"id":"SYN-J-1","name":"Judge Example-Stone"})";

// 2026-03-09T09:30:00 -> 20260309T093000
std::string compact(const std::string& local) {
  std::string out;
  for (const char c : local) {
    if (c != '-' && c != ':') out += c;
  }
  return out;
}

}  // namespace

std::string CourtDocket::Item::json() const {
  std::string out = R"({"id":)" + quoted(id) + R"(,"version":)" + std::to_string(version) +
                    R"(,"updated_at":")" + updated_at + '"';
  for (const auto& [name, value] : members) out += ",\"" + name + "\":" + value;
  return out + "}";
}
std::string CourtDocket::Item::text(const char* member) const {
  const auto it = members.find(member);
  if (it == members.end()) return {};
  rapidjson::Document value;
  value.Parse(it->second.data(), it->second.size());
  return value.IsString() ? value.GetString() : std::string();
}

CourtDocket::CourtDocket(const std::vector<Child>& children) {
  for (const auto& [type, collection] : kCollections) collections_[std::string(collection)];
  for (const Child& child : children) {
    if (child.known_to(Agency::court)) add_child(child);
  }
}

void CourtDocket::add_child(const Child& child) {
  const Sighting seen = seen_by(child, Agency::court);
  const std::string& party = seen.key;
  sdk::JsonWriter name;
  name.object().field("given", seen.given);
  if (!seen.middle.empty()) name.field("middle", seen.middle);
  name.field("family", seen.family).end();
  sdk::JsonWriter address;
  address.object().field("street", child.street).field("city", child.city);
  address.field("state", child.state).field("zip", child.zip).end();
  Members members{{"party_id", quoted(party)},
                  {"role", "\"child\""},
                  {"name", name.text()},
                  {"sex", quoted(seen.sex)},
                  {"address", address.text()},
                  {"phone", quoted(child.phone)},
                  {"address_confidential", "false"},
                  {"identifiers", "[]"}};
  if (!seen.birth_date.empty()) members["birth_date"] = quoted(seen.birth_date);
  if (!seen.state_id.empty())
    members["identifiers"] = R"([{"system":"state_id","value":)" + quoted(seen.state_id) + "}]";
  change("party", party, party, std::move(members));

  const auto number = static_cast<uint64_t>(child.number);
  const std::string id = numbered("SYN-CASE-%06llu", number);
  add_case(id, party, "dependency", false);
  const std::string local = numbered("2026-%02llu", 3 + number % 9) +
                            numbered("-%02llu", 1 + number % 28) +
                            numbered("T%02llu:30:00", 9 + number % 7);
  new_hearing(id, party, number % 2 == 0 ? "review" : "permanency", local, number % 10 == 0, false);
  if (child.sealed_juvenile) {
    add_case(id + "-D", party, "delinquency", true);
    new_hearing(id + "-D", party, "adjudication", local, false, true);
  }
}

void CourtDocket::add_case(const std::string& id,
                           const std::string& party_id,
                           const char* kind,
                           bool sealed) {
  change("case",
         id,
         party_id,
         {{"case_id", quoted(id)},
          {"docket", quoted("26-JV-" + id.substr(9))},
          {"party_id", quoted(party_id)},
          {"party_role", "\"child\""},
          {"kind", quoted(kind)},
          {"court", kCourt},
          {"judge", kJudge},
          {"status", sealed ? "\"sealed\"" : "\"open\""},
          {"opened_on", "\"2026-01-15\""},
          {"sealed", sealed ? "true" : "false"}});
}

CourtDocket::Changed CourtDocket::new_hearing(const std::string& case_id,
                                              const std::string& party_id,
                                              const std::string& kind,
                                              const std::string& local,
                                              bool in_calendar,
                                              bool sealed) {
  const std::string id = numbered("SYN-H-%06llu", ++hearings_);
  Members members{{"hearing_id", quoted(id)},
                  {"case_id", quoted(case_id)},
                  {"docket", quoted("26-JV-" + case_id.substr(9))},
                  {"party_id", quoted(party_id)},
                  {"kind", quoted(kind)},
                  {"status", "\"scheduled\""},
                  {"start", when(local)},
                  {"minutes", "30"},
                  {"location", R"({"room":"4B","text":"Example County Juvenile Court, room 4B"})"},
                  {"judge", kJudge},
                  {"sealed", sealed ? "true" : "false"}};
  if (!in_calendar) return change("hearing", id, party_id, std::move(members));
  Item& item = calendar_[id];
  item = {"hearing", id, party_id, std::move(members), 1, 0, now(), ""};
  return {"hearing", item.json()};
}

CourtDocket::Changed CourtDocket::change(const std::string& type,
                                         const std::string& id,
                                         const std::string& party_id,
                                         Members members) {
  std::string name;
  for (const auto& [known, collection] : kCollections) {
    if (known == type) name = collection;
  }
  Collection& collection = collections_[name];
  Item& item = collection.items[id];
  if (item.version > 0) item.previous = item.json();
  collection.changes.erase(item.sequence);
  item.type = type;
  item.id = id;
  item.party_id = party_id;
  for (auto& [key, value] : members) item.members[key] = std::move(value);
  item.updated_at = now();
  ++item.version;
  item.sequence = ++sequence_;
  collection.changes[item.sequence] = id;
  return {type, item.json()};
}

const CourtDocket::Item* CourtDocket::case_of(const std::string& party_id) const {
  for (const auto& [id, item] : collections_.at("cases").items) {
    if (item.party_id == party_id && item.text("kind") == "dependency") return &item;
  }
  return nullptr;
}

bool CourtDocket::page(const std::string& name, uint64_t after, size_t limit, Page& out) const {
  const std::lock_guard lock(mutex_);
  const auto found = collections_.find(name);
  if (found == collections_.end()) return false;
  const Collection& collection = found->second;
  out.next = after;
  auto it = collection.changes.upper_bound(after);
  for (; it != collection.changes.end() && out.items.size() < limit; ++it) {
    const Item& item = collection.items.at(it->second);
    out.items.push_back(item.json());
    out.previous.push_back(item.previous);
    out.next = it->first;
  }
  out.more = it != collection.changes.end();
  return true;
}

void CourtDocket::prune(const std::string& name, uint64_t up_to) {
  const std::lock_guard lock(mutex_);
  const auto found = collections_.find(name);
  if (found == collections_.end()) return;
  auto& changes = found->second.changes;
  changes.erase(changes.begin(), changes.upper_bound(up_to));
}

CourtDocket::Changes CourtDocket::schedule_hearing(const std::string& party_id,
                                                   const std::string& kind,
                                                   const std::string& local,
                                                   bool in_calendar) {
  const std::lock_guard lock(mutex_);
  const Item* in = case_of(party_id);
  if (in == nullptr) return {};
  const bool sealed = in->members.at("sealed") == "true";
  return {new_hearing(in->id, party_id, kind, local, in_calendar, sealed)};
}

CourtDocket::Changes CourtDocket::continue_hearing(const std::string& party_id,
                                                   const std::string& hearing_id,
                                                   const std::string& local) {
  const std::lock_guard lock(mutex_);
  if (const auto it = calendar_.find(hearing_id); it != calendar_.end()) {
    it->second.members["start"] = when(local);
    ++it->second.version;
    it->second.updated_at = now();
    return {{"hearing", it->second.json()}};
  }
  const Item* held = nullptr;
  for (const auto& [id, item] : collections_.at("hearings").items) {
    const bool wanted = hearing_id.empty()
                            ? item.party_id == party_id && item.text("status") == "scheduled"
                            : id == hearing_id;
    if (wanted && (held == nullptr || item.sequence > held->sequence)) held = &item;
  }
  if (held == nullptr) return {};
  const std::string id = held->id, party = held->party_id, case_id = held->text("case_id"),
                    kind = held->text("kind");
  const bool sealed = held->members.at("sealed") == "true";
  Changes out{change("hearing", id, party, {{"status", "\"continued\""}, {"next", when(local)}})};
  out.push_back(new_hearing(case_id, party, kind, local, false, sealed));
  return out;
}

CourtDocket::Changes CourtDocket::issue_order(const std::string& party_id,
                                              const std::string& kind,
                                              const std::vector<std::string>& opens) {
  const std::lock_guard lock(mutex_);
  const Item* in = case_of(party_id);
  if (in == nullptr) return {};
  const std::string id = numbered("SYN-O-%06llu", ++orders_);
  const std::string today = now().substr(0, 10);
  std::string fields = "[";
  for (const std::string& field : opens) fields += (fields.size() > 1 ? "," : "") + quoted(field);
  return {change("order",
                 id,
                 party_id,
                 {{"order_id", quoted(id)},
                  {"case_id", quoted(in->id)},
                  {"docket", quoted(in->text("docket"))},
                  {"party_id", quoted(party_id)},
                  {"kind", quoted(kind)},
                  {"issued_on", quoted(today)},
                  {"period", R"({"start":)" + quoted(today) + "}"},
                  {"terms", "[]"},
                  {"opens", fields + "]"},
                  {"sealed", in->members.at("sealed")}})};
}

CourtDocket::Changes CourtDocket::seal_case(const std::string& party_id) {
  const std::lock_guard lock(mutex_);
  const Item* in = case_of(party_id);
  if (in == nullptr) return {};
  const std::string case_id = in->id;
  Changes out{change("case", case_id, party_id, {{"sealed", "true"}, {"status", "\"sealed\""}})};
  for (const auto& [type, name] : kCollections) {
    if (type == "case" || type == "party") continue;
    std::vector<std::string> ids;
    for (const auto& [id, item] : collections_.at(std::string(name)).items) {
      if (item.text("case_id") == case_id) ids.push_back(id);
    }
    for (const std::string& id : ids)
      out.push_back(change(std::string(type), id, party_id, {{"sealed", "true"}}));
  }
  for (auto& [id, item] : calendar_) {
    if (item.text("case_id") != case_id) continue;
    item.members["sealed"] = "true";
    ++item.version;
  }
  return out;
}

CourtDocket::Changes CourtDocket::correct_party(const std::string& party_id,
                                                const std::string& family) {
  const std::lock_guard lock(mutex_);
  const auto& parties = collections_.at("parties").items;
  const auto it = parties.find(party_id);
  if (it == parties.end()) return {};
  rapidjson::Document name;
  name.Parse(it->second.members.at("name").c_str());
  name["family"].SetString(family.c_str(), name.GetAllocator());
  return {change("party", party_id, party_id, {{"name", sdk::write_json(name)}})};
}

bool CourtDocket::knows(const std::string& party_id) const {
  const std::lock_guard lock(mutex_);
  return collections_.at("parties").items.contains(party_id);
}

std::string CourtDocket::calendar() const {
  const std::lock_guard lock(mutex_);
  std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example County//Docket//EN\r\n";
  for (const auto& [id, item] : calendar_) {
    rapidjson::Document start;
    start.Parse(item.members.at("start").c_str());
    out += "BEGIN:VEVENT\r\nUID:" + id + "\r\nSEQUENCE:" + std::to_string(item.version) +
           "\r\nDTSTAMP:" + compact(item.updated_at.substr(0, 19)) +
           "Z\r\nLAST-MODIFIED:" + compact(item.updated_at.substr(0, 19)) +
           "Z\r\nDTSTART;TZID=" + kZone + ":" + compact(start["local"].GetString()) +
           "\r\nDURATION:PT30M\r\nSTATUS:CONFIRMED\r\n" + "CATEGORIES:" + item.text("kind") +
           "\r\nLOCATION:Example County Juvenile Court\\, room " +
           "4B\r\nCLASS:" + (item.members.at("sealed") == "true" ? "CONFIDENTIAL" : "PUBLIC") +
           "\r\nX-DOCKET-NUMBER:" + item.text("docket") + "\r\nX-PARTY-ID:" + item.party_id +
           "\r\nEND:VEVENT\r\n";
  }
  return out + "END:VCALENDAR\r\n";
}

std::string CourtDocket::json() const {
  const std::lock_guard lock(mutex_);
  std::string out = "{";
  for (const auto& [name, collection] : collections_) {
    out += (out.size() > 1 ? ",\"" : "\"") + name + "\":[";
    bool first = true;
    auto add = [&](const Item& item) {
      out += (first ? "" : ",") + item.json();
      first = false;
    };
    for (const auto& [id, item] : collection.items) add(item);
    if (name == "hearings") {
      for (const auto& [id, item] : calendar_) add(item);
    }
    out += "]";
  }
  return out + "}";
}

}  // namespace concord::sim
