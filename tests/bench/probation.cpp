// Probation's ends: rows put into its tables, and its log of what reached the inbox.
#include <cstdio>
#include <cstdlib>

#include "tests/bench/agencies.hpp"

namespace concord::bench {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kRowsAtOnce = 200;
constexpr milliseconds kLook{1};

bool say(const sdk::Error& error) {
  std::fprintf(stderr, "bench: probation: %s %s\n", error.code.c_str(), error.cause.c_str());
  return false;
}

}  // namespace

Probation::Probation(Traffic& traffic, const Words& words, std::filesystem::path file)
    : traffic_(traffic), words_(words), file_(std::move(file)) {}

bool Probation::start() {
  auto database = sim::JuvenileDatabase::sqlite(file_.string());
  if (!database) return say(database.error());
  if (auto made = (*database)->make_schema(); !made) return say(made.error());
  (void)(*database)->run("BEGIN");
  for (const sim::Child& child : words_.children()) {
    const sim::JuvenileRow youth = sim::first_rows(1, child).front();
    if (auto put = (*database)->run(youth.sql, youth.values); !put) return say(put.error());
  }
  auto done = (*database)->run("COMMIT");
  return done ? true : say(done.error());
}

void Probation::work() {
  offers_ = std::thread([this] { offer(); });
  looks_ = std::thread([this] { look(); });
}

void Probation::stop() {
  if (offers_.joinable()) offers_.join();
  stopping_ = true;
  if (looks_.joinable()) looks_.join();
}

void Probation::offer() {
  auto database = sim::JuvenileDatabase::sqlite(file_.string());
  if (!database) return (void)++failures_;
  for (Mode mode = Mode::flood; traffic_.wait_for(mode);
       mode = mode == Mode::flood ? Mode::paced : Mode::flood) {
    while (traffic_.has(mode)) {
      const auto range =
          traffic_.take(Flow::juvenile_justice, mode, 1, kRowsAtOnce, milliseconds(200));
      if (range.empty()) continue;
      (void)(*database)->run("BEGIN IMMEDIATE");
      for (int64_t n = range.from; n < range.to; ++n) {
        const sim::JuvenileRow row = words_.detention(n);
        if (auto put = (*database)->run(row.sql, row.values); !put) ++failures_, say(put.error());
      }
      if (auto done = (*database)->run("COMMIT"); !done) ++failures_, say(done.error());
    }
  }
}

void Probation::look() {
  auto database = sim::JuvenileDatabase::sqlite(file_.string());
  if (!database) return (void)++failures_;
  std::string last_commit, last_row = "0";
  while (!stopping_) {
    std::this_thread::sleep_for(kLook);
    auto commit = (*database)->run("PRAGMA data_version");
    if (!commit || commit->front()[0] == last_commit) continue;
    auto rows = (*database)->run(
        "SELECT n, effect, idempotency_key, body FROM inbox_log WHERE n > ? ORDER BY n",
        {last_row});
    if (!rows) continue;  // busy; the next look sees it
    last_commit = *commit->front()[0];
    for (const auto& row : *rows) {
      last_row = *row[0];
      rapidjson::Document body;
      body.Parse(row[3]->data(), row[3]->size());
      if (*row[1] != "applied" && *row[1] != "repeat") continue;
      traffic_.arrived(Flow::court, words_.court_event(body), *row[2]);
    }
  }
}

}  // namespace concord::bench
