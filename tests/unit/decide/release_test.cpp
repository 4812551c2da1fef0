// From a document to its fields, and from a decision to the released document.
#include "hub/decide/release.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/decide/explain.hpp"
#include "tests/unit/decide/world.hpp"

namespace concord::decide {
namespace {

using model::Decision;
using model::Entity;
using model::Label;
using model::LabelSet;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const model::Schema& schema() {
  static const model::Schema loaded = [] {
    auto schema = model::Schema::load(source_folder() + "/mappings/schema");
    if (!schema) {
      ADD_FAILURE() << base::to_text(schema.error());
      std::abort();
    }
    return std::move(*schema);
  }();
  return loaded;
}

Entity an_entity(std::string type, std::string body) {
  Entity entity;
  entity.id = model::EntityId("e-1");
  entity.type = std::move(type);
  entity.version = 3;
  entity.person = model::PersonId("p-1");
  entity.agency = model::AgencyId("SYN-agency");
  entity.system = model::SystemId("SYN-system");
  entity.record_key = "SYN-key-8841";
  entity.subject_record = "SYN-subject-17";
  entity.effective_start = "2026-05-04";
  entity.body = std::move(body);
  return entity;
}

EntityFields fields_with(const Entity& entity, const std::vector<std::string>& capacities) {
  auto fields = fields_of(entity, schema(), capacities);
  if (!fields) {
    ADD_FAILURE() << base::to_text(fields.error());
    std::abort();
  }
  return std::move(*fields);
}

LabelSet labels_of(const EntityFields& fields, const std::string& path) {
  for (const auto& field : fields.fields)
    if (field.path == path) return field.labels;
  ADD_FAILURE() << "no field " << path;
  return {};
}

Decision releasing(const std::vector<std::string>& paths,
                   model::Verdict verdict = model::Verdict::permit_with_redactions) {
  Decision decision;
  decision.verdict = verdict;
  decision.released = paths;
  return decision;
}

base::Instant noon() {
  return *base::parse_instant("2026-06-01T12:00:00Z");
}

constexpr const char* kPlacement =
    R"({"start":{"year":2026,"month":5,"day":4},"kind":{"system":"ccr:placement","code":"kin","text":"with aunt"},)"
    R"("address":{"lines":["1 Example St"],"city":"Sampletown","state":"NC","confidential":true}})";

TEST(Fields, are_named_after_the_entity_and_bear_labels_of_document_schema_and_capacity) {
  Entity entity = an_entity("Placement", kPlacement);
  entity.field_labels = {{"/start", {Label::IVE}}};
  const EntityFields fields = fields_with(entity, {"cwa"});
  EXPECT_EQ(labels_of(fields, "placement.start"), (LabelSet{Label::CPS, Label::IVE}));
  EXPECT_EQ(labels_of(fields, "placement.kind"), (LabelSet{Label::CPS}));
  EXPECT_TRUE(labels_of(fields, "placement.address").has(Label::LOC)) << "a confidential address";
  EXPECT_TRUE(labels_of(fields, "placement.kind.text").has(Label::FREE_TEXT));
  EXPECT_EQ(entity_word("MaltreatmentReport"), "maltreatment_report");
}

TEST(Fields, of_list_items_with_unlike_labels_stand_alone) {
  Entity entity = an_entity(
      "Person",
      R"({"names":[{"family":"Testfamily","given":["A"]},{"family":"Old"}],)"
      R"("addresses":[{"city":"Sampletown"},{"city":"Secretville","confidential":true}]})");
  const EntityFields fields = fields_with(entity, {"covered_entity"});
  std::vector<std::string> paths;
  for (const auto& field : fields.fields) paths.push_back(field.path);
  EXPECT_THAT(paths, ElementsAre("person.names", "person.addresses[0]", "person.addresses[1]"));
  EXPECT_EQ(labels_of(fields, "person.addresses[0]"), (LabelSet{Label::PHI}));
  EXPECT_TRUE(labels_of(fields, "person.addresses[1]").has(Label::LOC));
}

TEST(Fields, take_the_labels_of_pointers_above_and_below) {
  Entity entity =
      an_entity("Investigation",
                R"({"report":{"type":"MaltreatmentReport","id":"r"},)"
                R"("allegations":[{"kind":{"code":"neglect"}},{"kind":{"code":"physical"}}]})");
  entity.field_labels = {{"/allegations/1", {Label::report}}, {"/report/id", {Label::SEALED}}};
  const EntityFields fields = fields_with(entity, {"cwa"});
  EXPECT_TRUE(labels_of(fields, "investigation.allegations[1].kind").has(Label::report));
  EXPECT_FALSE(labels_of(fields, "investigation.allegations[0].kind").has(Label::report));
  EXPECT_TRUE(labels_of(fields, "investigation.report").has(Label::SEALED)) << "below counts";
}

TEST(Fields, of_a_sealed_booking_are_all_sealed) {
  const EntityFields fields = fields_with(
      an_entity("Detention", R"({"sealed":true,"released_to":{"type":"Person","id":"x"}})"),
      {"probation"});
  ASSERT_FALSE(fields.fields.empty());
  for (const auto& field : fields.fields) EXPECT_TRUE(field.labels.has(Label::SEALED));
}

TEST(Fields, that_the_schema_does_not_know_release_nothing) {
  const EntityFields fields = fields_with(an_entity("Placement", R"({"shoe_size":42})"), {"cwa"});
  EXPECT_TRUE(labels_of(fields, "placement.shoe_size").has(Label::unknown));
}

TEST(Fields, of_a_capacity_without_labels_have_none) {
  const EntityFields fields =
      fields_with(an_entity("Removal", R"({"ended":{"year":2026}})"), {"ngo_service_provider"});
  EXPECT_TRUE(labels_of(fields, "removal.ended").empty());
}

TEST(Fields, by_capacity_follow_the_table) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(capacity_labels(Words{"court"}, "Charge"), (LabelSet{Label::JUV_COURT, Label::JUV}));
  EXPECT_EQ(capacity_labels(Words{"law_enforcement"}, "Detention"),
            (LabelSet{Label::LES, Label::CHRI, Label::JUV}));
  EXPECT_EQ(capacity_labels(Words{"part2_program"}, "Condition"),
            (LabelSet{Label::PHI, Label::PART2}));
  EXPECT_EQ(capacity_labels(Words{"vsp"}, "ShelterStay"), (LabelSet{Label::VSP}));
  EXPECT_TRUE(capacity_labels(Words{"landlord"}, "Placement").empty());
}

TEST(Fields, can_be_narrowed_to_what_a_flow_asks_for) {
  EntityFields fields = fields_with(an_entity("Placement", kPlacement), {"cwa"});
  fields.keep_only(std::vector<std::string>{"placement.start"});
  ASSERT_EQ(fields.fields.size(), 1u);
  EXPECT_EQ(fields.fields[0].path, "placement.start");
}

TEST(Release, holds_what_is_permitted_and_no_trace_of_the_rest) {
  const Entity entity = an_entity("Placement", kPlacement);
  const EntityFields fields = fields_with(entity, {"cwa"});
  auto document = release(entity, fields, releasing({"placement.start", "placement.kind"}), noon());
  ASSERT_TRUE(document) << base::to_text(document.error());
  EXPECT_EQ(*document,
            R"({"id":"e-1","type":"Placement","schema":"ccr/1.0","version":3,"status":"active",)"
            R"("subject":{"person":"p-1"},"source":{"agency":"SYN-agency"},)"
            R"("labels":{"document":["CPS"],"fields":{}},)"
            R"("body":{"start":{"year":2026,"month":5,"day":4},)"
            R"("kind":{"system":"ccr:placement","code":"kin"}}})");
}

TEST(Release, closes_up_lists_and_puts_labels_where_items_now_are) {
  const Entity entity = an_entity(
      "Person",
      R"({"names":[{"family":"Testfamily"}],"addresses":[{"city":"Secretville","confidential":true},{"city":"Sampletown"}]})");
  Entity labelled = entity;
  labelled.field_labels = {{"/addresses/1", {Label::EDU}}};
  const EntityFields fields = fields_with(labelled, {"covered_entity"});
  auto document =
      release(labelled, fields, releasing({"person.names", "person.addresses[1]"}), noon());
  ASSERT_TRUE(document);
  EXPECT_THAT(*document, HasSubstr(R"("addresses":[{"city":"Sampletown"}])"));
  EXPECT_THAT(*document, HasSubstr(R"("fields":{"/addresses/0":["EDU"]})"));
  EXPECT_THAT(*document, Not(HasSubstr("Secretville")));
}

TEST(Release, tells_when_it_was_true_only_if_nothing_is_withheld) {
  const Entity entity = an_entity("Removal", R"({"ended":{"year":2026}})");
  const EntityFields fields = fields_with(entity, {"cwa"});
  const auto all =
      release(entity, fields, releasing({"removal.ended"}, model::Verdict::permit), noon());
  EXPECT_THAT(*all, HasSubstr(R"("effective":{"start":"2026-05-04"})"));
  EXPECT_THAT(*release(entity, fields, releasing({"removal.ended"}), noon()),
              Not(HasSubstr("2026-05-04")));
}

TEST(Release, of_a_deny_is_an_error) {
  const Entity entity = an_entity("Removal", R"({"ended":{"year":2026}})");
  const auto document =
      release(entity, fields_with(entity, {"cwa"}), releasing({}, model::Verdict::deny), noon());
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "RELEASE_DENIED");
}

TEST(Release, makes_no_proceedings_stick_to_substance_use_data) {
  const Entity entity = an_entity("Condition", R"({"recorded_on":{"year":2026}})");
  Decision decision = releasing({"condition.recorded_on"}, model::Verdict::permit);
  decision.obligations = {"no_proceedings"};
  const auto document = release(entity, fields_with(entity, {"part2_program"}), decision, noon());
  EXPECT_THAT(*document, HasSubstr("no_proceedings"));
}

struct Generalised {
  std::string given, how, want;  // want "": withheld
};
class Generalise : public testing::TestWithParam<Generalised> {};

TEST_P(Generalise, leaves_only_what_the_purpose_needs) {
  const Generalised& row = GetParam();
  auto given = base::read_json(row.given, "row");
  ASSERT_TRUE(given);
  base::Json memory;
  base::JsonValue out;
  const bool made = generalise(*given, row.how, noon(), out, memory.GetAllocator());
  EXPECT_EQ(made ? base::write_json(out) : "", row.want) << row.given << " " << row.how;
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Generalise,
    testing::Values(
        Generalised{R"("2026-06-01T22:15:00Z")", "week_of_date", R"("2026-W23")"},
        Generalised{
            R"({"local":"2027-01-01T09:00:00","zone":"America/New_York","at":"2027-01-01T14:00:00Z"})",
            "week_of_date",
            R"("2026-W53")"},
        Generalised{R"({"year":2024,"month":12,"day":30})", "week_of_date", R"("2025-W01")"},
        Generalised{R"({"year":2024,"month":12})", "week_of_date", ""},
        Generalised{R"({"year":2024,"month":2,"day":31})", "week_of_date", ""},
        Generalised{"0", "count_band", R"("0")"},
        Generalised{"3", "count_band", R"("1-4")"},
        Generalised{"9", "count_band", R"("5-9")"},
        Generalised{"250", "count_band", R"("20+")"},
        Generalised{"-1", "count_band", ""},
        Generalised{R"("3")", "count_band", ""},
        Generalised{R"({"year":2011,"month":6,"day":2})", "year_of_birth", R"({"year":2011})"},
        Generalised{R"({"year":2011,"month":6,"day":2})", "age_band", R"("13-15")"},
        Generalised{R"({"year":2010,"month":6,"day":1})", "age_band", R"("16-17")"},
        Generalised{R"({"year":2030})", "age_band", ""},
        Generalised{R"({"city":"Sampletown","state":"NC","postal":"00001"})",
                    "region",
                    R"({"state":"NC"})"},
        Generalised{R"({"city":"Sampletown"})", "region", ""},
        Generalised{R"({"anything":1})", "flag_only", "true"},
        Generalised{"1", "no_such_way", ""}));

TEST(Explain, tells_each_field_its_rule_and_its_law) {
  const auto input = request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"source":{"agency":"s","capacities":["cwa"]},)"
      R"("recipient":{"agency":"r","capacities":["mdt_member"],"roster":{"status":"active"},"assigned":true},)"
      R"("subject":{"candidates":1},"fields":{"cps.kind":["CPS"],"sud.dx":["PART2"]}}})");
  const Decision decision = shipped_engine().decide(input);
  const std::string text = explain(decision, shipped_engine(), Audience::source);
  EXPECT_TRUE(text.starts_with("Permitted in part: 1 of 2 fields.\n")) << text;
  EXPECT_THAT(text, HasSubstr("released  cps.kind\n    A member of the team"));
  EXPECT_THAT(text, HasSubstr("withheld  sud.dx: there is no consent for it [NO_ACTIVE_CONSENT]"));
  EXPECT_THAT(text, HasSubstr("It would be permitted with a written consent"));
  EXPECT_THAT(text, HasSubstr("42 CFR 2.31(a)"));
  const std::string seen = explain(decision, shipped_engine(), Audience::recipient);
  EXPECT_THAT(seen, Not(HasSubstr("sud"))) << "the recipient learns nothing of what it lacks";
}

TEST(Explain, says_no_record_of_what_is_sealed) {
  const auto input = request_of(
      R"({"id":"x","now":"2026-06-01T12:00:00Z","request":{"jurisdiction":"US-LA","source":{"agency":"s","capacities":["juvenile_court"]},)"
      R"("recipient":{"agency":"r","capacities":["cwa"]},"subject":{"candidates":1},"fields":{"jj.adjudication":["JUV","SEALED"]}}})");
  const Decision decision = shipped_engine().decide(input);
  EXPECT_EQ(explain(decision, shipped_engine(), Audience::recipient), absent_record());
  EXPECT_THAT(explain(decision, shipped_engine(), Audience::source), HasSubstr("it is sealed"));
}

}  // namespace
}  // namespace concord::decide
