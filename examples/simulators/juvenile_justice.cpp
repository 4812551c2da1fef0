#include "examples/simulators/juvenile_justice.hpp"

#include <libpq-fe.h>

#include <array>
#include <chrono>
#include <concord/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "examples/simulators/juvenile_words.hpp"

namespace concord::sim {

using sdk::Done;
using sdk::Status;
namespace fs = std::filesystem;

namespace {

constexpr auto kLook = std::chrono::milliseconds(20);

std::string database_file(const World& world) {
  return (world.dir / "juvenile_justice" / "jj.db").string();
}

std::string from_environment() {
  const char* given = std::getenv("CONCORD_SIM_JUVENILE_POSTGRESQL");
  return given == nullptr ? "" : given;
}

std::map<std::string, std::string> parts_of(const std::string& conninfo) {
  std::map<std::string, std::string> parts;
  PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), nullptr);
  for (PQconninfoOption* o = options; o != nullptr && o->keyword != nullptr; ++o) {
    if (o->val != nullptr) parts[o->keyword] = o->val;
  }
  PQconninfoFree(options);
  return parts;
}

}  // namespace

JuvenileJustice::JuvenileJustice(const World& world, std::unique_ptr<Journal> journal)
    : JuvenileJustice(world, std::move(journal), from_environment()) {}

JuvenileJustice::JuvenileJustice(const World& world,
                                 std::unique_ptr<Journal> journal,
                                 std::string conninfo)
    : System(world, std::move(journal)), conninfo_(std::move(conninfo)) {}

JuvenileJustice::~JuvenileJustice() {
  JuvenileJustice::stop();
}

Status JuvenileJustice::open() {
  if (!conninfo_.empty()) {
    auto opened = JuvenileDatabase::postgresql(conninfo_);
    if (!opened) return std::move(opened).error();
    database_ = std::move(opened).value();
  } else {
    const std::string file = database_file(world_);
    std::error_code ignored;
    fs::create_directories(fs::path(file).parent_path(), ignored);
    fs::rename(file + ".down", file, ignored);  // it comes back as it went
    auto opened = JuvenileDatabase::sqlite(file);
    if (!opened) return std::move(opened).error();
    database_ = std::move(opened).value();
  }
  if (auto made = database_->make_schema(); !made) return made;
  auto known = database_->run("SELECT value FROM sim_state WHERE name = 'journalled'");
  if (!known) return std::move(known).error();
  if (known->empty()) return fill();
  journalled_ = std::strtoull(known->front()[0].value_or("0").c_str(), nullptr, 10);
  return Done{};
}

Status JuvenileJustice::start() {
  const std::scoped_lock lock(mutex_);
  if (running_) return Done{};
  if (auto opened = open(); !opened) {
    database_.reset();
    return opened;
  }
  running_ = true;
  watcher_ = std::thread([this] { watch(); });
  return Done{};
}

void JuvenileJustice::stop() {
  faults_.interrupt();
  {
    const std::scoped_lock lock(mutex_);
    if (!running_) return;
    running_ = false;
  }
  stopping_.notify_all();
  watcher_.join();
  const std::scoped_lock lock(mutex_);
  while (follow_inbox()) {
  }
  if (!conninfo_.empty()) {
    // Others' sessions end; that nobody comes back is the operator's (or the test's) to see to.
    (void)database_->run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()");
  }
  database_.reset();
  // Whoever has the file open sees by its path that it is gone.
  std::error_code ignored;
  if (conninfo_.empty())
    fs::rename(database_file(world_), database_file(world_) + ".down", ignored);
}

void JuvenileJustice::watch() {
  std::unique_lock lock(mutex_);
  while (running_) {
    const bool more = follow_inbox();
    static constexpr std::array kinds{FaultKind::slow, FaultKind::hang};
    if (const auto fault = faults_.take(kinds, "")) {
      // Another writer that takes its time. Readers go on, as they do in such databases.
      auto held = database_->run(conninfo_.empty() ? "BEGIN IMMEDIATE" : "BEGIN");
      if (!conninfo_.empty()) (void)database_->run("LOCK TABLE inbox, outbox IN EXCLUSIVE MODE");
      lock.unlock();
      hold(*fault);
      lock.lock();
      if (held) (void)database_->run("COMMIT");
    }
    if (!more) stopping_.wait_for(lock, kLook, [this] { return !running_; });
  }
}

void JuvenileJustice::hold(const Fault& fault) {
  using std::chrono::steady_clock;
  constexpr auto slice = std::chrono::milliseconds(50);
  const auto ends =
      steady_clock::now() + (fault.kind == FaultKind::hang ? std::chrono::hours(1) : fault.delay);
  while (steady_clock::now() < ends) {
    const auto started = steady_clock::now();
    faults_.wait(slice);
    // Woken before its time: the faults were cleared.
    if (steady_clock::now() - started < slice) return;
    const std::scoped_lock lock(mutex_);
    if (!running_) return;
  }
}

bool JuvenileJustice::follow_inbox() {
  auto rows = database_->run(
      "SELECT n, effect, idempotency_key, record_type, record_key, version, subject, body, "
      "obligations FROM inbox_log WHERE n > CAST(? AS BIGINT) ORDER BY n LIMIT 500",
      {std::to_string(journalled_)});
  if (!rows || rows->empty()) return false;
  for (const auto& row : *rows) {
    Received received;
    received.idempotency_key = row[2].value_or("");
    received.type = row[3].value_or("");
    received.key = row[4].value_or("");
    received.version = std::strtoull(row[5].value_or("0").c_str(), nullptr, 10);
    received.subject = row[6].value_or("");
    received.body = row[7].value_or("");
    received.obligations = row[8].value_or("");
    journal_->write(received, row[1] == "applied" ? Effect::applied : Effect::repeat);
    journalled_ = std::strtoull(row[0].value_or("0").c_str(), nullptr, 10);
  }
  (void)database_->run("UPDATE sim_state SET value = ? WHERE name = 'journalled'",
                       {std::to_string(journalled_)});
  return true;
}

Status JuvenileJustice::fill() {
  if (auto begun = database_->run("BEGIN"); !begun) return std::move(begun).error();
  for (const Child& child : world_.children) {
    if (!child.known_to(Agency::juvenile_justice)) continue;
    for (const JuvenileRow& row : first_rows(world_.seed, child)) {
      if (auto added = database_->run(row.sql, row.values); !added) return std::move(added).error();
    }
  }
  auto noted = database_->run("INSERT INTO sim_state VALUES ('journalled', '0')");
  if (!noted) return std::move(noted).error();
  auto done = database_->run("COMMIT");
  return done ? Status(Done{}) : Status(std::move(done).error());
}

std::vector<std::pair<std::string, std::string>> JuvenileJustice::settings() const {
  std::vector<std::pair<std::string, std::string>> out{{"inbox", "inbox"}};
  sdk::JsonWriter json;
  json.object().key("database").object();
  if (conninfo_.empty()) {
    out.emplace_back("kind", "sqlite");
    out.emplace_back("file", database_file(world_));
    json.field("kind", "sqlite").field("file", database_file(world_)).end();
  } else {
    auto parts = parts_of(conninfo_);
    out.emplace_back("kind", "postgresql");
    json.field("kind", "postgresql");
    for (const auto& [setting, part] : {std::pair{"host", "host"},
                                        {"port", "port"},
                                        {"name", "dbname"},
                                        {"user", "user"},
                                        {"password", "password"}}) {
      out.emplace_back(setting, parts[part]);
      if (std::string_view(setting) == "port") {
        json.field(setting, std::atoi(parts[part].c_str()));
      } else {
        json.field(setting, parts[part]);
      }
    }
    out.emplace_back("channel", "concord");
    json.end().key("listen").object().field("channel", "concord").end();
  }
  json.key("read").object();
  for (const auto& [type, select] : outbox_selects()) {
    json.key(type).object().field("select", select).field("key_column", "record_key");
    json.field("deleted_column", "operation").key("outbox").object();
    json.field("table", "outbox").field("sequence_column", "seq").end().end();
  }
  json.end().key("write").object().key("*").object().field("inbox", "inbox").end().end().end();
  out.emplace_back("connector_settings", json.text());
  return out;
}

std::string JuvenileJustice::truth_json() const {
  const std::scoped_lock lock(mutex_);
  sdk::JsonWriter json;
  json.object().field("running", running_);
  if (!running_) return json.end(), json.text();
  auto youths = database_->run(
      "SELECT y.youth_id, y.sealed, (SELECT count(*) FROM detention d WHERE d.youth_id = "
      "y.youth_id "
      "AND d.released_at IS NULL) FROM youth y ORDER BY y.youth_id");
  json.key("youth").array();
  if (youths) {
    for (const auto& row : *youths) {
      json.object().field("youth_id", row[0].value_or("")).field("sealed", row[1] == "1");
      json.field("detained", row[2] != "0").end();
    }
  }
  json.end_array();
  auto sealed = database_->run(
      "SELECT 'detention', detention_id FROM detention WHERE sealed = 1 UNION ALL SELECT 'charge', "
      "charge_id FROM charge WHERE sealed = 1 ORDER BY 1, 2");
  json.key("sealed").array();
  if (sealed) {
    for (const auto& row : *sealed) json.value(row[0].value_or("") + ":" + row[1].value_or(""));
  }
  json.end_array();
  auto waiting = database_->run("SELECT count(*) FROM outbox");
  if (waiting) json.key("outbox").value(std::atoi(waiting->front()[0].value_or("0").c_str()));
  auto inbox = database_->run("SELECT record_type, count(*) FROM inbox GROUP BY 1 ORDER BY 1");
  json.key("inbox").object();
  if (inbox) {
    for (const auto& row : *inbox)
      json.key(row[0].value_or("")).value(std::atoi(row[1].value_or("0").c_str()));
  }
  json.end().end();
  return json.text();
}

}  // namespace concord::sim
