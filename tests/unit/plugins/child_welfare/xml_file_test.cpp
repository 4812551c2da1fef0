#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Two synthetic children in the form of an AFCARS 2020 out-of-home file.
std::string afcars(const std::string& period) {
  return R"(<?xml version="1.0" encoding="utf-8"?>
<acf:data xmlns:acf="http://www.acf.hhs.gov">
  <E1_title_iv_agency>999</E1_title_iv_agency>
  <E2_report_date>)" +
         period + R"(</E2_report_date>
  <records>
    <record>
      <E4_child_record_number>SYN000000001</E4_child_record_number>
      <E5_date_of_birth>20120409</E5_date_of_birth>
      <E6_sex>2</E6_sex>
      <E69_E186_removals>
        <removal_2020>
          <E69_removal_date>20251103</E69_removal_date>
          <E112_E146_living_arrangements>
            <living_arrangement>
              <E112_date_living_arrangement>20251103</E112_date_living_arrangement>
              <E113_foster_family_home>1</E113_foster_family_home>
            </living_arrangement>
            <living_arrangement>
              <E112_date_living_arrangement>20260227</E112_date_living_arrangement>
              <E113_foster_family_home>0</E113_foster_family_home>
            </living_arrangement>
          </E112_E146_living_arrangements>
          <E155_exit_reason>9</E155_exit_reason>
        </removal_2020>
      </E69_E186_removals>
    </record>
    <record>
      <E4_child_record_number></E4_child_record_number>
      <E5_date_of_birth>20130101</E5_date_of_birth>
      <E69_E186_removals/>
    </record>
  </records>
</acf:data>
)";
}

std::string config(const TempFolder& folder) {
  return R"({"folder":{"path":")" + folder.path().string() + R"(","complete":"renamed"},"records":{
    "person":{"profile":"afcars"},"removal":{"profile":"afcars"},"placement":{"profile":"afcars"}}})";
}

TEST(Afcars, is_read_as_person_removal_and_placement) {
  TempFolder folder;
  folder.put("ooh.xml", afcars("202603"));
  auto connector = connector_of(config(folder));
  auto person = read_all(*connector, "person", "", {}, false);
  ASSERT_THAT(person.keys(), ElementsAre("SYN000000001"));
  EXPECT_EQ(
      person.records[0].body,
      R"({"E1_title_iv_agency":"999","E2_report_date":"202603",)"
      R"("E4_child_record_number":"SYN000000001","E5_date_of_birth":"20120409","E6_sex":"2"})");
  EXPECT_THAT(person.records[0].version, ::testing::StartsWith("202603|"));
  EXPECT_EQ(person.records[0].origin, "ooh.xml:6:6");
  ASSERT_EQ(person.rejects.size(), 1u);
  EXPECT_EQ(person.rejects[0].error.code, "KEY_MISSING");
  EXPECT_EQ(person.rejects[0].error.place, "ooh.xml:27:6");
  auto removal = read_all(*connector, "removal", "", {}, false);
  ASSERT_THAT(removal.keys(), ElementsAre("SYN000000001|20251103"));
  EXPECT_THAT(removal.records[0].body, HasSubstr(R"("E6_sex":"2")"));
  EXPECT_THAT(removal.records[0].body, Not(HasSubstr("living_arrangement")));
  auto placement = read_all(*connector, "placement", "", {}, false);
  EXPECT_THAT(placement.keys(),
              ElementsAre("SYN000000001|20251103|20251103", "SYN000000001|20251103|20260227"));
  EXPECT_THAT(placement.records[0].body, HasSubstr(R"("E69_removal_date":"20251103")"));
}

TEST(Afcars, file_is_moved_once_all_three_types_are_acknowledged) {
  TempFolder folder;
  folder.put("ooh.xml", afcars("202603"));
  auto connector = connector_of(config(folder));
  read_all(*connector, "person");
  EXPECT_THAT(folder.names(), ElementsAre("ooh.xml"));
  read_all(*connector, "placement");
  EXPECT_THAT(folder.names(), ElementsAre("ooh.xml"));
  // The last one comes after a restart.
  auto last = read_all(*connector_of(config(folder)), "removal");
  EXPECT_EQ(last.records.size(), 1u);
  EXPECT_THAT(folder.names(), IsEmpty());
  EXPECT_THAT(folder.names("done"), ElementsAre("ooh.xml"));
  size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    left += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(left, 0u) << "the notes are gone too";
}

TEST(Afcars, of_the_next_period_is_a_new_version_and_the_same_content_is_not) {
  TempFolder folder;
  auto connector = connector_of(config(folder));
  folder.put("a.xml", afcars("202603"));
  folder.put("b.xml", afcars("202603"));
  folder.put("c.xml", afcars("202609"));
  auto all = read_all(*connector, "person");
  ASSERT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records[0].version, all.records[1].version);
  EXPECT_LT(all.records[1].version, all.records[2].version);
}

TEST(XmlFile, is_rejected_whole_where_it_is_unsafe_broken_or_of_another_kind) {
  const std::string bomb =
      "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b "
      "\"&a;&a;\">]><data><records>&b;</records></data>";
  const std::string outside =
      "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><data>&x;</data>";
  const std::pair<std::string, std::string> cases[] = {
      {bomb, "XML_DTD"},
      {outside, "XML_DTD"},
      {"<data><records><record>", "XML_SYNTAX"},
      {"", "XML_SYNTAX"},
      {"<other/>", "XML_KIND"},
      {"<data><records>\xE9</records></data>", "XML_ENCODING"}};
  for (const auto& [bytes, code] : cases) {
    TempFolder folder;
    folder.put("x.xml", bytes);
    auto connector = connector_of(config(folder));
    auto all = read_all(*connector, "person");
    EXPECT_THAT(all.records, IsEmpty());
    ASSERT_EQ(all.rejects.size(), 1u) << code;
    EXPECT_EQ(all.rejects[0].error.code, code);
    EXPECT_THAT(all.rejects[0].error.place, ::testing::StartsWith("x.xml"));
    EXPECT_EQ(all.rejects[0].raw, bytes);
  }
}

TEST(XmlFile, holds_no_records_where_its_list_is_empty) {
  TempFolder folder;
  folder.put("x.xml", "<data><records/></data>");
  auto connector = connector_of(config(folder));
  auto all = read_all(*connector, "person");
  EXPECT_THAT(all.records, IsEmpty());
  EXPECT_THAT(all.rejects, IsEmpty());
}

}  // namespace
}  // namespace concord::child_welfare
