#include "hub/app/coalition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/app/builders.hpp"

namespace concord::app {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

base::Instant at(const char* text) {
  return base::parse_instant(text).value();
}

class CoalitionFiles : public ::testing::Test {
 protected:
  CoalitionFiles() { a_coalition(folder); }
  Folder folder;
};

TEST_F(CoalitionFiles, whole_ones_become_a_coalition) {
  auto loaded = load_coalition(folder.path(), {}, environment({{"CWA_PORT", "4711"}}));
  ASSERT_TRUE(loaded.ok()) << faults(loaded.error(), folder);
  const model::Coalition& c = *loaded;
  EXPECT_EQ(c.name, "Example County");
  EXPECT_EQ(c.jurisdiction, "US-MA");
  EXPECT_TRUE(c.hub_is_intermediary);
  EXPECT_EQ(c.data_folder, folder.path() + "/data");
  EXPECT_THAT(c.witnesses, ElementsAre(folder.path() + "/heads/court.jsonl"));
  EXPECT_THAT(c.connector_folders, ElementsAre(folder.path() + "/connectors"));
  ASSERT_EQ(c.agencies.size(), 2u);
  EXPECT_EQ(c.agencies[1].credentials.at("ori"), "SYN0001");
  const model::System* cwa = c.system(model::SystemId("cwa"));
  ASSERT_NE(cwa, nullptr);
  EXPECT_EQ(cwa->zone, "America/New_York");
  EXPECT_EQ(cwa->mapping, "cms");
  EXPECT_EQ(cwa->config,
            R"({"rest":{"url":"http://127.0.0.1:4711","secret":"${file:secrets/cms}"}})");
  EXPECT_EQ(c.system(model::SystemId("advocacy_cms"))->config,
            R"({"folder":")" + folder.path() + R"(/drop"})");
  EXPECT_EQ(c.system(model::SystemId("advocacy_cms"))->write_batch, 10u);
  ASSERT_EQ(c.jobs.size(), 2u);
  EXPECT_EQ(c.jobs[0].schedule->every, std::chrono::minutes{15});
  EXPECT_EQ(c.jobs[1].schedule->minute, 30);
  EXPECT_FALSE(c.jobs[1].on_event);
  ASSERT_EQ(c.flows.size(), 1u);
  EXPECT_EQ(c.flows[0].trigger, "event");
  ASSERT_EQ(c.roster.size(), 1u);
  EXPECT_EQ(*c.roster[0].start, at("2026-01-01T05:00:00Z"));
  EXPECT_EQ(*c.roster[0].end, at("2027-01-01T05:00:00Z"));  // the last day counts whole
  ASSERT_EQ(c.assignments.size(), 1u);
  EXPECT_EQ(c.assignments[0].child.key, "SYN-CW-000001");
  EXPECT_EQ(faults(folder), "");
}

TEST_F(CoalitionFiles, hold_the_evidence) {
  auto coalition = load_coalition(folder.path(), {}, environment());
  auto evidence = load_evidence(*coalition, environment());
  ASSERT_TRUE(evidence.ok()) << faults(evidence.error(), folder);
  ASSERT_EQ(evidence->consents.size(), 1u);
  const model::Consent& consent = evidence->consents[0];
  EXPECT_EQ(*consent.end, at("2027-01-01T05:00:00Z"));
  EXPECT_TRUE(consent.except_labels.has(model::Label::PART2));
  EXPECT_FALSE(consent.names_hub.has_value());
  EXPECT_EQ(evidence->orders.at(0).recipient, "advocacy");
  EXPECT_EQ(evidence->facts.at(0).value, "true");
}

TEST_F(CoalitionFiles, a_consent_ends_in_one_of_four_ways) {
  auto consent = [&](const std::string& end) {
    folder.with("consents/one.yaml",
                "- {id: C-1, child: {system: cwa, key: SYN-1}, form: part2" + end + "}\n");
    auto coalition = load_coalition(folder.path(), {}, environment());
    auto evidence = load_evidence(*coalition, environment());
    EXPECT_TRUE(evidence.ok()) << faults(evidence.error(), folder);
    return evidence->consents.at(0);
  };
  EXPECT_TRUE(consent(", end: 2026-12-31").end.has_value());
  EXPECT_TRUE(consent(", end: none").end_none);
  EXPECT_FALSE(consent(", end: null").end_given);
  const model::Consent unknown = consent("");
  EXPECT_TRUE(unknown.end_given);
  EXPECT_FALSE(unknown.end_none || unknown.end.has_value());
}

TEST_F(CoalitionFiles, tell_every_fault_at_once_with_file_and_line) {
  folder.with("agencies.yaml", R"(agencies:
  - id: advocacy
    name: Example Advocacy
    capacties: [coalition]
  - id: dcf
    name: Example DCF
    capacities: [cwaa]
  - {id: dcf, name: Again}
)");
  folder.with(
      "systems/cwa.yaml",
      "agency: dfc\nconnector: cms\nzone: America/New_Yrok\nconfig: {folder: x}\nlisten: true\n");
  folder.with("flows/missing.yaml", R"(jobs:
  - {id: a, system: cwaa, records: [person], every: 5x}
  - {id: a, system: cwa, records: [person], cron: "61 * * * *"}
  - {id: b, system: cwa, records: [person], every: 5m, daily: "02:30"}
flows:
  - {id: f, entities: [MissingEvent], to: cwa, trigger: evnt}
)");
  EXPECT_EQ(
      faults(folder),
      R"(CONFIG_UNKNOWN_KEY agencies.yaml:4: agency has no key "capacties".  Next: did you mean "capacities"?
CONFIG_TWICE agencies.yaml:8: agency "dcf" is there twice.  Next: rename one; the other is at agencies.yaml:5.
CONFIG_UNKNOWN_AGENCY systems/cwa.yaml:1: system agency: there is no agency "dfc".  Next: did you mean "dcf"?
ZONE_UNKNOWN systems/cwa.yaml:3: system zone: there is no time zone "America/New_Yrok".  Next: use an IANA name such as America/New_York.
CONFIG_UNKNOWN_KEY systems/cwa.yaml:5: system has no key "listen".  Next: did you mean "listens"?
CONFIG_UNKNOWN_SYSTEM flows/missing.yaml:2: job system: there is no system "cwaa".  Next: did you mean "cwa"?
CONFIG_VALUE flows/missing.yaml:2: job every: "5x" is no duration.  Next: write a number and ms, s, m, h or d, as in 15m.
CONFIG_TWICE flows/missing.yaml:3: job "a" is there twice.  Next: rename one; the other is at flows/missing.yaml:2.
CRON_INVALID flows/missing.yaml:3: job cron: "61": out of range.  Next: write numbers from 0 to 59, as in *, 5, 1-5, */15 or 1,15.
SCHEDULE_INVALID flows/missing.yaml:4: job every: a job has one schedule.  Next: keep one of every, daily and cron.
CONFIG_VALUE flows/missing.yaml:6: flow trigger: there is no "evnt".  Next: did you mean "event"?
)");
}

TEST_F(CoalitionFiles, team_and_evidence_are_checked_too) {
  folder.with("roster.yaml", "roster:\n  - {agency: advocacyy, status: gone, start: 01/02/2026}\n");
  folder.with(
      "assignments.csv",
      "agency,system,chld,start\nadvocacy,cwaa,SYN-1,yesterday\n\"advocacy\"x,cwa,SYN-2,\n");
  EXPECT_EQ(
      faults(folder),
      R"(CONFIG_UNKNOWN_AGENCY roster.yaml:2: seat agency: there is no agency "advocacyy".  Next: did you mean "advocacy"?
CONFIG_MISSING roster.yaml:2: seat role: is missing.  Next: add "role: …".
CONFIG_VALUE roster.yaml:2: seat status: there is no "gone".  Next: use one of: active, ended, suspended.
CONFIG_VALUE roster.yaml:2: seat start: "01/02/2026" is no date.  Next: write 2026-06-01, or an instant such as 2026-06-01T12:00:00Z.
CONFIG_UNKNOWN_KEY assignments.csv:1: there is no column "chld".  Next: did you mean "child"?
CONFIG_MISSING assignments.csv:1: the column "child" is missing.  Next: the first line is: agency,system,child,start,end,id; the last three may lack.
CONFIG_VALUE assignments.csv:2: there is no system "cwaa".  Next: did you mean "cwa"?
CONFIG_VALUE assignments.csv:2: "start" is no date.  Next: write it as 2026-06-01.
CSV_QUOTE assignments.csv:3:11: text after the closing quote.  Next: double the quotes within a cell.
)");
  a_coalition(folder);
  folder.with("consents/one.yaml", R"(consents:
  - {id: C-1, child: {system: cwa, keey: SYN-1}, form: part2, recipients: [hospital], except_labels: [PART3], end: soon}
  - {id: C-1, child: SYN-1, form: part2, names_hub: yes}
)");
  EXPECT_THAT(
      faults(folder),
      AllOf(
          HasSubstr("consents/one.yaml:2: child key: is missing"),
          HasSubstr("consents/one.yaml:2: child has no key \"keey\".  Next: did you mean \"key\"?"),
          HasSubstr("consents/one.yaml:2: consent recipients: there is no \"hospital\""),
          HasSubstr("consents/one.yaml:2: consent except_labels: there is no label \"PART3\""),
          HasSubstr("consents/one.yaml:2: consent end: \"soon\" is no date"),
          HasSubstr("CONFIG_TWICE consents/one.yaml:3"),
          HasSubstr("consents/one.yaml:3: expected the keys of a child"),
          HasSubstr("consents/one.yaml:3: consent names_hub: \"yes\" is no flag")));
}

TEST_F(CoalitionFiles, a_file_that_nobody_would_read_is_told) {
  folder.with("rooster.yaml", "").with("systems/x.yml", "").without("agencies.yaml");
  EXPECT_THAT(
      faults(folder),
      AllOf(
          HasSubstr("rooster.yaml: nothing reads a file of this name.  Next: did you mean "
                    "\"roster.yaml\"?"),
          HasSubstr(
              "systems/x.yml: nothing reads a file of this name.  Next: rename it to end in .yaml"),
          HasSubstr("agencies.yaml: the file is missing")));
  EXPECT_EQ(load_coalition(folder.path() + "/nowhere", {}, environment()).error().at(0).code,
            "CONFIG_FOLDER");
}

TEST_F(CoalitionFiles, what_yaml_refuses_is_told_with_its_line) {
  folder.with("agencies.yaml", "agencies:\n  - id: a\n    id: b\n");
  EXPECT_THAT(faults(folder), HasSubstr("agencies.yaml:3: the key \"id\" stands here twice"));
}

TEST_F(CoalitionFiles, references_are_replaced_or_told) {
  folder.with("systems/advocacy_cms.yaml",
              "agency: advocacy\nconnector: cms\nconfig:\n  folder: ${env:NOWHERE}\n  rest: {url: "
              "\"${hom}\", secret: \"x${file:y}\"}\n");
  EXPECT_THAT(faults(folder),
              AllOf(HasSubstr("systems/advocacy_cms.yaml:4: the environment has no NOWHERE"),
                    HasSubstr("systems/advocacy_cms.yaml:5: there is no reference \"${hom}\""),
                    HasSubstr("systems/advocacy_cms.yaml:5: a secret stands inside other text")));
}

}  // namespace
}  // namespace concord::app
