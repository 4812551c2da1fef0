#include "tests/unit/pipeline/small_world.hpp"

#include <thread>

#include "hub/decide/rules.hpp"

namespace concord::pipeline {
namespace {

using runtime::Called;
using runtime::CallError;

class Held : public runtime::Connector {
 public:
  explicit Held(Side& side) : side_(side) {}
  Called<base::Done> check() override { return base::Done{}; }
  Called<std::string> describe() override { return std::string("{}"); }
  Called<model::Batch> read(const std::string& type,
                            const std::string& checkpoint,
                            const runtime::ReadLimits&) override {
    const std::scoped_lock lock(side_.mutex);
    if (side_.down) return CallError{*side_.down, {}};
    side_.told.push_back("read " + type + " " + checkpoint);
    if (side_.next) return side_.next(checkpoint);
    for (size_t i = 0; i < side_.to_read.size(); ++i) {
      const bool mine =
          !side_.to_read[i].records.empty() && side_.to_read[i].records.front().type == type;
      if (!mine) continue;
      model::Batch batch = side_.to_read[i];
      if (batch.checkpoint <= checkpoint) continue;
      return batch;
    }
    return model::Batch{{}, {}, checkpoint, false};
  }
  Called<base::Done> ack(const std::string&, const std::string& checkpoint) override {
    const std::scoped_lock lock(side_.mutex);
    side_.told.push_back("ack " + checkpoint);
    return base::Done{};
  }
  Called<std::vector<runtime::WriteOutcome>> write(std::vector<runtime::WriteItem> items) override {
    if (side_.before_write) side_.before_write();
    const std::scoped_lock lock(side_.mutex);
    if (side_.down) return CallError{*side_.down, {}};
    std::vector<runtime::WriteOutcome> outcomes;
    for (runtime::WriteItem& item : items) {
      outcomes.push_back(side_.answer ? side_.answer(item) : runtime::WriteOutcome{});
      if (!outcomes.back().error) side_.written.push_back(std::move(item));
    }
    return outcomes;
  }
  void listen(runtime::Intake& intake) override {
    const std::scoped_lock lock(side_.mutex);
    side_.intake = &intake;
    ++side_.listens;
  }
  void stop_listening() override {}
  std::optional<base::Error> listen_fault() override { return std::nullopt; }
  void cancel() override {}

 private:
  Side& side_;
};

std::string id(const char* prefix, int child) {
  return prefix + std::to_string(child);
}

model::System system(const char* name, const char* agency) {
  model::System s;
  s.id = model::SystemId(name);
  s.agency = model::AgencyId(agency);
  s.connector = s.mapping = name;
  s.zone = "America/New_York";
  s.listens = true;
  s.trusted_identifiers = {"state_id"};
  return s;
}

model::Job job(const char* name, const char* of, const char* type) {
  model::Job j;
  j.id = model::JobId(name);
  j.system = model::SystemId(of);
  j.record_types = {type};
  return j;
}

model::Record record(
    const char* of, const char* type, std::string key, std::string version, std::string body) {
  model::Record r;
  r.system = model::SystemId(of);
  r.type = type;
  r.key = std::move(key);
  r.version = std::move(version);
  r.body = std::move(body);
  r.read_at = base::now();
  return r;
}

}  // namespace

SmallWorld::SmallWorld() {
  std::string path = testing::TempDir() + "/concord-hub-XXXXXX";
  folder_ = mkdtemp(path.data());
  for (const char* name : {"child_welfare", "court"}) sides_[name] = std::make_unique<Side>();
  coalition.jurisdiction = "US";
  coalition.data_folder = folder_;
  coalition.agencies = {{model::AgencyId("dcf"), "DCF", {"cwa", "mdt_member"}, {}, {}, {"*"}},
                        {model::AgencyId("court"),
                         "Court",
                         {"juvenile_court", "court", "mdt_member"},
                         {},
                         {},
                         {"*"}}};
  coalition.systems = {system("child_welfare", "dcf"), system("court", "court")};
  coalition.jobs = {job("people", "child_welfare", "person"),
                    job("placements", "child_welfare", "placement"),
                    job("parties", "court", "party")};
  model::Flow flow;
  flow.id = model::FlowId("placement_to_court");
  flow.entities = {"Placement"};
  flow.to = model::SystemId("court");
  flow.purpose = "case_planning";
  coalition.flows = {flow};
  coalition.roster = {{model::AgencyId("court"), "clerk", "active", {}, {}}};
}

SmallWorld::~SmallWorld() {
  stop();
  std::filesystem::remove_all(folder_);
}

Side& SmallWorld::side(const std::string& system) {
  auto& side = sides_[system];
  if (!side) side = std::make_unique<Side>();
  return *side;
}

std::shared_ptr<Setup> SmallWorld::setup() {
  auto made = std::make_shared<Setup>();
  made->coalition = std::make_shared<model::Coalition>(coalition);
  made->evidence = evidence;
  made->settings = settings;
  made->clock = clock;
  const std::string mappings = std::string(CONCORD_SOURCE_DIR) + "/mappings";
  auto schema = model::Schema::load(mappings + "/schema");
  EXPECT_TRUE(schema) << to_text(schema.error());
  made->schema = std::make_shared<model::Schema>(std::move(*schema));
  std::vector<std::string> tables{mappings};
  tables.insert(tables.end(), more_mappings.begin(), more_mappings.end());
  auto loaded = translate::Mappings::load(tables, *made->schema);
  EXPECT_TRUE(loaded) << to_text(loaded.error());
  made->mappings = std::make_shared<translate::Mappings>(std::move(*loaded));
  const std::vector<std::string> folders{mappings + "/policy"};
  auto packs = decide::load_packs(folders);
  EXPECT_TRUE(packs) << to_text(packs.error());
  for (const decide::RulePack& pack : *packs) made->packs[pack.id] = pack.digest;
  auto engine = decide::Engine::compile(*packs);
  EXPECT_TRUE(engine) << to_text(engine.error());
  made->engine = std::make_shared<decide::Engine>(std::move(*engine));
  made->load = [this](const model::System& s) -> base::Result<std::unique_ptr<runtime::Connector>> {
    if (no_connector) return *no_connector;
    if (const auto own = load_instead.find(s.id.value); own != load_instead.end())
      return own->second(s);
    ++side(s.id.value).opened;
    return std::unique_ptr<runtime::Connector>(std::make_unique<Held>(side(s.id.value)));
  };
  return made;
}

void SmallWorld::start() {
  auto opened = Hub::open(std::move(*setup()));
  ASSERT_TRUE(opened) << to_text(opened.error());
  hub_ = std::move(*opened);
  hub_->start();
}

void SmallWorld::stop() {
  hub_.reset();
}

model::Record SmallWorld::person(int child) {
  return record(
      "child_welfare",
      "person",
      id("SYN-CW-", child),
      "1",
      R"({"id":")" + id("SYN-CW-", child) + R"(","role":"child","first_name":"Ada)" +
          std::string(static_cast<size_t>(child), 'a') +
          R"(","last_name":"Testfamily","birth_date":"2012-04-09","sex":"F","identifiers":[{"type":"state_id","assigner":"ZZ","value":")" +
          id("SYN-0000", child) + R"("}]})");
}

model::Record SmallWorld::party(int child) {
  return record(
      "court",
      "party",
      id("SYN-CP-", child),
      "1",
      R"({"id":")" + id("SYN-CP-", child) + R"(","party_id":")" + id("SYN-CP-", child) +
          R"(","role":"child","name":{"given":"Ada)" +
          std::string(static_cast<size_t>(child), 'a') +
          R"(","family":"Testfamily"},"birth_date":"2012-04-09","sex":"F","identifiers":[{"system":"state_id","value":")" +
          id("SYN-0000", child) + R"("}],"address_confidential":false})");
}

model::Record SmallWorld::placement(int child,
                                    const std::string& version,
                                    const std::string& facility) {
  return record(
      "child_welfare",
      "placement",
      id("SYN-PL-", child),
      version,
      R"({"id":")" + id("SYN-PL-", child) + R"(","person_id":")" + id("SYN-CW-", child) +
          R"(","placement_type":"FFH","start_date":"2026-02-27","end_date":null,"end_reason":null,"facility_name":")" +
          facility + R"(","out_of_state":false})");
}

void SmallWorld::welfare_gives(std::vector<model::Record> records, const std::string& checkpoint) {
  const std::scoped_lock lock(welfare().mutex);
  welfare().to_read.push_back({std::move(records), {}, checkpoint, false});
}

void SmallWorld::court_knows(int child) {
  auto answers = court().intake->deliver({{party(child)}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
}

void SmallWorld::know(int child) {
  auto answers = welfare().intake->deliver({{person(child)}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  court_knows(child);
}

void SmallWorld::place(int child, const std::string& version, const std::string& facility) {
  auto answers = welfare().intake->deliver({{placement(child, version, facility)}, {}, "", false});
  ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
}

void SmallWorld::assign_to_court(int n) {
  for (int child = 1; child <= n; ++child)
    coalition.assignments.push_back({model::AgencyId("court"),
                                     {model::SystemId("child_welfare"), id("SYN-CW-", child)},
                                     {},
                                     {}});
}

namespace {
std::unique_ptr<store::Db> db_of(const std::string& folder) {
  auto db = store::Db::open(folder + "/concord.db", true);
  EXPECT_TRUE(db) << to_text(db.error());
  return std::move(*db);
}
}  // namespace

void SmallWorld::sql(const std::string& text) {
  db_of(folder_)->exec(text.c_str());
}

int64_t SmallWorld::number(const std::string& select) {
  const auto db = db_of(folder_);
  store::Query query = db->query(select);
  return query.step() ? query.integer(0) : -1;
}

std::shared_ptr<void> SmallWorld::read_on() {
  auto db = db_of(folder_);
  db->exec("BEGIN; SELECT count(*) FROM meta;");
  return std::shared_ptr<void>(std::move(db));
}

bool SmallWorld::wait(const std::function<bool()>& until) {
  const auto ends = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!until()) {
    if (std::chrono::steady_clock::now() > ends) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

std::vector<model::Delivery> SmallWorld::deliveries(model::Outcome outcome) {
  return hub_->store().deliveries(outcome, INT64_MAX, 1000).value();
}

void SmallWorld::expect_whole() {
  auto report = hub().store().check_audit({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->faults.empty()) << to_text(report->faults);
  const auto told = ledger();
  EXPECT_TRUE(told.balanced()) << told.faults.front();
}

store::Ledger SmallWorld::ledger() {
  return hub_->store().ledger().value();
}

}  // namespace concord::pipeline
