// What the law wants to stand with a record goes over the boundary with it, or the record does not.
#include <gmock/gmock.h>

#include "hub/model/obligation.hpp"
#include "tests/unit/pipeline/small_world.hpp"

namespace concord::pipeline {
namespace {

using model::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kNotice =
    "42 CFR part 2 prohibits unauthorized use or disclosure of these records.";

// A hospital with a part 2 program tells the department of diagnoses, with the consents of child 1.
class ObligationsTest : public testing::Test {
 protected:
  void SetUp() override {
    world.coalition.agencies.push_back(
        {model::AgencyId("hospital"), "Hospital", {"covered_entity", "mdt_member"}, {}, {}, {"*"}});
    model::System health = world.coalition.systems.front();
    health.id = model::SystemId("health");
    health.agency = model::AgencyId("hospital");
    health.connector = health.mapping = "health";
    world.coalition.systems.push_back(health);
    model::Flow flow;
    flow.id = model::FlowId("diagnoses");
    flow.entities = {"Condition"};
    flow.from = {model::AgencyId("hospital")};
    flow.to = model::SystemId("child_welfare");
    flow.purpose = "case_planning";
    world.coalition.flows = {flow};
    for (const char* form : {"hipaa_auth", "part2"}) consent(form);
  }

  void consent(const std::string& form) {
    model::Consent consent;
    consent.id = model::ConsentId("C-" + form);
    consent.child = {model::SystemId("health"), "SYN-MRN-1"};
    consent.form = form;
    consent.signers = {"minor", "parent"};
    consent.recipients = {"dcf"};
    consent.names_hub = true;
    consent.purposes = {"case_planning"};
    consent.signed_at = consent.start = *base::parse_instant("2026-01-02T00:00:00Z");
    consent.end = *base::parse_instant("2031-01-01T00:00:00Z");
    world.evidence.consents.push_back(consent);
  }

  // The connector of the department, as its manifest names what it writes along.
  void honours(std::vector<std::string> codes) { honoured = std::move(codes); }
  std::shared_ptr<pipeline::Setup> setup() {
    auto made = world.setup();
    made->libraries["child_welfare"] = {"1.0.0", "", "", honoured};
    return made;
  }
  void start() {
    world.start();
    ASSERT_TRUE(world.hub().apply(setup()));
    auto person = world.welfare().intake->deliver({{SmallWorld::person(1)}, {}, "", false});
    ASSERT_FALSE(person.at(0)) << to_text(*person.at(0));
    const std::string patient =
        R"({"resourceType":"Patient","id":"SYN-MRN-1","identifier":[)"
        R"({"system":"urn:syn:mrn","value":"SYN-MRN-1"},)"
        R"({"system":"urn:syn:state-id","value":"SYN-00001"}],)"
        R"("name":[{"use":"official","family":"Testfamily","given":["Adaa"]}],)"
        R"("gender":"female","birthDate":"2012-04-09"})";
    gives("Patient", "SYN-MRN-1", patient);
  }
  void gives(const std::string& type, const std::string& key, const std::string& body) {
    model::Record record;
    record.system = model::SystemId("health");
    record.type = type;
    record.key = key;
    record.version = "1";
    record.body = body;
    record.read_at = base::now();
    auto answers = world.side("health").intake->deliver({{record}, {}, "", false});
    ASSERT_FALSE(answers.at(0)) << to_text(*answers.at(0));
  }
  void diagnosis(const std::string& key, const std::string& code) {
    gives("Condition",
          key,
          R"({"resourceType":"Condition","id":")" + key +
              R"(","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":")" +
              code +
              R"("}]},"subject":{"reference":"Patient/SYN-MRN-1"},)"
              R"("recordedDate":"2026-02-27"})");
  }
  std::vector<std::string> codes(const runtime::WriteItem& item) {
    std::vector<std::string> out;
    for (const model::Obligation& one : item.obligations) out.push_back(one.code);
    return out;
  }

  SmallWorld world;
  std::vector<std::string> honoured{model::kCarried.begin(), model::kCarried.end()};
};

TEST_F(ObligationsTest, a_part_2_record_that_has_its_consent_arrives_with_its_notice) {
  start();
  diagnosis("SYN-C-1", "F10.20");
  ASSERT_TRUE(world.wait([&] { return world.welfare().all_written().size() == 1; }));
  const runtime::WriteItem written = world.welfare().all_written().at(0);
  EXPECT_THAT(written.body, HasSubstr("F10.20"));
  EXPECT_THAT(codes(written), ElementsAre("notice_part2", "copy_of_consent", "label_sticky"));
  EXPECT_EQ(written.obligations.at(0).text, kNotice);
  EXPECT_EQ(written.obligations.at(1).value, "C-part2");
  EXPECT_EQ(written.obligations.at(2).value, "PART2");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::delivered).size() == 1; }));
  const int64_t delivery = world.deliveries(Outcome::delivered).at(0).id;
  EXPECT_EQ(*world.hub().store().went_along(delivery), "notice_part2 copy_of_consent label_sticky");
}

TEST_F(ObligationsTest, a_record_that_may_go_alone_goes_alone) {
  start();
  diagnosis("SYN-C-2", "K35.80");
  ASSERT_TRUE(world.wait([&] { return world.welfare().all_written().size() == 1; }));
  EXPECT_THAT(world.welfare().all_written().at(0).obligations, testing::IsEmpty());
}

TEST_F(ObligationsTest, a_connector_that_does_not_write_the_notice_along_gets_nothing_of_it) {
  honours({"copy_of_consent", "no_redisclosure", "no_proceedings", "destroy_by", "label_sticky"});
  start();
  diagnosis("SYN-C-1", "F10.20");
  diagnosis("SYN-C-2", "K35.80");
  ASSERT_TRUE(world.wait([&] { return world.welfare().all_written().size() == 1; }));
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_THAT(world.welfare().all_written().at(0).body, HasSubstr("K35.80"));
  const model::Delivery withheld = world.deliveries(Outcome::withheld).at(0);
  EXPECT_EQ(withheld.reason, "OBLIGATION_UNSUPPORTED");
  EXPECT_THAT(withheld.detail, HasSubstr("the connector \"child_welfare\" wrote along"));
  EXPECT_THAT(withheld.detail, HasSubstr("notice_part2; install one whose manifest honours that"));
  EXPECT_TRUE(world.ledger().balanced());

  // One that does is installed: what was withheld is looked at again, and goes.
  honours({model::kCarried.begin(), model::kCarried.end()});
  ASSERT_TRUE(world.hub().apply(setup()));
  ASSERT_TRUE(world.wait([&] { return world.welfare().all_written().size() == 2; }));
  EXPECT_EQ(world.welfare().all_written().at(1).obligations.at(0).text, kNotice);
  EXPECT_TRUE(world.ledger().balanced());
}

TEST_F(ObligationsTest, what_is_queued_is_held_against_the_connector_that_is_there_when_it_goes) {
  start();
  {
    const std::scoped_lock lock(world.welfare().mutex);
    world.welfare().down = base::retry_error("DOWN", "system", "it is down", "wait");
  }
  diagnosis("SYN-C-1", "F10.20");
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::waiting).size() == 1; }));
  honours({});
  ASSERT_TRUE(world.hub().apply(setup()));
  {
    const std::scoped_lock lock(world.welfare().mutex);
    world.welfare().down.reset();
  }
  ASSERT_TRUE(world.wait([&] { return world.deliveries(Outcome::withheld).size() == 1; }));
  EXPECT_EQ(world.deliveries(Outcome::withheld).at(0).reason, "OBLIGATION_UNSUPPORTED");
  EXPECT_THAT(world.welfare().all_written(), testing::IsEmpty());
}

}  // namespace
}  // namespace concord::pipeline
