#include "tests/crash/load.hpp"

#include <chrono>
#include <cstdio>

namespace concord::crash {
namespace {

// A few hundred changes a second: the hub is always busy, and never far behind.
constexpr std::chrono::milliseconds kPause{3};

// The nth day and minute after a fixed one: no two changes share theirs.
std::string day(int n) {
  const std::chrono::year_month_day date(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) +
                                         std::chrono::days(n));
  char text[40];
  std::snprintf(text,
                sizeof text,
                "%04d-%02u-%02u",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}
std::string minute(int n) {
  char text[20];
  std::snprintf(text, sizeof text, "T%02d:%02d:00", 8 + n / 60 % 9, n % 60);
  return day(400 + n / 540) + text;
}

}  // namespace

Load::Load(story::Play& play, std::vector<int> children, unsigned seed)
    : play_(play), children_(std::move(children)), random_(seed) {}

void Load::start() {
  stopping_ = false;
  thread_ = std::thread([this] {
    while (!stopping_) {
      change_something();
      std::this_thread::sleep_for(kPause);
    }
  });
}

void Load::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Load::change_something() {
  const int child = children_[random_() % children_.size()];
  ++n_;
  switch (random_() % 4) {
    case 0:
      return place(child);
    case 1:
      return set_hearing(child);
    case 2:
      return detain(child);
    default:
      return diagnose(child);
  }
}

void Load::place(int child) {
  const std::string date = day(n_);
  if (!act("child_welfare",
           "place_child",
           child,
           R"(,"placement_type":"FFH","facility":"Example Home","date":")" + date + "\""))
    return;
  const std::string mark = R"("start":")" + date + "\"";
  owe("court", "SYN-CP-", child, "placement", mark);
  owe("health", "SYN-MRN-", child, "placement", mark);
}

void Load::set_hearing(int child) {
  const std::string local = minute(n_);
  if (!act("court", "schedule_hearing", child, R"(,"kind":"review","local":")" + local + "\""))
    return;
  const std::string mark = R"("at":")" + local + "\"";
  owe("child_welfare", "SYN-CW-", child, "hearing", mark);
  owe("juvenile_justice", "SYN-JJ-", child, "hearing", mark);
}

void Load::detain(int child) {
  const std::string facility = "Example Youth Center " + std::to_string(n_);
  if (!act("juvenile_justice", "detain", child, R"(,"facility":")" + facility + "\"")) return;
  owe("court", "SYN-CP-", child, "detention", "\"" + facility + "\"");
}

void Load::diagnose(int child) {
  const std::string code = "J45." + std::to_string(1000 + n_);
  if (!act("health", "diagnose", child, R"(,"code":")" + code + R"(","text":"Asthma")")) return;
  owe("child_welfare", "SYN-CW-", child, "diagnosis", "\"" + code + "\"");
}

bool Load::act(const std::string& system,
               const std::string& verb,
               int child,
               const std::string& more) {
  return play_
      .act(system, R"({"verb":")" + verb + R"(","child":)" + std::to_string(child) + more + "}")
      .IsObject();
}

void Load::owe(
    const char* system, const char* prefix, int child, const char* topic, std::string mark) {
  owed_.push_back({system, play_.key(child, prefix), topic, std::move(mark)});
}

}  // namespace concord::crash
