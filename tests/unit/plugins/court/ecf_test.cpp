#include "court/ecf.hpp"

#include <gmock/gmock.h>

#include <concord/json.hpp>

namespace concord::court {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kHead5 =
    "<f:FilingMessage xmlns:f='https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/filing' "
    "xmlns:nc='http://release.niem.gov/niem/niem-core/4.0/' "
    "xmlns:s='http://release.niem.gov/niem/structures/4.0/' "
    "xmlns:ecf='https://docs.oasis-open.org/legalxml-courtfiling/ns/v5.0/ecf' xmlns:x='urn:x'>\n"
    "<nc:DocumentIdentification><nc:IdentificationID>SYN-M-1</nc:IdentificationID></"
    "nc:DocumentIdentification>\n"
    "<nc:DocumentPostDate><nc:DateTime>2026-03-02T12:00:00Z</nc:DateTime></nc:DocumentPostDate>\n";

std::string message5(const std::string& inner) {
  return kHead5 + inner + "</f:FilingMessage>";
}
std::string person(const std::string& id,
                   const std::string& role,
                   const std::string& given = "Avery") {
  return "<ecf:CaseParty><nc:EntityPerson s:id='P" + id + "'><nc:PersonName><nc:PersonGivenName>" +
         given +
         "</nc:PersonGivenName><nc:PersonSurName>Testfamily</nc:PersonSurName></nc:PersonName>"
         "<ecf:PersonAugmentation><ecf:CaseParticipantRoleCode>" +
         role + "</ecf:CaseParticipantRoleCode><ecf:ParticipantID><nc:IdentificationID>SYN-CP-" +
         id +
         "</nc:IdentificationID></ecf:ParticipantID></ecf:PersonAugmentation></nc:EntityPerson></"
         "ecf:CaseParty>";
}
std::string in_case(const std::string& inner) {
  return "<nc:Case><nc:CaseTitleText>In re "
         "A.T.</nc:CaseTitleText><nc:CaseDocketID>26-JV-0001</nc:CaseDocketID>"
         "<ecf:CaseAugmentation>" +
         inner + "</ecf:CaseAugmentation></nc:Case>";
}

std::vector<sdk::Record> read(const std::string& xml) {
  auto records = read_ecf(xml, "a.xml");
  EXPECT_TRUE(records) << (records ? "" : records.error().code + " " + records.error().cause);
  return records ? *records : std::vector<sdk::Record>{};
}
rapidjson::Document body_of(const sdk::Record& record) {
  rapidjson::Document out;
  sdk::JsonFault fault;
  EXPECT_TRUE(sdk::parse_json(record.body, out, fault)) << fault.cause;
  return out;
}

TEST(Ecf, reads_a_filing_about_one_child) {
  const auto records =
      read(message5(in_case(person("1", "child") + person("2", "petitioner", "Robin"))));
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].type, "filing");
  EXPECT_EQ(records[0].key, "SYN-M-1");
  EXPECT_EQ(records[0].origin, "a.xml:1");
  EXPECT_EQ(records[0].changed_at_us, 1772452800000000);
  const auto body = body_of(records[0]);
  EXPECT_EQ(sdk::text_of(body, "party_id"), "SYN-CP-1");
  EXPECT_EQ(sdk::text_of(body["party"]["name"], "family"), "Testfamily");
  EXPECT_EQ(sdk::text_of(body, "docket"), "26-JV-0001");
  EXPECT_EQ(sdk::text_of(body, "ecf_version"), "5.0");
  EXPECT_EQ(body["parties"].Size(), 2u);
  EXPECT_TRUE(body["parties"][0]["juvenile"].IsTrue());
  EXPECT_TRUE(body["parties"][1]["juvenile"].IsFalse());
}

TEST(Ecf, gives_siblings_a_record_each) {
  const auto records =
      read(message5(in_case(person("1", "child") + person("2", "Minor Child", "Blake"))));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].key, "SYN-M-1/SYN-CP-1");
  EXPECT_EQ(records[1].key, "SYN-M-1/SYN-CP-2");
  EXPECT_EQ(sdk::text_of(body_of(records[1])["party"]["name"], "given"), "Blake");
}

TEST(Ecf, finds_the_juvenile_by_reference_whatever_the_role) {
  const auto records = read(message5(in_case(person("1", "Respondent")) +
                                     "<x:Juvenile><nc:RoleOfPerson s:ref='P1'/></x:Juvenile>"));
  EXPECT_EQ(sdk::text_of(body_of(records.at(0)), "party_id"), "SYN-CP-1");
}

TEST(Ecf, a_filing_that_concerns_no_juvenile_names_none) {
  const auto body = body_of(read(message5(in_case(person("1", "plaintiff")))).at(0));
  EXPECT_FALSE(body.HasMember("party_id"));
}

TEST(Ecf, reads_ecf_4_with_references_and_a_states_own_namespace) {
  const auto records = read(
      "<v:CoreFilingMessage xmlns:v='urn:state:vt' xmlns:nc='http://niem.gov/niem/niem-core/2.0' "
      "xmlns:ecf='urn:oasis:names:tc:legalxml-courtfiling:schema:xsd:CommonTypes-4.0' "
      "xmlns:s='http://niem.gov/niem/structures/2.0'>"
      "<v:JuvenileCase><nc:CaseTrackingID>SYN-T-9</nc:CaseTrackingID><ecf:CaseAugmentation>"
      "<v:CaseParticipant s:id='X1'><v:EntityPerson><nc:PersonName><nc:PersonFullName>TESTFAMILY, "
      "AVERY</nc:PersonFullName>"
      "</nc:PersonName></v:EntityPerson><ecf:CaseParticipantRoleCode>Defendant</"
      "ecf:CaseParticipantRoleCode></v:CaseParticipant>"
      "</ecf:CaseAugmentation><v:CaseDefendantParty><nc:EntityPersonReference "
      "s:ref='X1'/></v:CaseDefendantParty></v:JuvenileCase>"
      "</v:CoreFilingMessage>");
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0].key, testing::StartsWith("sha256-"));
  const auto body = body_of(records[0]);
  EXPECT_EQ(sdk::text_of(body, "ecf_version"), "4.0");
  EXPECT_EQ(sdk::text_of(body, "tracking_id"), "SYN-T-9");
  EXPECT_EQ(sdk::text_of(body["parties"][0]["name"], "full"), "TESTFAMILY, AVERY");
}

TEST(Ecf, leaves_document_content_out_and_measures_it) {
  const auto records =
      read(message5("<f:FilingLeadDocument "
                    "s:id='D1'><nc:DocumentDescriptionText>Petition</nc:DocumentDescriptionText>"
                    "<nc:Attachment><nc:BinaryFormatText>text/plain</"
                    "nc:BinaryFormatText><nc:BinaryBase64Object>aGVs\n bG8=</nc:BinaryBase64Object>"
                    "</nc:Attachment></f:FilingLeadDocument>"));
  EXPECT_THAT(records.at(0).body, Not(HasSubstr("aGVs")));
  const auto body = body_of(records[0]);
  const auto& document = body["documents"][0];
  EXPECT_EQ(sdk::text_of(document, "ref"), "SYN-M-1#D1");
  EXPECT_EQ(sdk::text_of(document, "media_type"), "text/plain");
  EXPECT_EQ(document["size"].GetInt(), 5);
  EXPECT_EQ(sdk::text_of(document, "sha256"),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

struct Marking {
  const char* name;
  const char* inner;
  bool sealed;
  const char* sensitivity;
};
class EcfProtection : public testing::TestWithParam<Marking> {};
TEST_P(EcfProtection, is_that_of_the_most_protected_part) {
  const auto body = body_of(read(message5(GetParam().inner)).at(0));
  EXPECT_EQ(body["sealed"].GetBool(), GetParam().sealed);
  EXPECT_EQ(sdk::text_of(body, "sensitivity"), GetParam().sensitivity);
}
INSTANTIATE_TEST_SUITE_P(
    Ecf,
    EcfProtection,
    testing::Values(
        Marking{"nothing_said", "", false, ""},
        Marking{"public_text",
                "<nc:Metadata><nc:SensitivityText>public</nc:SensitivityText></nc:Metadata>",
                false,
                "public"},
        Marking{"private_text",
                "<nc:Metadata><nc:SensitivityText>private</nc:SensitivityText></nc:Metadata>",
                false,
                "confidential"},
        Marking{"confidential_flag",
                "<x:FilingConfidentialityIndicator>true</x:FilingConfidentialityIndicator>",
                false,
                "confidential"},
        Marking{
            "seal_flag", "<x:SealDocumentIndicator>1</x:SealDocumentIndicator>", true, "sealed"},
        Marking{"unclear_flag",
                "<x:SealDocumentIndicator>perhaps</x:SealDocumentIndicator>",
                true,
                "sealed"},
        Marking{
            "flag_false", "<x:SealDocumentIndicator>false</x:SealDocumentIndicator>", false, ""},
        Marking{"document_status",
                "<x:DocumentStatus><nc:StatusDescriptionText>SEALED</nc:StatusDescriptionText></"
                "x:DocumentStatus>",
                true,
                "sealed"},
        Marking{"sealed_then_public",
                "<nc:Metadata><nc:SensitivityText>sealed</nc:SensitivityText></nc:Metadata>"
                "<nc:Metadata><nc:SensitivityText>public</nc:SensitivityText></nc:Metadata>",
                true,
                "sealed"}),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Ecf, refuses_what_is_no_filing_and_says_where) {
  auto fault = [](const std::string& xml) {
    auto r = read_ecf(xml, "a.xml");
    return r ? std::string("read") : r.error().code + " " + r.error().place;
  };
  EXPECT_EQ(fault("<a/>"), "ECF_NOT_A_FILING a.xml:1");
  EXPECT_EQ(
      fault(
          "\n<m xmlns='urn:oasis:names:tc:legalxml-courtfiling:schema:xsd:CaseQueryMessage-4.0'/>"),
      "ECF_NOT_A_FILING a.xml:2");
  EXPECT_EQ(fault("<FilingMessage xmlns='urn:other'/>"), "ECF_NOT_A_FILING a.xml:1");
  EXPECT_EQ(fault("<!DOCTYPE a []><a/>"), "XML_DTD a.xml:1:1");
  EXPECT_EQ(fault("<a>\n<b></a>"), "XML_SYNTAX a.xml:2:4");
  EXPECT_EQ(fault(message5("<f:FilingLeadDocument>\n<nc:BinaryBase64Object>?!</"
                           "nc:BinaryBase64Object></f:FilingLeadDocument>")),
            "ECF_BASE64 a.xml:5");
}

sdk::Delivery delivery(std::string_view body) {
  sdk::Delivery d;
  d.idempotency_key = "SYN-IK-1";
  d.type = "filing";
  d.key = "SYN-DOC-7";
  d.version = 3;
  d.subject = "SYN-CP-1";
  d.body = body;
  return d;
}
constexpr const char* kFiling =
    R"({"docket":"26-JV-0001","kind":"progress_report","title":"Report <1> & \"2\"","filed_at":"2026-03-02T12:00:00Z",)"
    R"("party":{"name":{"given":"Zoë","family":"Example-Rivera"},"birth_date":"2011-05-04","sex":"F"},"sealed":true,)"
    R"("documents":[{"ref":"urn:doc:1","media_type":"application/pdf","size":32000,"title":"Report"}]})";

TEST(Ecf, reads_back_what_it_writes) {
  FilingSettings settings;
  settings.court_id = "SYN-COURT-1";
  auto xml = write_ecf(delivery(kFiling), settings);
  ASSERT_TRUE(xml) << xml.error().place;
  const auto records = read(*xml);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].key, "SYN-DOC-7");
  const auto body = body_of(records[0]);
  EXPECT_EQ(sdk::text_of(body, "docket"), "26-JV-0001");
  EXPECT_EQ(sdk::text_of(body, "kind"), "progress_report");
  EXPECT_EQ(sdk::text_of(body, "filed_at"), "2026-03-02T12:00:00Z");
  EXPECT_EQ(sdk::text_of(body, "party_id"), "SYN-CP-1");
  EXPECT_EQ(sdk::text_of(body["party"]["name"], "given"), "Zoë");
  EXPECT_EQ(sdk::text_of(body["court"], "id"), "SYN-COURT-1");
  EXPECT_TRUE(body["sealed"].IsTrue());
  EXPECT_EQ(sdk::text_of(body["documents"][0], "title"), "Report <1> & \"2\"");
  EXPECT_EQ(body["documents"][0]["size"].GetInt(), 32000);
}

TEST(Ecf, writes_the_same_bytes_for_the_same_delivery) {
  EXPECT_EQ(*write_ecf(delivery(kFiling), {}), *write_ecf(delivery(kFiling), {}));
}

TEST(Ecf, files_as_confidential_where_nothing_is_said) {
  auto xml = write_ecf(delivery(R"({"docket":"d","kind":"k","filed_at":"2026-03-02"})"), {});
  ASSERT_TRUE(xml);
  EXPECT_THAT(*xml, HasSubstr("<nc:SensitivityText>confidential</nc:SensitivityText>"));
}

TEST(Ecf, writes_no_filing_without_what_a_filing_needs) {
  EXPECT_EQ(write_ecf(delivery(R"({"kind":"k","filed_at":"2026-03-02"})"), {}).error().place,
            "filing.docket");
  EXPECT_EQ(write_ecf(delivery("[]"), {}).error().code, "BODY_JSON");
}

TEST(Ecf, asks_to_cancel_what_is_withdrawn) {
  sdk::Delivery d = delivery("");
  d.withdraw = true;
  auto xml = write_ecf(d, {});
  ASSERT_TRUE(xml);
  EXPECT_THAT(*xml, HasSubstr("cancel:CancelFilingMessage"));
  EXPECT_THAT(*xml, HasSubstr("SYN-DOC-7"));
}

TEST(Ecf, says_what_must_go_along_where_the_clerk_reads_how_to_handle_it) {
  sdk::Delivery d = delivery(kFiling);
  d.obligations = {{"no_redisclosure", "", "Do not pass this on (42 CFR 2.35)."}};
  auto xml = write_ecf(d, {});
  ASSERT_TRUE(xml);
  EXPECT_THAT(*xml,
              HasSubstr("<nc:CommentText>no_redisclosure: Do not pass this on (42 CFR "
                        "2.35).</nc:CommentText>"));
}

}  // namespace
}  // namespace concord::court
