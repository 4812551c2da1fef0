// The docket API against the simulated court: reading, acknowledging, writing, and its faults.
#include <list>
#include <set>

#include "tests/integration/court/support.hpp"

namespace concord::court {
namespace {

using namespace testing_support;
using sdk::ErrorClass;
using testing::SizeIs;

std::set<std::string> keys(const std::vector<sdk::Record>& records) {
  std::set<std::string> out;
  for (const auto& r : records) out.insert(r.key);
  return out;
}

class Docket : public testing::Test {
 protected:
  sdk::Error read_error(const std::string& type = "party") {
    auto batch = connector_->read(type, "", {}, call_);
    EXPECT_FALSE(batch);
    return batch ? sdk::Error{} : batch.error();
  }
  std::vector<sdk::Outcome> write(const std::vector<sdk::Delivery>& deliveries) {
    auto outcomes = connector_->write(deliveries, call_);
    EXPECT_TRUE(outcomes);
    return outcomes ? *outcomes : std::vector<sdk::Outcome>{};
  }
  // A note about a child that the court knows; texts live as long as the fixture.
  sdk::Delivery note(const std::string& key, uint64_t version, const std::string& body = "") {
    texts_.push_back(key);
    sdk::Delivery d;
    d.key = texts_.back();
    texts_.push_back("ik-" + key + "-" + std::to_string(version));
    d.idempotency_key = texts_.back();
    d.type = "docket_note";
    d.version = version;
    d.subject = "SYN-CP-000001";
    texts_.push_back(body.empty() ? R"({"kind":"placement_change","docket":"26-JV-000001"})"
                                  : body);
    d.body = texts_.back();
    return d;
  }
  std::string code(const sdk::Outcome& outcome) {
    return outcome.error ? outcome.error->code : "ok";
  }

  SimulatedCourt at_;
  std::unique_ptr<sdk::Connector> connector_ = connect(config_for(at_));
  TestCall call_;
  std::list<std::string> texts_;
};

TEST_F(Docket, reads_everything_over_pages_of_any_size) {
  for (const uint32_t size : {1u, 7u, 500u}) {
    const sdk::ReadAll parties = read_whole(*connector_, "party", "", size);
    EXPECT_THAT(parties.records, SizeIs(at_.known()));
    EXPECT_EQ(keys(parties.records).size(), static_cast<size_t>(at_.known()));
  }
  EXPECT_GT(read_whole(*connector_, "case").records.size(), static_cast<size_t>(at_.known()) - 1);
  EXPECT_GT(read_whole(*connector_, "hearing").records.size(), 0u);
  const auto record = read_whole(*connector_, "hearing").records.at(0);
  EXPECT_EQ(record.origin, "GET /hearings items[0]");
  EXPECT_EQ(record.version, "000000000001");
  EXPECT_NE(record.changed_at_us, CONCORD_TIME_UNKNOWN);
  EXPECT_EQ(sdk::text_of(json(record.body)["start"], "zone"), "America/New_York");
}

TEST_F(Docket, reads_only_what_changed_since_the_checkpoint) {
  const sdk::ReadAll first = read_whole(*connector_, "hearing");
  EXPECT_THAT(read_whole(*connector_, "hearing", first.checkpoint).records, SizeIs(0));
  at_.tell("continue_hearing", R"({"child":1,"local":"2026-12-01T09:30:00"})");
  const sdk::ReadAll second = read_whole(*connector_, "hearing", first.checkpoint);
  ASSERT_THAT(second.records, SizeIs(2));
  EXPECT_EQ(sdk::text_of(json(second.records[0].body), "status"), "continued");
  EXPECT_EQ(second.records[0].version, "000000000002");
  EXPECT_EQ(sdk::text_of(json(second.records[1].body)["start"], "local"), "2026-12-01T09:30:00");
}

TEST_F(Docket, a_sealed_case_comes_as_a_new_version_of_all_that_belongs_to_it) {
  const sdk::ReadAll cases = read_whole(*connector_, "case");
  const sdk::ReadAll hearings = read_whole(*connector_, "hearing");
  at_.tell("seal_case", R"({"child":1})");
  const sdk::ReadAll again = read_whole(*connector_, "case", cases.checkpoint);
  ASSERT_THAT(again.records, SizeIs(1));
  EXPECT_TRUE(json(again.records[0].body)["sealed"].IsTrue());
  EXPECT_THAT(read_whole(*connector_, "hearing", hearings.checkpoint).records, SizeIs(1));
}

TEST_F(Docket, loses_nothing_when_the_court_prunes_what_is_acknowledged) {
  at_.tell("prune_on_ack", R"({"on":true})");
  connector_ = connect(config_for(at_, R"(,"ack":true,"page_size":5)"));
  // Twice without ack, as after a crash before the commit: the same records come again.
  auto first = connector_->read("party", "", {}, call_);
  auto repeat = connector_->read("party", "", {}, call_);
  ASSERT_TRUE(first && repeat);
  EXPECT_EQ(keys(first->records), keys(repeat->records));
  EXPECT_THAT(read_whole(*connector_, "party").records, SizeIs(at_.known()));
  // And now the court holds none of them any more.
  EXPECT_THAT(read_whole(*connector_, "party").records, SizeIs(0));
}

TEST_F(Docket, sorts_faults_of_the_court_into_classes) {
  at_.fault(R"({"kind":"status","status":503})");
  EXPECT_EQ(read_error().error_class, ErrorClass::retry);
  at_.fault(R"({"kind":"rate_limited","delay_ms":3000})");
  const sdk::Error limited = read_error();
  EXPECT_EQ(limited.error_class, ErrorClass::rate_limited);
  EXPECT_EQ(limited.retry_after, std::chrono::milliseconds(3000));
  at_.fault(R"({"kind":"bad_token"})");
  EXPECT_EQ(read_error().error_class, ErrorClass::auth);
  at_.fault(R"({"kind":"truncated_body"})");
  EXPECT_EQ(read_error().error_class, ErrorClass::retry);
  at_.fault(R"({"kind":"status","status":404})");
  EXPECT_EQ(read_error().error_class, ErrorClass::config);
  at_.court->stop();
  EXPECT_EQ(read_error().error_class, ErrorClass::retry);
  EXPECT_TRUE(at_.court->start());
  EXPECT_THAT(read_whole(*connector_, "party").records, SizeIs(at_.known()));
}

TEST_F(Docket, a_cursor_that_the_court_forgot_says_what_to_do) {
  auto batch = connector_->read("party", R"({"cursor":"nonsense"})", {}, call_);
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code, "DOCKET_CURSOR_GONE");
  EXPECT_EQ(connector_->read("party", "not json", {}, call_).error().code, "CHECKPOINT");
}

TEST_F(Docket, gives_duplicates_and_wrong_order_on_as_they_come) {
  at_.fault(R"({"kind":"duplicate","place":"/parties"})");
  EXPECT_THAT(read_whole(*connector_, "party").records, SizeIs(at_.known() + 1));
  at_.tell("correct_party", R"({"child":1,"family":"Example-New"})");
  at_.fault(R"({"kind":"out_of_order","place":"/parties"})");
  const sdk::ReadAll all = read_whole(*connector_, "party");
  ASSERT_THAT(all.records, SizeIs(at_.known() + 1));
  EXPECT_EQ(all.records.front().version, "000000000002");
  EXPECT_EQ(all.records.back().version, "000000000001");
}

TEST_F(Docket, check_tells_a_good_court_from_a_bad_token_and_a_dead_host) {
  EXPECT_TRUE(connector_->check(call_));
  auto wrong =
      connect(R"({"zone":"UTC","api":{"url":")" + at_.setting("url") + R"(","token":"wrong"}})");
  EXPECT_EQ(wrong->check(call_).error().error_class, ErrorClass::auth);
  at_.court->stop();
  EXPECT_EQ(connector_->check(call_).error().error_class, ErrorClass::retry);
}

TEST_F(Docket, writes_many_notes_in_one_request_with_an_outcome_each) {
  std::vector<sdk::Delivery> notes;
  for (int i = 0; i < 300; ++i) notes.push_back(note("n-" + std::to_string(i), 1));
  notes[7].body = "{}";                // no kind
  notes[9].subject = "SYN-CP-999999";  // nobody
  const auto outcomes = write(notes);
  ASSERT_THAT(outcomes, SizeIs(300));
  EXPECT_EQ(code(outcomes[0]), "ok");
  EXPECT_EQ(outcomes[0].remote_id, "SYN-N-n-0");
  EXPECT_EQ(code(outcomes[7]), "NOTE_KIND");
  EXPECT_EQ(outcomes[7].error->error_class, ErrorClass::bad_record);
  EXPECT_EQ(code(outcomes[9]), "PARTY_UNKNOWN");
  EXPECT_EQ(at_.court->journal().count(sim::Effect::applied), 298u);
}

TEST_F(Docket, brings_what_must_go_along_with_the_note) {
  for (const bool bulk : {true, false}) {
    connector_ = connect(config_for(at_, bulk ? "" : R"(,"bulk_notes":false)"));
    const uint64_t before = at_.court->journal().lines();
    auto obliged = note(bulk ? "ob" : "os", 1);
    obliged.obligations = {{"no_redisclosure", "", "Do not pass this on."}};
    EXPECT_EQ(code(write({obliged, note(bulk ? "ob2" : "os2", 1)})[0]), "ok");
    const auto lines = at_.court->journal().since(before);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_THAT(lines[0],
                testing::HasSubstr(
                    R"("obligations":[{"code":"no_redisclosure","text":"Do not pass this on."}])"));
    EXPECT_THAT(lines[1], testing::Not(testing::HasSubstr("obligations")));
  }
}

TEST_F(Docket, a_repeat_has_no_second_effect_and_a_stale_version_none_at_all) {
  for (const bool bulk : {true, false}) {
    connector_ = connect(config_for(at_, bulk ? "" : R"(,"bulk_notes":false)"));
    const std::string key = bulk ? "b" : "s";
    EXPECT_EQ(code(write({note(key, 2), note(key + "2", 1)})[0]), "ok");
    const uint64_t applied = at_.court->journal().count(sim::Effect::applied);
    EXPECT_EQ(code(write({note(key, 2), note(key + "2", 1)})[0]), "ok");
    EXPECT_EQ(code(write({note(key, 1), note(key + "2", 1)})[0]), "ok");
    EXPECT_EQ(at_.court->journal().count(sim::Effect::applied), applied);
  }
  EXPECT_EQ(at_.court->journal().count(sim::Effect::stale), 2u);
}

TEST_F(Docket, a_connection_that_breaks_after_the_commit_is_retried_without_a_second_effect) {
  at_.fault(R"({"kind":"reset_after_commit","place":"/docket/v1/notes"})");
  const std::vector<sdk::Delivery> notes{note("a", 1), note("b", 1)};
  for (const auto& outcome : write(notes)) {
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->error_class, ErrorClass::retry);
  }
  for (const auto& outcome : write(notes)) EXPECT_FALSE(outcome.error);
  EXPECT_EQ(at_.court->journal().count(sim::Effect::applied), 2u);
  EXPECT_EQ(at_.court->journal().count(sim::Effect::repeat), 2u);
}

TEST_F(Docket, a_refused_child_does_not_hold_back_the_others) {
  at_.tell("refuse_party", R"({"child":1,"on":true})");
  auto other = note("o", 1);
  other.subject = "SYN-CP-000002";
  const auto outcomes = write({note("r", 1), other});
  EXPECT_EQ(code(outcomes[0]), "NOTE_REFUSED");
  EXPECT_EQ(code(outcomes[1]), "ok");
}

TEST_F(Docket, withdraws_a_note) {
  auto d = note("w", 2, " ");
  d.withdraw = true;
  EXPECT_EQ(code(write({d})[0]), "ok");
  EXPECT_NE(at_.court->journal().since(0).at(0).find("\"operation\":\"withdraw\""),
            std::string::npos);
}

TEST_F(Docket, files_with_the_court_as_ecf) {
  auto d = note(
      "f",
      1,
      R"({"docket":"26-JV-000001","kind":"progress_report","filed_at":"2026-03-02T12:00:00Z","party":{"name":{"given":"A","family":"Testfamily"}}})");
  d.type = "filing";
  EXPECT_EQ(code(write({d})[0]), "ok");
  const std::string line = at_.court->journal().since(0).at(0);
  EXPECT_NE(line.find("\"docket\":\"26-JV-000001\""), std::string::npos);
  EXPECT_NE(line.find("\"sensitivity\":\"confidential\""), std::string::npos);
  EXPECT_NE(line.find("\"subject\":\"SYN-CP-000001\""), std::string::npos);
  EXPECT_EQ(code(write({d})[0]), "ok");
  EXPECT_EQ(at_.court->journal().count(sim::Effect::repeat), 1u);
}

TEST_F(Docket, keeps_the_order_of_mixed_deliveries) {
  auto odd = note("x", 1);
  odd.type = "placement";
  auto filing = note("f", 1, "{}");
  filing.type = "filing";
  const auto outcomes = write({note("a", 1), note("b", 1), filing, odd, note("c", 1)});
  ASSERT_THAT(outcomes, SizeIs(5));
  EXPECT_EQ(code(outcomes[1]), "ok");
  EXPECT_EQ(code(outcomes[2]), "ECF_FIELD_MISSING");
  EXPECT_EQ(code(outcomes[3]), "RECORD_TYPE");
  EXPECT_EQ(code(outcomes[4]), "ok");
}

TEST_F(Docket, describes_samples_that_are_json_and_types_that_it_reads) {
  auto text = connector_->describe(call_);
  ASSERT_TRUE(text);
  const auto described = json(*text);
  EXPECT_EQ(described["record_types"].Size(), 6u);
  for (const auto& type : described["record_types"].GetArray()) {
    EXPECT_TRUE(type["sample"].IsObject());
    if (type["reads"].IsTrue()) {
      EXPECT_TRUE(connector_->read(sdk::text_of(type, "name"), "", {}, call_));
    }
  }
  EXPECT_EQ(connector_->read("nonsense", "", {}, call_).error().code, "RECORD_TYPE");
}

}  // namespace
}  // namespace concord::court
