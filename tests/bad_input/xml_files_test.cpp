// XML files that cannot be read, by each connector that reads XML.
#include "tests/bad_input/dropped.hpp"

namespace concord::bad_input {
namespace {

const std::string kXxe =
    "<?xml version=\"1.0\"?>\n<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n"
    "<r><id>CANARY&x;</id></r>";
const std::string kBomb =
    "<!DOCTYPE r [<!ENTITY a \"CANARY\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>\n<r>&c;</r>";
const std::string kEcf =
    "<f:FilingMessage xmlns:f='https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/filing'>";
const std::string kNiem =
    "<e:Doc xmlns:e='urn:e' xmlns:nc='http://release.niem.gov/niem/niem-core/3.0/'>";

std::string nested() {
  std::string xml = "<r>";
  for (int i = 0; i < 100000; ++i) xml += "<a>";
  xml += kContent;
  for (int i = 0; i < 100000; ++i) xml += "</a>";
  return xml + "</r>";
}

class BadXml : public testing::TestWithParam<Case> {};

TEST_P(BadXml, is_kept_with_file_and_line_and_then_moved) {
  expect_kept_then_moved(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    ChildWelfareFiles,
    BadXml,
    testing::Values(
        Case{"malformed",
             kXml,
             "p.xml",
             "<r>\n<record><id>CANARY</ID></record></r>",
             "XML_SYNTAX",
             "p.xml:2"},
        Case{"half_written", kXml, "p.xml", "<r><record><id>CANARY", "XML_SYNTAX", "p.xml:1"},
        Case{"with_an_external_entity", kXml, "p.xml", kXxe, "XML_DTD", "p.xml:2"},
        Case{"with_an_entity_bomb", kXml, "p.xml", kBomb, "XML_DTD", "p.xml:1"},
        Case{"nested_100000_deep", kXml, "p.xml", nested(), "XML_DEPTH", "p.xml:1"},
        Case{"in_invalid_utf8",
             kXml,
             "p.xml",
             "<r><record><id>CANARY\xC3\x28</id></record></r>",
             "XML_ENCODING",
             "p.xml:1"},
        Case{"in_cp1252_that_says_nothing_of_it",
             kXml,
             "p.xml",
             "<r><record><id>CANARY\xF1</id></record></r>",
             "XML_ENCODING",
             "p.xml:1"},
        Case{"empty", kXml, "p.xml", "", "XML_SYNTAX", "p.xml"},
        Case{
            "of_another_kind", kXml, "p.xml", "<other><b>CANARY</b></other>", "XML_KIND", "p.xml"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    CourtFilings,
    BadXml,
    testing::Values(
        Case{"malformed",
             kFiling,
             "f.xml",
             kEcf + "CANARY<a></f:FilingMessage>",
             "XML_SYNTAX",
             "f.xml:1"},
        Case{"half_written", kFiling, "f.xml", kEcf + "<a>CANARY", "XML_SYNTAX", "f.xml:1"},
        Case{"with_an_external_entity", kFiling, "f.xml", kXxe, "XML_DTD", "f.xml:2"},
        Case{"with_an_entity_bomb", kFiling, "f.xml", kBomb, "XML_DTD", "f.xml:1"},
        Case{"nested_100000_deep", kFiling, "f.xml", nested(), "XML_DEPTH", "f.xml:1"},
        Case{"in_invalid_utf8",
             kFiling,
             "f.xml",
             kEcf + "CANARY\xC3\x28</f:FilingMessage>",
             "XML_ENCODING",
             "f.xml:1"},
        Case{"empty", kFiling, "f.xml", "", "XML_SYNTAX", "f.xml"},
        Case{"of_another_kind",
             kFiling,
             "f.xml",
             "<a xmlns='urn:a'>CANARY</a>",
             "ECF_NOT_A_FILING",
             "f.xml"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    NiemDocuments,
    BadXml,
    testing::Values(
        Case{"malformed", kDocument, "d.xml", kNiem + "CANARY<a></e:Doc>", "XML_SYNTAX", "d.xml:1"},
        Case{"half_written", kDocument, "d.xml", kNiem + "<a>CANARY", "XML_SYNTAX", "d.xml:1"},
        Case{"with_an_external_entity", kDocument, "d.xml", kXxe, "XML_DTD", "d.xml:2"},
        Case{"with_an_entity_bomb", kDocument, "d.xml", kBomb, "XML_DTD", "d.xml:1"},
        Case{"nested_100000_deep", kDocument, "d.xml", nested(), "XML_DEPTH", "d.xml:1"},
        Case{"in_invalid_utf8",
             kDocument,
             "d.xml",
             kNiem + "CANARY\xC3\x28</e:Doc>",
             "XML_ENCODING",
             "d.xml:1"},
        Case{"empty", kDocument, "d.xml", "", "XML_SYNTAX", "d.xml"},
        Case{"of_another_kind", kDocument, "d.xml", "<a>CANARY</a>", "NIEM_NOT_NIEM", "d.xml"}),
    name_of);

TEST(BadXml, in_cp1252_is_read_rightly_where_the_declaration_says_so) {
  Dropped dropped(kXml,
                  "p.xml",
                  "<?xml version=\"1.0\" encoding=\"windows-1252\"?>"
                  "<r><record><id>1</id><first_name>Pe\xF1"
                  "a</first_name></record></r>");
  dropped.world.start();
  dropped.world.run("drop");
  EXPECT_EQ(dropped.world.count(store::RecordState::rejected), 0);
  const auto entry = dropped.world.hub().store().record(1);
  ASSERT_TRUE(entry) << to_text(entry.error());
  EXPECT_THAT(entry->record.body, HasSubstr("Peña"));
  dropped.world.expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
