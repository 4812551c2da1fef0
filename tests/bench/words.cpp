#include "tests/bench/words.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "examples/simulators/health_words.hpp"

namespace concord::bench {
namespace {

constexpr int64_t kFirstSecond = 946684800;  // 2000-01-01T00:00:00Z
constexpr int64_t kDay = 86400;

template <class... Values>
std::string text(const char* format, Values... values) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), format, values...);
  return out.data();
}

std::string date_of(int64_t turn) {
  const std::time_t at = kFirstSecond + turn * kDay;
  std::tm utc{};
  gmtime_r(&at, &utc);
  std::array<char, 16> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d", &utc);
  return out.data();
}

// Seconds since the first one; -1: no such text.
int64_t seconds_of(std::string_view time, const char* format) {
  std::tm utc{};
  const std::string copy(time);
  if (strptime(copy.c_str(), format, &utc) == nullptr) return -1;
  return int64_t{timegm(&utc)} - kFirstSecond;
}
int64_t day_of(std::string_view date) {
  const int64_t seconds = seconds_of(date, "%Y-%m-%d");
  return seconds < 0 ? -1 : seconds / kDay;
}

}  // namespace

Words::Words(int count) {
  for (sim::Child& child : sim::make_children(1, count)) {
    const int place = child.number % 100;
    if (place <= 12 || place >= 95) continue;
    child.child_welfare_id = text("SYN-CW-%06d", child.number);
    child.juvenile_id = text("SYN-JJ-%06d", child.number);
    child.court_party_id = text("SYN-CP-%06d", child.number);
    child.mrn = text("SYN-MRN-%06d", child.number);
    for (const sim::Agency agency : sim::kAgencies)
      places_[child.key_at(agency)] = static_cast<int64_t>(children_.size());
    children_.push_back(std::move(child));
  }
}

const sim::Child& Words::child(int64_t n) const {
  return children_[static_cast<size_t>(n) % children_.size()];
}
int64_t Words::turn(int64_t n) const {
  return n / static_cast<int64_t>(children_.size());
}
int64_t Words::number(std::string_view child_key, int64_t turn) const {
  const auto place = places_.find(std::string(child_key));
  if (place == places_.end() || turn < 0) return -1;
  return turn * static_cast<int64_t>(children_.size()) + place->second;
}

std::string Words::person(const sim::Child& child) const {
  sim::Patient patient;
  patient.child = &child;
  patient.street = child.street;
  const std::string message =
      sim::adt_message(patient, "A28", "SYNA" + std::to_string(child.number), sim::now_text());
  return message.substr(0, message.find("PV1|"));  // of a stay it says nothing
}

std::string Words::discharge(int64_t n) const {
  sim::Patient patient;
  patient.child = &child(n);
  patient.street = patient.child->street;
  patient.visit = static_cast<int>(turn(n)) + 1;
  patient.admitted_at = sim::iso_time((kFirstSecond - kDay) * 1000000);
  patient.discharged_at = sim::iso_time((kFirstSecond + turn(n) * 60) * 1000000);
  return sim::adt_message(patient, "A03", "SYNB" + std::to_string(n), sim::now_text());
}
int64_t Words::health_event(const rapidjson::Value& record) const {
  const int64_t seconds = seconds_of(sdk::text_of(record, "at"), "%Y-%m-%dT%H:%M:%S");
  return number(sdk::text_of(record, "person_id"), seconds < 0 ? -1 : seconds / 60);
}

std::string Words::placement(int64_t n) const {
  return R"({"id":"SYN-BP-)" + std::to_string(n) + R"(","person_id":")" +
         child(n).child_welfare_id + R"(","placement_type":"FFH","start_date":")" +
         date_of(turn(n)) +
         R"(","facility_name":"Example Foster Home 12","address":{"line":"12 Sample Street",)"
         R"("city":"Exampleton","state":"ZZ","zip":"00000","confidential":false},)"
         R"("out_of_state":false,"modified":")" +
         sim::now_text() + "\"}";
}
int64_t Words::flag(const rapidjson::Value& resource) const {
  const auto subject = resource.FindMember("subject");
  const auto period = resource.FindMember("period");
  if (subject == resource.MemberEnd() || period == resource.MemberEnd()) return -1;
  std::string_view reference = sdk::text_of(subject->value, "reference");
  reference.remove_prefix(reference.find('/') + 1);
  return number(reference, day_of(sdk::text_of(period->value, "start")));
}

std::string Words::hearing(int64_t n) const {
  const std::string id = std::to_string(n);
  return R"({"id":"SYN-BH-)" + id + R"(","version":1,"updated_at":")" + sim::now_text() +
         R"(","hearing_id":"SYN-BH-)" + id + R"(","case_id":"SYN-CASE-)" + id +
         R"(","docket":"26-JV-)" + id + R"(","party_id":")" + child(n).court_party_id +
         R"(","kind":"review","status":"scheduled","start":{"local":")" + date_of(turn(n)) +
         R"(T09:30:00","zone":"America/New_York"},"minutes":30,)"
         R"("location":{"room":"4B","text":"Example County Juvenile Court, room 4B"},)"
         R"("judge":{"id":"SYN-J-1","name":"Judge Example-Stone"},"sealed":false})";
}
int64_t Words::court_event(const rapidjson::Value& record) const {
  const std::string_view at = sdk::text_of(record, "at");
  return number(sdk::text_of(record, "youth_id"), day_of(at.substr(0, 10)));
}

sim::JuvenileRow Words::detention(int64_t n) const {
  return sim::insert_row("detention",
                         {{"detention_id", "SYN-BD-" + std::to_string(n)},
                          {"youth_id", child(n).juvenile_id},
                          {"booking_number", "SYN-B-" + std::to_string(n)},
                          {"facility", "Example Youth Center"},
                          {"admitted_at", date_of(turn(n)) + "T15:00:00Z"},
                          {"reason", "warrant"},
                          {"sealed", "0"}});
}
int64_t Words::docket_note(const rapidjson::Value& note) const {
  return number(sdk::text_of(note, "party_id"), day_of(sdk::text_of(note, "at")));
}

}  // namespace concord::bench
