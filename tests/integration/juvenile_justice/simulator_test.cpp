// The connector against the simulated agency, with SQLite and with PostgreSQL.
#include <gmock/gmock.h>

#include <algorithm>
#include <concord/json.hpp>
#include <thread>

#include "examples/simulators/juvenile_justice.hpp"
#include "tests/integration/juvenile_justice/postgres.hpp"
#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<std::string> kTypes{"youth", "detention", "charge", "supervision", "referral"};

class Simulated : public testing::TestWithParam<const char*> {
 protected:
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    world_.dir = dir_.path();
    world_.children = sim::make_children(7, 60);
    std::string conninfo;
    if (std::string_view(GetParam()) == "postgresql") {
      if (!Postgres::is_installed()) GTEST_SKIP() << "skipped: PostgreSQL 15 is not installed";
      if (server_ == nullptr) server_ = new Postgres();
      server_->run(
          "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO hub");
      conninfo = "host=127.0.0.1 dbname=jj user=hub password=hub-secret port=" +
                 std::to_string(server_->port());
    }
    auto journal = sim::Journal::open(dir_.path() / "juvenile_justice.jsonl", "juvenile_justice");
    ASSERT_TRUE(journal);
    agency_ = std::make_unique<sim::JuvenileJustice>(world_, std::move(journal).value(), conninfo);
    const auto started = agency_->start();
    ASSERT_TRUE(started) << started.error().cause;
    hub_ = connector(setting("connector_settings"));
  }
  [[nodiscard]] std::string setting(const std::string& name) const {
    for (const auto& [key, value] : agency_->settings()) {
      if (key == name) return value;
    }
    return {};
  }
  sim::Reply act(const std::string& verb, const std::string& rest = "") {
    return agency_->control(verb, "{\"verb\":\"" + verb + "\"" + rest + "}");
  }
  [[nodiscard]] std::string waiting() { return act("outbox").json; }
  std::vector<std::string> send(const std::vector<sdk::Delivery>& deliveries) {
    auto outcomes = hub_->write(deliveries, call_.call());
    if (!outcomes) return {outcomes.error().code};
    std::vector<std::string> out;
    for (const auto& outcome : *outcomes)
      out.push_back(outcome.error ? std::to_string(static_cast<int>(outcome.error->error_class))
                                  : "");
    return out;
  }
  bool journal_reaches(uint64_t lines) {
    for (int i = 0; i < 500 && agency_->journal().lines() < lines; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return agency_->journal().lines() == lines;
  }

  static inline Postgres* server_ = nullptr;
  TempFolder dir_;
  sim::World world_{7, {}, {}};
  std::unique_ptr<sim::JuvenileJustice> agency_;
  std::unique_ptr<sdk::Connector> hub_;
  TestCall call_;
};

TEST_P(Simulated, every_child_that_the_agency_knows_is_read_once_and_the_outbox_is_empty_then) {
  const auto checked = hub_->check(call_.call());
  EXPECT_TRUE(checked) << text_of(checked.error());
  size_t known = 0;
  for (const auto& child : world_.children)
    known += child.known_to(sim::Agency::juvenile_justice) ? 1 : 0;
  for (const std::string& type : kTypes) {
    const auto records = read_all(*hub_, type, 17);
    const bool one_each = type == "youth" || type == "referral";
    EXPECT_TRUE(!one_each || records.size() == known) << type << records.size();
    EXPECT_FALSE(records.empty()) << type;
    for (const auto& record : records) {
      rapidjson::Document json;
      sdk::JsonFault fault;
      ASSERT_TRUE(sdk::parse_json(record.body, json, fault));
      EXPECT_FALSE(sdk::text_of(json, "youth_id").empty()) << record.body;
      EXPECT_TRUE(json.HasMember("changed_at") && json.HasMember("sealed"));
    }
  }
  EXPECT_EQ(waiting(), R"({"waiting":0})");
}

TEST_P(Simulated, a_new_detention_and_a_sealed_charge_come_as_changes) {
  for (const std::string& type : kTypes) (void)read_all(*hub_, type, 500);
  ASSERT_EQ(act("detain", R"(,"child":1,"facility":"Example Annex")").status, 200);
  std::string key = act("charge", R"(,"child":1)").json;
  key = key.substr(14, key.size() - 16);
  ASSERT_EQ(act("seal", R"(,"record":"charge","key":")" + key + "\"").status, 200);
  const auto detentions = read_all(*hub_, "detention", 500);
  ASSERT_THAT(detentions, SizeIs(1));
  EXPECT_THAT(detentions[0].body, HasSubstr("Example Annex"));
  const auto charges = read_all(*hub_, "charge", 500);
  ASSERT_THAT(charges, SizeIs(2));
  EXPECT_EQ(charges[1].key, key);
  EXPECT_LT(charges[0].version, charges[1].version);
  EXPECT_THAT(charges[1].body, HasSubstr("\"sealed\":1"));
  EXPECT_THAT(agency_->truth_json(), HasSubstr("charge:" + key));
}

TEST_P(Simulated, a_removed_record_is_told_as_deleted) {
  ASSERT_EQ(act("refer", R"(,"child":1)").status, 200);
  (void)read_all(*hub_, "referral", 500);
  ASSERT_EQ(act("remove",
                R"(,"record":"referral","key":"REF-)" + world_.children[0].juvenile_id + R"(-101")")
                .status,
            200);
  const auto records = read_all(*hub_, "referral", 500);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_TRUE(records[0].deleted);
}

TEST_P(Simulated, the_journal_has_each_delivery_once_and_names_a_repeat) {
  const std::string youth = world_.children[0].juvenile_id;
  const sdk::Delivery one{false, "i1", "court_event", "h1", 1, youth, R"({"event":"hearing"})"};
  const sdk::Delivery two{false, "i2", "court_event", "h1", 2, youth, R"({"event":"hearing"})"};
  EXPECT_THAT(send({one, two, two}), ElementsAre("", "", ""));
  EXPECT_THAT(send({one}), ElementsAre(""));
  ASSERT_TRUE(journal_reaches(3));
  EXPECT_EQ(agency_->journal().count(sim::Effect::applied), 2u);
  EXPECT_EQ(agency_->journal().count(sim::Effect::repeat), 1u);
  EXPECT_THAT(agency_->journal().since(0).at(0), HasSubstr(R"("subject":")" + youth + "\""));
}

TEST_P(Simulated, a_refused_youth_is_poison_and_others_flow) {
  ASSERT_EQ(act("refuse_youth", R"(,"child":2)").status, 200);
  const std::string bad = world_.children[1].juvenile_id;
  EXPECT_THAT(send({{false, "i1", "court_event", "h1", 1, "JJ-x", "{}"},
                    {false, "i2", "court_event", "h2", 1, bad, "{}"},
                    {false, "i3", "court_event", "h3", 1, "JJ-y", "{}"}}),
              ElementsAre("", std::to_string(CONCORD_BAD_RECORD), ""));
  ASSERT_EQ(act("refuse_youth", R"(,"child":2,"on":false)").status, 200);
  EXPECT_THAT(send({{false, "i2", "court_event", "h2", 1, bad, "{}"}}), ElementsAre(""));
}

TEST_P(Simulated, a_change_that_comes_twice_is_two_versions_of_one_record) {
  for (const std::string& type : kTypes) (void)read_all(*hub_, type, 500);
  sim::Fault twice;
  twice.kind = sim::FaultKind::duplicate;
  agency_->faults().arm(twice);
  ASSERT_EQ(act("detain", R"(,"child":1)").status, 200);
  const auto records = read_all(*hub_, "detention", 500);
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].key, records[1].key);
}

TEST_P(Simulated, what_happened_while_it_was_down_is_there_when_it_comes_back) {
  std::string checkpoint;
  const auto first = read_all(*hub_, "youth", 10, &checkpoint);
  agency_->stop();
  if (std::string_view(GetParam()) == "sqlite") {
    const auto away = hub_->read("youth", checkpoint, {}, call_.call());
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().error_class, sdk::ErrorClass::retry);
    EXPECT_EQ(act("detain", R"(,"child":1)").status, 503);
  }
  ASSERT_TRUE(agency_->start());
  ASSERT_EQ(act("correct_youth", R"(,"child":1,"family":"Example-New")").status, 200);
  const auto records = read_all(*hub_, "youth", 10, &checkpoint);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0].body, HasSubstr("Example-New"));
  EXPECT_THAT(send({{false, "i9", "court_event", "h9", 1, "JJ-x", "{}"}}), ElementsAre(""));
  EXPECT_TRUE(journal_reaches(1));
}

TEST_P(Simulated, by_change_column_rows_touched_at_one_instant_are_all_read) {
  rapidjson::Document settings;
  sdk::JsonFault fault;
  ASSERT_TRUE(sdk::parse_json(setting("connector_settings"), settings, fault));
  const auto by_change = connector(
      "{\"database\":" + sdk::write_json(settings["database"]) +
      R"(,"read":{"youth":{"select":"SELECT * FROM youth","key_column":"youth_id","changed_column":"changed_at"}}})");
  std::string checkpoint;
  const auto all = read_all(*by_change, "youth", 10, &checkpoint);
  ASSERT_EQ(act("touch", R"(,"count":25)").status, 200);
  EXPECT_THAT(read_all(*by_change, "youth", 10, &checkpoint), SizeIs(25));
  EXPECT_GT(all.size(), 25u);
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         Simulated,
                         testing::Values("sqlite", "postgresql"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace concord::juvenile_justice
