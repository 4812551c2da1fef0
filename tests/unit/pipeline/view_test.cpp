// What decisions rest on is swapped while batches and sends are under way: no one is half old, half
// new, and whoever swaps waits for them.
#include <gmock/gmock.h>

#include <fstream>
#include <future>
#include <thread>

#include "hub/base/files.hpp"
#include "tests/unit/pipeline/applying.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;

// A consent is what the placement rests on here: the source is covered by HIPAA.
class ConsentTest : public ApplyTest {
 protected:
  void SetUp() override {
    ApplyTest::SetUp();
    world.coalition.agencies[0].capacities = {"covered_entity", "mdt_member"};
    model::Consent consent;
    consent.id = model::ConsentId("C-1");
    consent.child = {model::SystemId("child_welfare"), "SYN-CW-1"};
    consent.signers = {"minor", "parent"};
    consent.recipients = {"court"};
    consent.purposes = {"case_planning"};
    consent.signed_at = consent.start = base::parse_instant("2026-01-02T00:00:00Z");
    consent.end = base::parse_instant("2036-01-02T00:00:00Z");
    world.evidence.consents = {consent};
  }
};

TEST_F(ConsentTest, a_consent_that_is_there_lets_it_go) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  EXPECT_TRUE(world.wait([&] { return world.notes() == 1; }));
}

TEST_F(ConsentTest, a_consent_that_is_removed_stops_what_waits) {
  world.start();
  let_one_wait();
  world.evidence.consents.clear();
  apply();
  court_is(false);
  expect_withheld("NO_ACTIVE_CONSENT");
}

TEST_F(ConsentTest, a_consent_that_is_added_sends_what_was_withheld_for_want_of_it) {
  const auto consents = world.evidence.consents;
  world.evidence.consents.clear();
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  expect_withheld("NO_ACTIVE_CONSENT");
  world.evidence.consents = consents;
  apply();
  EXPECT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(ConsentTest, a_consent_that_was_revoked_by_command_stays_revoked_whatever_the_file_says) {
  world.start();
  ASSERT_TRUE(world.hub().revoke(model::ConsentId("C-1")));
  world.coalition.name = "changed";
  apply();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.notes(), 0u);
}

TEST_F(ConsentTest, is_not_done_before_a_send_that_began_under_the_old_view_has_ended) {
  std::promise<void> writing;
  std::promise<void> go;
  world.court().before_write = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    writing.set_value();
    go.get_future().wait();
  };
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  writing.get_future().wait();
  world.evidence.consents.clear();
  const auto next = world.setup();
  auto done = std::async(std::launch::async, [&] { return world.hub().apply(next).ok(); });
  // It is in force already for whatever begins now.
  ASSERT_TRUE(world.wait([&] { return world.hub().view()->evidence().consents.empty(); }));
  EXPECT_EQ(done.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  go.set_value();
  EXPECT_TRUE(done.get());
  EXPECT_EQ(world.notes(), 1u);
}

// Under view A a placement's facility is called by its name and goes by flow a; under B it is
// called by its address's city and goes by flow b. Whatever was taken must be all of A or all of B.
using ViewTest = ApplyTest;

TEST_F(ViewTest, no_batch_is_half_old_and_half_new) {
  const std::string tables = world.folder() + "/tables";
  auto table = base::read_file(
      std::string(CONCORD_SOURCE_DIR) + "/mappings/child_welfare/in/placement.csv", 1u << 20);
  ASSERT_TRUE(table);
  const std::string row = "\nfacility,facility_name,";
  ASSERT_NE(table->find(row), std::string::npos);
  table->replace(table->find(row), row.size(), "\nfacility,caregiver_name,");
  std::filesystem::create_directories(tables + "/child_welfare/in");
  std::ofstream(tables + "/child_welfare/in/placement.csv") << *table;

  world.coalition.flows[0].id = model::FlowId("a");
  const auto a = world.setup();
  world.coalition.flows[0].id = model::FlowId("b");
  world.more_mappings = {tables};
  const auto b = world.setup();
  world.start();
  for (int child = 1; child <= 4; ++child) world.know(child);
  std::atomic<bool> done{false};
  std::vector<std::thread> sources;
  for (int child = 1; child <= 4; ++child)
    sources.emplace_back([&, child] {
      for (int version = 1; !done;) {
        model::Batch batch;
        for (const int last = version + 20; version < last; ++version) {
          const std::string number = std::to_string(version);
          batch.records.push_back(SmallWorld::placement(child, number, "by name " + number));
          batch.records.back().body.insert(1, R"("caregiver_name":"by carer )" + number + R"(",)");
        }
        for (const auto& answer : world.welfare().intake->deliver(std::move(batch)))
          EXPECT_FALSE(answer) << to_text(*answer);
      }
    });
  for (int turn = 0; turn < 20; ++turn) {
    ASSERT_TRUE(world.hub().apply(turn % 2 == 0 ? a : b));
    const int64_t before = world.ledger().records;
    ASSERT_TRUE(world.wait([&] { return world.ledger().records > before + 50; }));
  }
  done = true;
  for (std::thread& source : sources) source.join();

  std::map<std::string, int> seen;
  for (const Outcome outcome : {Outcome::waiting, Outcome::delivered, Outcome::withheld})
    for (const model::Delivery& delivery : world.deliveries(outcome)) {
      auto entity = world.hub().store().entity(delivery.entity, delivery.version);
      ASSERT_TRUE(entity);
      ++seen[delivery.flow.value];
      const bool by_name = entity->body.find("by name") != std::string::npos;
      EXPECT_EQ(by_name, delivery.flow.value == "a") << entity->body;
    }
  EXPECT_GT(seen["a"], 0);
  EXPECT_GT(seen["b"], 0);
  EXPECT_TRUE(world.wait([&] { return world.deliveries(Outcome::waiting).empty(); }));
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(ViewTest, two_consents_that_are_granted_at_once_are_both_in_force) {
  world.start();
  std::vector<std::thread> people;
  for (int i = 0; i < 8; ++i)
    people.emplace_back([&, i] {
      model::Consent consent;
      consent.id = model::ConsentId("C-" + std::to_string(i));
      consent.child = {model::SystemId("child_welfare"), "SYN-CW-1"};
      EXPECT_TRUE(world.hub().grant({consent}));
    });
  for (std::thread& one : people) one.join();
  EXPECT_EQ(world.hub().view()->evidence().consents.size(), 8u);
}

}  // namespace
}  // namespace concord::pipeline
