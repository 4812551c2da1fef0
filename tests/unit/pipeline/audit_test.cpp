// No audit, no send; and what the audit holds of what a hub does.
#include <gmock/gmock.h>

#include "hub/base/files.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using audit::Kind;
using model::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

class HubAuditTest : public testing::Test {
 protected:
  void SetUp() override { world.assign_to_court(9); }
  // What stands in the store at this moment, as another process sees it.
  std::vector<audit::Written> entries() {
    auto store = store::Store::open(world.coalition.data_folder, store::Open::read);
    EXPECT_TRUE(store) << to_text(store.error());
    std::vector<audit::Written> all;
    EXPECT_TRUE((*store)->each_leaf([&](uint64_t, std::string_view leaf) {
      all.push_back(*audit::read_leaf(leaf));
      return true;
    }));
    return all;
  }
  std::vector<Kind> kinds() {
    std::vector<Kind> kinds;
    for (const audit::Written& written : entries()) kinds.push_back(written.entry.kind);
    return kinds;
  }
  // From now on nothing of this kind can be written to the audit.
  void refuse(const std::string& kind) {
    world.sql("CREATE TRIGGER refuse BEFORE INSERT ON audit WHEN instr(NEW.leaf, '\"kind\":\"" +
              kind + "\"') BEGIN SELECT RAISE(ABORT, 'refused by the test'); END");
  }
  void allow() { world.sql("DROP TRIGGER refuse"); }
  SmallWorld world;
};

TEST_F(HubAuditTest, a_delivery_is_decided_started_and_disclosed) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  const auto all = entries();
  ASSERT_THAT(kinds(), ElementsAre(Kind::decision, Kind::started, Kind::disclosed));
  const audit::Entry& started = all[1].entry;
  EXPECT_EQ(started.to, "court");
  EXPECT_EQ(started.agency, "court");
  EXPECT_EQ(started.purpose, "case_planning");
  EXPECT_EQ(started.type, "Placement");
  EXPECT_THAT(started.fields, testing::Contains("placement.start"));
  EXPECT_EQ(started.delivery, world.deliveries(Outcome::delivered)[0].id);
  EXPECT_EQ(started.delivery, all[2].entry.delivery);
  EXPECT_FALSE(started.rules.empty());
  const model::PersonId person = *world.hub().person_of({model::SystemId("court"), "SYN-CP-1"});
  const base::Key key = **world.hub().store().audit_key(person);
  for (const audit::Written& written : all) EXPECT_TRUE(audit::is_of(written, key));
}

TEST_F(HubAuditTest, what_starts_is_durable_in_the_audit_before_the_first_byte_leaves) {
  std::vector<Kind> seen;
  world.court().before_write = [&] { seen = kinds(); };
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
  EXPECT_THAT(seen, ElementsAre(Kind::decision, Kind::started));
}

TEST_F(HubAuditTest, nothing_is_sent_while_the_audit_cannot_be_written) {
  world.start();
  world.know(1);
  refuse("started");
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] {
    const auto waiting = world.deliveries(Outcome::waiting);
    return waiting.size() == 1 && world.hub().store().commits() > 5;
  }));
  EXPECT_EQ(world.notes(), 0u);
  EXPECT_THAT(kinds(), ElementsAre(Kind::decision));
  allow();
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(world.notes(), 1u);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(HubAuditTest, no_decision_is_kept_that_the_audit_does_not_have) {
  world.start();
  world.know(1);
  const auto before = world.ledger().records;
  refuse("decision");
  auto answers = world.welfare().intake->deliver(
      {{SmallWorld::placement(1, "1", "Example Home")}, {}, "", false});
  ASSERT_TRUE(answers.at(0));
  EXPECT_EQ(answers.at(0)->error_class, base::ErrorClass::retry);
  EXPECT_EQ(world.ledger().records, before);
  allow();
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.notes() == 1; }));
}

TEST_F(HubAuditTest, an_outcome_that_the_audit_does_not_have_is_not_kept) {
  world.start();
  world.know(1);
  refuse("disclosed");
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.notes() >= 1; }));
  EXPECT_TRUE(world.deliveries(Outcome::delivered).empty());
  allow();
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(kinds().back(), Kind::disclosed);
}

TEST_F(HubAuditTest, a_delivery_that_is_tried_again_as_it_was_started_once) {
  int tries = 0;
  world.court().answer = [&](const runtime::WriteItem&) {
    runtime::WriteOutcome outcome;
    if (++tries < 4) outcome.error = base::retry_error("HTTP_503", "notes", "busy", "wait");
    return outcome;
  };
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_EQ(tries, 4);
  EXPECT_THAT(kinds(), ElementsAre(Kind::decision, Kind::started, Kind::disclosed));
}

TEST_F(HubAuditTest, what_is_withheld_refused_granted_and_revoked_is_told) {
  world.coalition.assignments.clear();
  world.assign_to_court(1);
  world.court().answer = [](const runtime::WriteItem&) {
    runtime::WriteOutcome outcome;
    outcome.error = base::bad_record("HTTP_422", "notes", "refused", "mend it");
    return outcome;
  };
  world.start();
  world.know(1);
  world.know(2);
  world.place(2, "1", "Example Home");  // nobody at the court works with this child
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::parked).size() == 1; }));
  model::Consent consent;
  consent.id = model::ConsentId("SYN-CONSENT");
  consent.child = {model::SystemId("court"), "SYN-CP-1"};
  ASSERT_TRUE(world.hub().grant({consent}));
  ASSERT_TRUE(world.hub().revoke(consent.id));
  ASSERT_TRUE(world.hub().drop_delivery(world.deliveries(Outcome::parked)[0].id, "no use"));
  ASSERT_THAT(kinds(),
              ElementsAre(Kind::withheld,
                          Kind::decision,
                          Kind::started,
                          Kind::failed,
                          Kind::granted,
                          Kind::revoked,
                          Kind::failed));
  EXPECT_THAT(entries()[0].entry.reasons, testing::Contains("NOT_ASSIGNED"));
  EXPECT_THAT(entries()[3].entry.reasons, ElementsAre("HTTP_422"));
  const model::PersonId person = *world.hub().person_of(consent.child);
  const base::Key key = **world.hub().store().audit_key(person);
  EXPECT_THAT(*audit::evidence_of(entries()[4], key), ElementsAre("SYN-CONSENT"));
}

TEST_F(HubAuditTest, is_whole_beside_the_running_hub_and_signed_to_its_end_when_it_stops) {
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  auto reader = store::Store::open(world.coalition.data_folder, store::Open::read);
  ASSERT_TRUE(reader);
  auto report = (*reader)->check_audit({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->faults.empty()) << to_text(report->faults);
  EXPECT_EQ(report->entries, 3u);
  world.stop();
  report = (*reader)->check_audit({});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->faults.empty()) << to_text(report->faults);
  ASSERT_FALSE(report->heads.empty());
  EXPECT_EQ(report->heads.back().size, 3u);
  const std::string lines =
      base::read_file(world.coalition.data_folder + "/heads.jsonl", 1u << 20).value();
  EXPECT_THAT(lines, HasSubstr(audit::to_json(report->heads.back())));
}

TEST_F(HubAuditTest, its_heads_are_handed_to_the_agencies_that_witness) {
  const std::string file = world.coalition.data_folder + "/kept_by_the_court.jsonl";
  world.coalition.witnesses = {world.coalition.data_folder + "/away/heads.jsonl", file};
  world.start();
  world.know(1);
  world.place(1, "1", "Example Home");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  EXPECT_FALSE(world.hub().sign_head());  // one of the two is away
  const auto behind = world.hub().audit_behind();
  ASSERT_TRUE(behind);
  EXPECT_THAT(behind->error.place, HasSubstr("/away/heads.jsonl"));
  const std::string kept = base::read_file(file, 1u << 20).value();
  auto head = audit::read_head(kept);
  ASSERT_TRUE(head) << kept;
  EXPECT_EQ(head->size, 3u);
  auto report = world.hub().store().check_audit({*head});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->faults.empty()) << to_text(report->faults);
  // Once it is there again it gets all that it missed, and nothing is behind.
  std::filesystem::create_directory(world.coalition.data_folder + "/away");
  EXPECT_TRUE(world.hub().sign_head());
  EXPECT_FALSE(world.hub().audit_behind());
}

}  // namespace
}  // namespace concord::pipeline
