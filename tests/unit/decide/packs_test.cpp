// Reading and compiling packs: every fault at once, with its line; overlays only narrow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> places_of(const base::Errors& errors) {
  std::vector<std::string> out;
  for (const auto& error : errors) out.push_back(error.place + " " + error.code);
  return out;
}

RulePack pack_of(const std::string& yaml) {
  auto pack = read_pack(yaml, "test.yaml");
  if (!pack) {
    ADD_FAILURE() << base::to_text(pack.error());
    std::abort();
  }
  return std::move(*pack);
}

std::vector<RulePack> shipped_and(RulePack pack) {
  std::vector<RulePack> packs = shipped_packs();
  packs.push_back(std::move(pack));
  return packs;
}

constexpr const char* kHead = "title: t\nreviewer: us\n";

TEST(Packs, report_every_fault_with_its_line) {
  auto pack = read_pack(R"(pack: x
title: t
colour: red
rules:
- id: a.b
  title: t
  cites: c
  says: s
  kind: basis
  governs: [PHI, XYZ]
  when:
  - moon_phase: [full]
  - {trigger: [sometimes]}
  needs:
  - {agreement: [x], else: NO_SUCH}
  - {agreement: [x], purpose: [y]}
  obliges: [sing]
  lease: a while
- id: a.c
  title: t
  cites: c
  says: s
  kind: forbid
  reviewed: true
  governs: [PHI]
  from: 2026-13-01
)",
                        "test.yaml");
  ASSERT_FALSE(pack);
  EXPECT_THAT(places_of(pack.error()),
              ElementsAre("test.yaml:3 POLICY_KEY",
                          "test.yaml:10 LABEL_UNKNOWN",
                          "test.yaml:12 CONDITION_UNKNOWN",
                          "test.yaml:13 POLICY_ARGUMENT",
                          "test.yaml:15 REASON_UNKNOWN",
                          "test.yaml:16 POLICY_SHAPE",
                          "test.yaml:17 OBLIGATION_UNKNOWN",
                          "test.yaml:18 POLICY_DURATION",
                          "test.yaml:26 POLICY_DATE",
                          "test.yaml:19 POLICY_MISSING",
                          "test.yaml:19 POLICY_MISSING",
                          "test.yaml:19 POLICY_MISSING"));
}

TEST(Packs, that_permit_always_are_refused) {
  auto pack =
      read_pack(std::string("pack: x\n") + kHead +
                    "rules:\n- {id: a, title: t, cites: c, says: s, kind: basis, governs: [PHI]}\n",
                "test.yaml");
  ASSERT_FALSE(pack);
  EXPECT_THAT(pack.error()[0].cause, HasSubstr("permits always"));
}

TEST(Packs, shipped_ones_all_name_reviewer_citation_and_begin) {
  for (const RulePack& pack : shipped_packs()) {
    EXPECT_FALSE(pack.reviewer.empty()) << pack.place;
    for (const Rule& rule : pack.rules) {
      EXPECT_FALSE(rule.cites.empty()) << rule.place;
      EXPECT_TRUE(rule.from) << rule.place;
    }
  }
}

TEST(Compile, refuses_an_overlay_that_permits) {
  const RulePack overlay = pack_of(std::string("pack: county\noverlay: true\n") + kHead + R"(rules:
- id: county.friends
  title: Friends of the county
  cites: county memo 7
  says: s
  kind: basis
  governs: [PHI]
  when:
  - recipient_capacity: [friend]
)");
  const auto engine = Engine::compile(shipped_and(overlay));
  ASSERT_FALSE(engine);
  EXPECT_THAT(places_of(engine.error()), ElementsAre("test.yaml:6 OVERLAY_WIDENS_BASE"));
}

TEST(Compile, refuses_an_overlay_that_replaces_or_judges_consents_anew) {
  const RulePack overlay = pack_of(std::string("pack: county\noverlay: true\n") + kHead + R"(forms:
- form: handshake
  signed_by:
  - {all: [subject]}
rules:
- id: county.n
  title: t
  cites: c
  says: s
  kind: need
  governs: [PHI]
  needs:
  - {agreement: [county]}
  replaces: [part2.proceeding]
)");
  const auto engine = Engine::compile(shipped_and(overlay));
  ASSERT_FALSE(engine);
  EXPECT_THAT(places_of(engine.error()),
              ElementsAre("test.yaml:6 OVERLAY_WIDENS_BASE",
                          "test.yaml:10 OVERLAY_WIDENS_BASE",
                          "test.yaml:10 OVERLAY_WIDENS_BASE"));
}

TEST(Compile, refuses_a_state_pack_that_lifts_a_federal_forbid) {
  const RulePack state =
      pack_of(std::string("pack: us.zz\njurisdiction: US-ZZ\n") + kHead + R"(rules:
- id: zz.any
  title: t
  cites: c
  says: s
  kind: basis
  governs: [PART2]
  replaces: [part2.proceeding]
  when:
  - purpose: [prosecution]
)");
  const auto engine = Engine::compile(shipped_and(state));
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error()[0].code, "OVERLAY_WIDENS_BASE");
}

TEST(Compile, tells_unknown_forms_twice_used_ids_and_no_packs_at_all) {
  RulePack twice = pack_of(std::string("pack: us.core\n") + kHead + R"(rules:
- id: sealed.opened
  title: t
  cites: c
  says: s
  kind: basis
  governs: [PHI]
  needs:
  - consent: [handshake]
)");
  const auto engine = Engine::compile(shipped_and(twice));
  ASSERT_FALSE(engine);
  std::vector<std::string> codes;
  for (const auto& error : engine.error()) codes.push_back(error.code);
  EXPECT_THAT(codes, ElementsAre("RULE_TWICE", "RULE_TWICE", "FORM_UNKNOWN"));
  EXPECT_EQ(Engine::compile({}).error()[0].code, "POLICY_EMPTY");
}

// An overlay that narrows is taken: it needs an agreement, limits, generalises.
class Overlay : public testing::Test {
 protected:
  static const Engine& engine() {
    static const Engine compiled = [] {
      RulePack overlay = pack_of(std::string("pack: county\noverlay: true\n") + kHead + R"(rules:
- id: county.agreement
  title: The county's agreement
  cites: county ordinance 12
  says: Who has child-welfare data here has signed.
  kind: need
  governs: [CPS]
  needs:
  - {agreement: [county], else: NO_AGREEMENT, say: with the county's agreement}
- id: county.birth
  title: t
  cites: c
  says: s
  kind: transform
  governs: [CPS]
  transforms:
    "*.birth_date": year_of_birth
    "*.photo": drop
- id: county.limit
  title: t
  cites: c
  says: s
  kind: limit
  governs: [CPS]
  until: 2026-07-01
  needs:
  - {not_field: ["*.worker"]}
- id: county.destroy
  title: t
  cites: c
  says: s
  kind: obligation
  governs: [CPS]
  obliges: [destroy_by]
)");
      auto made = Engine::compile(shipped_and(overlay));
      if (!made) {
        ADD_FAILURE() << base::to_text(made.error());
        std::abort();
      }
      return std::move(*made);
    }();
    return compiled;
  }
  static model::DecisionInput input(bool agreed) {
    auto input = request_of(
        R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"source":{"agency":"s","capacities":["cwa"]},)"
        R"("recipient":{"agency":"r","capacities":["cwa"],"supports":["*"]},"subject":{"candidates":1},)"
        R"("fields":{"p.sex":["CPS"],"p.birth_date":["CPS"],"p.photo":["CPS"],"p.worker":["CPS"]}}})");
    if (agreed) input.recipient.agreements = {"county"};
    return input;
  }
};

TEST_F(Overlay, adds_a_need) {
  const auto decision = engine().decide(input(false));
  EXPECT_EQ(decision.verdict, model::Verdict::deny);
  EXPECT_EQ(decision.reasons[0], "NO_AGREEMENT");
  EXPECT_THAT(decision.nearest_miss, HasSubstr("with the county's agreement"));
}

TEST_F(Overlay, limits_generalises_and_obliges) {
  const auto decision = engine().decide(input(true));
  EXPECT_THAT(decision.released, ElementsAre("p.sex"));
  EXPECT_THAT(decision.transformed,
              ElementsAre(std::pair<std::string, std::string>("p.birth_date", "year_of_birth")));
  EXPECT_EQ(decision.withheld.size(), 2u);
  EXPECT_THAT(decision.obligations, ElementsAre("destroy_by"));
}

TEST_F(Overlay, ends_with_its_date) {
  auto later = input(true);
  later.at = *base::parse_instant("2026-07-01T00:00:00Z");
  EXPECT_THAT(engine().decide(later).released, ElementsAre("p.sex", "p.worker"));
}

TEST(RulesHash, changes_with_a_word_of_a_pack_and_not_with_their_order) {
  auto packs = shipped_packs();
  std::reverse(packs.begin(), packs.end());
  EXPECT_EQ(Engine::compile(packs)->rules_hash(), shipped_engine().rules_hash());
  packs[0].digest = "other";
  EXPECT_NE(Engine::compile(packs)->rules_hash(), shipped_engine().rules_hash());
}

}  // namespace
}  // namespace concord::decide
