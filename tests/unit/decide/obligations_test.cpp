// What goes along with a decision: in whose words, for whom it must be possible, and who is told.
#include <gmock/gmock.h>

#include "hub/decide/explain.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kAll(model::kCarried.begin(), model::kCarried.end());
constexpr const char* kNotice =
    "42 CFR part 2 prohibits unauthorized use or disclosure of these records.";

// A diagnosis of a part 2 program, with the consent that names the recipient.
model::DecisionInput a_diagnosis() {
  return request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"purpose":"case_planning",)"
      R"("source":{"agency":"s","capacities":["part2_program"]},)"
      R"("recipient":{"agency":"r","capacities":["cwa"],"supports":["*"]},)"
      R"("subject":{"candidates":1,"match_confidence":0.99,"age":15},"fields":{"sud.dx":["PART2"]},)"
      R"("evidence":{"consents":[{"id":"c1","form":"part2","decision":"permit","missing":[],)"
      R"("signers":["subject_or_representative"],"recipients":["r"],"names_hub":true,)"
      R"("purposes":["case_planning"],"signed":"2026-01-01","start":"2026-01-01","end":"2026-12-31"}]}}})");
}

model::DecisionInput to_a_connector(std::vector<std::string> honours) {
  auto input = a_diagnosis();
  input.recipient.connector = "school";
  input.recipient.honours = std::move(honours);
  return input;
}

std::vector<std::string> codes_of(const model::Decision& decision) {
  std::vector<std::string> out;
  for (const model::Obligation& one : decision.carried) out.push_back(one.code);
  return out;
}

TEST(Carried, brings_the_laws_notice_the_consents_scope_and_the_label) {
  const auto decision = shipped_engine().decide(a_diagnosis());
  ASSERT_EQ(decision.carried.size(), 3u);
  EXPECT_EQ(decision.carried[0], (model::Obligation{"notice_part2", "", kNotice}));
  EXPECT_EQ(decision.carried[1],
            (model::Obligation{
                "copy_of_consent",
                "c1",
                "Given with consent c1, signed on 2026-01-01. Its purpose: case "
                "planning. It covers: all. It ends at 2027-01-01T00:00:00Z (42 CFR 2.31(a), "
                "2.32)."}));
  EXPECT_EQ(decision.carried[2],
            (model::Obligation{"label_sticky",
                               "PART2",
                               "Keep the label PART2 with this wherever it goes (42 CFR 2.31(a), "
                               "2.32)."}));
}

TEST(Carried, is_nothing_where_nothing_is_released) {
  auto input = a_diagnosis();
  input.consents.clear();
  EXPECT_TRUE(shipped_engine().decide(input).carried.empty());
}

TEST(Carried, leaves_out_what_is_the_hubs_own_work) {
  const auto decision = shipped_engine().decide(request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"trigger":"mandate",)"
      R"("source":{"agency":"s","capacities":["covered_entity"]},)"
      R"("recipient":{"agency":"r","capacities":["child_abuse_authority"],"supports":[],"honours":[]},)"
      R"("subject":{"candidates":1,"match_confidence":0.99},"fields":{"injury":["PHI","report"]}}})"));
  EXPECT_THAT(decision.obligations, ElementsAre("accounting"));
  EXPECT_TRUE(decision.carried.empty());
}

TEST(Connector, that_honours_all_that_goes_along_gets_the_record) {
  const auto decision =
      shipped_engine().decide(to_a_connector({"notice_part2", "copy_of_consent", "label_sticky"}));
  EXPECT_EQ(decision.verdict, model::Verdict::permit);
  EXPECT_THAT(codes_of(decision), ElementsAre("notice_part2", "copy_of_consent", "label_sticky"));
}

class WithoutOne : public ::testing::TestWithParam<const char*> {};
TEST_P(WithoutOne, gets_nothing_and_is_named) {
  std::vector<std::string> honours = kAll;
  std::erase(honours, GetParam());
  const auto decision = shipped_engine().decide(to_a_connector(honours));
  EXPECT_EQ(decision.verdict, model::Verdict::deny);
  EXPECT_EQ(decision.reasons[0], "OBLIGATION_UNSUPPORTED");
  EXPECT_TRUE(decision.carried.empty());
  EXPECT_THAT(
      decision.nearest_miss,
      AllOf(HasSubstr("the connector \"school\" wrote along what must go with it: " +
                      std::string(GetParam()) + ";"),
            HasSubstr("install one whose manifest honours that, or send it to another system")));
}
INSTANTIATE_TEST_SUITE_P(Each,
                         WithoutOne,
                         ::testing::Values("notice_part2", "copy_of_consent", "label_sticky"));

TEST(Connector, that_honours_all_does_not_help_an_agency_that_supports_nothing) {
  auto input = to_a_connector(kAll);
  input.recipient.supports = {};
  const auto decision = shipped_engine().decide(input);
  EXPECT_EQ(decision.reasons[0], "OBLIGATION_UNSUPPORTED");
  EXPECT_THAT(decision.nearest_miss, Not(HasSubstr("school")));
}

TEST(Connector, that_honours_nothing_gets_what_needs_nothing) {
  const auto decision = shipped_engine().decide(request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"trigger":"mandate",)"
      R"("source":{"agency":"s","capacities":["covered_entity"]},"recipient":{"agency":"r",)"
      R"("capacities":["child_abuse_authority"],"supports":["*"],"connector":"school","honours":[]},)"
      R"("subject":{"candidates":1,"match_confidence":0.99},"fields":{"injury":["PHI","report"]}}})"));
  EXPECT_EQ(decision.verdict, model::Verdict::permit);
}

TEST(Ahead, tells_what_may_have_to_go_along_before_there_is_a_consent) {
  auto input = a_diagnosis();
  input.consents.clear();
  EXPECT_THAT(shipped_engine().obligations_ahead(input),
              ElementsAre("notice_part2", "copy_of_consent", "label_sticky"));
}

TEST(Ahead, leaves_out_rules_for_other_recipients_and_purposes) {
  auto input = a_diagnosis();
  input.fields = {{"placement.start", {model::Label::CPS}}};
  EXPECT_TRUE(shipped_engine().obligations_ahead(input).empty());
  input.recipient.capacities = {"citizen_review_panel"};
  EXPECT_THAT(shipped_engine().obligations_ahead(input), ElementsAre("no_redisclosure"));
}

std::string overlay_with(const std::string& more) {
  return "pack: county\noverlay: true\ntitle: County\njurisdiction: US\nreviewer: counsel\n" + more;
}
Engine shipped_with(const RulePack& more) {
  auto packs = shipped_packs();
  packs.push_back(more);
  auto made = Engine::compile(packs);
  EXPECT_TRUE(made) << base::to_text(made.error());
  return std::move(*made);
}

TEST(Destroying, is_due_by_the_day_that_the_rule_counts_to) {
  const auto pack = read_pack(overlay_with(R"(rules:
- id: county.destroy
  title: t
  cites: county memo 7
  says: s
  kind: obligation
  governs: [PART2]
  obliges: [destroy_by]
  destroy_after: P30D
)"),
                              "test.yaml");
  ASSERT_TRUE(pack) << base::to_text(pack.error());
  const Engine engine = shipped_with(*pack);
  const auto decision = engine.decide(to_a_connector(kAll));
  ASSERT_EQ(decision.carried.size(), 4u);
  EXPECT_EQ(decision.carried[2],
            (model::Obligation{
                "destroy_by", "2026-07-01", "Destroy this by 2026-07-01 (county memo 7)."}));
  // It is asked of the recipient whatever the basis: without it, nothing goes, and it is said why.
  const auto without =
      engine.decide(to_a_connector({"notice_part2", "copy_of_consent", "label_sticky"}));
  EXPECT_EQ(without.reasons[0], "OBLIGATION_UNSUPPORTED");
  EXPECT_THAT(without.nearest_miss, HasSubstr("destroy_by; install"));
}

TEST(Packs, that_give_no_words_for_the_notice_are_refused) {
  auto packs = shipped_packs();
  for (RulePack& pack : packs) pack.notices.clear();
  const auto engine = Engine::compile(packs);
  ASSERT_FALSE(engine);
  ASSERT_EQ(engine.error().size(), 1u);
  EXPECT_EQ(engine.error()[0].code, "NOTICE_MISSING");
  EXPECT_THAT(engine.error()[0].place, HasSubstr("us_part2.yaml:"));
}

TEST(Packs, that_give_two_notices_for_one_obligation_are_refused) {
  auto packs = shipped_packs();
  for (RulePack& pack : packs)
    if (!pack.notices.empty()) pack.notices.push_back(pack.notices.front());
  const auto engine = Engine::compile(packs);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error()[0].code, "NOTICE_TWICE");
}

struct BadPack {
  const char *name, *text, *code, *place;
};
class BadNotice : public ::testing::TestWithParam<BadPack> {};
TEST_P(BadNotice, is_told_with_its_line) {
  const auto pack = read_pack(overlay_with(GetParam().text), "test.yaml");
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error()[0].code, GetParam().code);
  EXPECT_EQ(pack.error()[0].place, GetParam().place);
}
constexpr const char* kRule =
    "rules:\n- {id: a, title: t, cites: c, says: s, kind: obligation, governs: [PHI], "
    "obliges: [no_redisclosure], destroy_after: P3D}\n";
INSTANTIATE_TEST_SUITE_P(
    Each,
    BadNotice,
    ::testing::Values(
        BadPack{"of_the_hubs_own_work",
                "notices:\n- {obligation: accounting, cites: c, text: t}\nrules: []\n",
                "OBLIGATION_UNKNOWN",
                "test.yaml:7"},
        BadPack{"of_two_lines",
                "notices:\n- {obligation: notice_part2, cites: c, text: \"a\\nb\"}\nrules: []\n",
                "NOTICE_LINES",
                "test.yaml:7"},
        BadPack{"without_words",
                "notices:\n- {obligation: notice_part2, cites: c}\nrules: []\n",
                "POLICY_MISSING",
                "test.yaml:7"},
        BadPack{"destroys_what_nobody_is_to_destroy", kRule, "POLICY_MISSING", "test.yaml:7"}),
    [](const auto& about) { return std::string(about.param.name); });

TEST(Explain, says_what_goes_along_in_the_words_that_the_recipient_reads) {
  const auto decision = shipped_engine().decide(a_diagnosis());
  for (const Audience audience : {Audience::source, Audience::recipient})
    EXPECT_THAT(
        explain(decision, shipped_engine(), audience),
        HasSubstr("What goes along with it:\n  " + std::string(kNotice) + " [notice_part2]\n"));
}

TEST(Explain, tells_the_source_alone_what_is_to_be_done_besides) {
  const auto decision = shipped_engine().decide(request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"trigger":"mandate",)"
      R"("source":{"agency":"s","capacities":["covered_entity"]},)"
      R"("recipient":{"agency":"r","capacities":["child_abuse_authority"],"supports":["*"]},)"
      R"("subject":{"candidates":1,"match_confidence":0.99},"fields":{"injury":["PHI","report"]}}})"));
  EXPECT_THAT(explain(decision, shipped_engine(), Audience::source),
              HasSubstr("What is to be done besides:\n  The hub keeps a list of who was given "
                        "this. [accounting]\n"));
  EXPECT_THAT(explain(decision, shipped_engine(), Audience::recipient),
              Not(HasSubstr("accounting")));
}

TEST(WrittenDecision, holds_what_goes_along) {
  EXPECT_THAT(write_decision(shipped_engine().decide(a_diagnosis())),
              HasSubstr(R"("carried":[{"code":"notice_part2","text":")" + std::string(kNotice) +
                        R"("},{"code":"copy_of_consent","value":"c1","text":)"));
}

}  // namespace
}  // namespace concord::decide
