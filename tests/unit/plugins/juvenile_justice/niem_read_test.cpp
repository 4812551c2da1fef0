// One document in many namespaces, answers that are refusals, and documents that cannot be read.
#include <gmock/gmock.h>

#include <concord/json.hpp>

#include "juvenile_justice/niem_graph.hpp"
#include "juvenile_justice/niem_reader.hpp"
#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr sdk::Limits kLimits{500, 1u << 20};

struct Edition {
  std::string name, core, justice, youth, structures, version;
};
const Edition kNiem60{"niem_6_0",
                      "https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/",
                      "https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/",
                      "https://docs.oasis-open.org/niemopen/ns/model/domains/humanServices/6.0/",
                      "https://docs.oasis-open.org/niemopen/ns/model/structures/6.0/",
                      "6.0"};

// A referral of a child with a parent, spelt with these prefixes.
std::string referral(const Edition& e, const std::string& n = "nc:", const std::string& s = "s") {
  const std::string declare_core = n.empty() ? "xmlns" : "xmlns:" + n.substr(0, n.size() - 1);
  std::string xml = "<?xml version='1.0'?><ex:Answer xmlns:ex='urn:example:answer' " +
                    declare_core + "='" + e.core + "' xmlns:jj='" + e.justice + "' xmlns:y='" +
                    e.youth + "' xmlns:" + s + "='" + e.structures +
                    "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>";
  std::string body = R"(
    <~Person S:id="C1">
      <~PersonBirthDate><~Date>2009-03-14</~Date></~PersonBirthDate>
      <~PersonName><~PersonGivenName>Ana</~PersonGivenName>
        <~PersonSurName>
          Testfamily
        </~PersonSurName ></~PersonName>
      <~PersonName><~PersonGivenName>Anita</~PersonGivenName>
        <~PersonSurName>Testfamily</~PersonSurName>
        <jj:PersonNameCategoryCode>alias</jj:PersonNameCategoryCode></~PersonName>
      <jj:PersonSexCode>F</jj:PersonSexCode>
      <~PersonOtherIdentification><~IdentificationID>00042</~IdentificationID>
        <~IdentificationSourceText>{urn:example}Court</~IdentificationSourceText>
      </~PersonOtherIdentification>
    </~Person>
    <~Person S:id="P1"><~PersonName><~PersonGivenName>Sol</~PersonGivenName>
        <~PersonSurName>Testfamily</~PersonSurName></~PersonName></~Person>
    <~Location S:id="L1"><~Address>
        <~LocationStreet><~StreetFullText>12 Sample Street</~StreetFullText></~LocationStreet>
        <~LocationCityName>Exampleton</~LocationCityName>
        <~LocationStateUSPostalServiceCode>MA</~LocationStateUSPostalServiceCode>
        <~LocationPostalCode>02199</~LocationPostalCode></~Address></~Location>
    <~PersonResidenceAssociation><~Person S:ref="C1" xsi:nil="true"/>
      <~Location S:ref="L1" xsi:nil="true"/></~PersonResidenceAssociation>
    <y:ParentChildAssociation><y:Child S:ref="C1" xsi:nil="true"/>
      <y:Parent S:ref="P1" xsi:nil="true"/></y:ParentChildAssociation>
    <~Referral S:id="R1">
      <~ActivityIdentification><~IdentificationID>2024-000042</~IdentificationID>
      </~ActivityIdentification>
      <~ActivityDate><~Date>2024-04-27</~Date></~ActivityDate>
      <~ReferralPerson S:ref="C1" xsi:nil="true"/>
    </~Referral></ex:Answer>)";
  for (const char c : body) {
    if (c == '~') {
      xml += n;
    } else {
      xml += c;
    }
  }
  for (size_t at; (at = xml.find("S:")) != std::string::npos;) xml.replace(at, 2, s + ":");
  return xml;
}

// The document with what its core namespace and version say made the same.
std::string without_edition(std::string body) {
  const size_t from = body.find("\"niem\":\"");
  const size_t to = body.find('"', from + 8);
  return body.replace(from, to - from, "\"niem\":\"");
}

class EveryEdition : public testing::TestWithParam<Edition> {};

TEST_P(EveryEdition, gives_the_same_record) {
  const NiemAnswer want = read_niem(referral(kNiem60), "a.xml", kLimits);
  ASSERT_EQ(want.records.size(), 1u) << want.rejects.at(0).error.cause;
  for (const char* prefix : {"nc:", "", "n30:"}) {
    const NiemAnswer got = read_niem(referral(GetParam(), prefix, "st"), "a.xml", kLimits);
    ASSERT_EQ(got.records.size(), 1u);
    EXPECT_EQ(without_edition(got.records[0].body), without_edition(want.records[0].body));
    EXPECT_THAT(got.records[0].body, HasSubstr("\"niem\":\"" + GetParam().version + "\""));
    EXPECT_EQ(got.records[0].key, "Answer:2024-000042");
  }
}

INSTANTIATE_TEST_SUITE_P(Editions,
                         EveryEdition,
                         testing::Values(Edition{"niem_2_0",
                                                 "http://niem.gov/niem/niem-core/2.0",
                                                 "http://niem.gov/niem/domains/jxdm/4.1",
                                                 "http://niem.gov/niem/domains/cyfs/2.1/1",
                                                 "http://niem.gov/niem/structures/2.0",
                                                 "2.0"},
                                         Edition{"niem_3_0",
                                                 "http://release.niem.gov/niem/niem-core/3.0/",
                                                 "http://release.niem.gov/niem/domains/jxdm/5.0/",
                                                 "http://release.niem.gov/niem/domains/cyfs/3.0/",
                                                 "http://release.niem.gov/niem/structures/3.0/",
                                                 "3.0"},
                                         Edition{"niem_3_2",
                                                 "http://release.niem.gov/niem/niem-core/3.0/",
                                                 "http://release.niem.gov/niem/domains/jxdm/5.2/",
                                                 "http://release.niem.gov/niem/domains/cyfs/3.2/",
                                                 "http://release.niem.gov/niem/structures/3.0/",
                                                 "3.0"},
                                         kNiem60,
                                         Edition{"gjxdm",
                                                 "http://www.it.ojp.gov/jxdm/3.0.3",
                                                 "http://www.it.ojp.gov/jxdm/3.0.3",
                                                 "http://www.it.ojp.gov/jxdm/3.0.3",
                                                 "http://www.it.ojp.gov/jxdm/3.0.3",
                                                 "gjxdm 3.0.3"}),
                         [](const auto& row) { return row.param.name; });

rapidjson::Document parsed(const std::string& body) {
  rapidjson::Document json;
  sdk::JsonFault fault;
  EXPECT_TRUE(sdk::parse_json(body, json, fault)) << fault.cause;
  return json;
}

TEST(NiemRead, tells_persons_with_names_identifiers_roles_and_addresses) {
  const NiemAnswer answer = read_niem(referral(kNiem60), "a.xml", kLimits);
  ASSERT_EQ(answer.records.size(), 1u);
  const auto json = parsed(answer.records[0].body);
  EXPECT_STREQ(json["subject"].GetString(), "C1");
  ASSERT_EQ(json["persons"].Size(), 2u);
  const auto& child = json["persons"][0];
  EXPECT_EQ(sdk::write_json(child["names"]),
            R"([{"given":"Ana","family":"Testfamily"},)"
            R"({"given":"Anita","family":"Testfamily","category":"alias"}])");
  EXPECT_EQ(sdk::write_json(child["roles"]), R"(["Child","ReferralPerson"])");
  EXPECT_STREQ(child["birth_date"].GetString(), "2009-03-14");
  EXPECT_STREQ(child["sex"].GetString(), "F");
  EXPECT_EQ(
      sdk::write_json(child["identifiers"]),
      R"([{"kind":"PersonOtherIdentification","value":"00042","system":"{urn:example}Court"}])");
  EXPECT_EQ(sdk::write_json(child["addresses"]),
            R"([{"street":"12 Sample Street","city":"Exampleton","state":"MA","postal":"02199"}])");
  EXPECT_EQ(sdk::write_json(json["relationships"]),
            R"([{"kind":"ParentChildAssociation","persons":[{"role":"Child","id":"C1"},)"
            R"({"role":"Parent","id":"P1"}]}])");
  const auto& activity = json["activities"][0];
  EXPECT_STREQ(activity["kind"].GetString(), "Referral");
  EXPECT_STREQ(activity["date"].GetString(), "2024-04-27");
  EXPECT_EQ(sdk::write_json(activity["persons"]), R"(["C1"])");
}

TEST(NiemRead, follows_a_role_to_its_person_and_an_alias_by_uri) {
  const std::string xml =
      "<b:Booking xmlns:b='" + kNiem60.justice + "' xmlns:n='" + kNiem60.core + "' xmlns:s='" +
      kNiem60.structures +
      "'><b:BookingSubject s:id='B1'><n:RoleOfPerson s:uri='#X'/></b:BookingSubject>"
      "<n:Person s:uri='#X'><n:PersonName><n:PersonFullName>Ana Testfamily</n:PersonFullName>"
      "</n:PersonName></n:Person><b:Arrest><b:ArrestSubject s:ref='B1'/></b:Arrest></b:Booking>";
  const NiemAnswer answer = read_niem(xml, "a.xml", kLimits);
  ASSERT_EQ(answer.records.size(), 1u);
  const auto json = parsed(answer.records[0].body);
  EXPECT_EQ(sdk::write_json(json["persons"][0]["roles"]), R"(["BookingSubject","ArrestSubject"])");
  EXPECT_EQ(json["unresolved"].Size(), 0u);
}

TEST(NiemRead, names_no_subject_where_two_could_be_it) {
  std::string xml = referral(kNiem60);
  const std::string child = "<y:Child s:ref=\"C1\" xsi:nil=\"true\"/>";
  xml.insert(xml.find(child), "<y:Child s:ref=\"P1\" xsi:nil=\"true\"/>");
  const NiemAnswer answer = read_niem(xml, "a.xml", kLimits);
  ASSERT_EQ(answer.records.size(), 1u);
  EXPECT_FALSE(parsed(answer.records[0].body).HasMember("subject"));
}

TEST(NiemRead, puts_the_person_whom_the_document_is_about_first) {
  std::string xml = referral(kNiem60);
  const size_t child = xml.find("<nc:Person s:id=\"C1\">"),
               parent = xml.find("<nc:Person s:id=\"P1\">");
  const size_t end = xml.find("<nc:Location s:id");
  xml = xml.substr(0, child) + xml.substr(parent, end - parent) +
        xml.substr(child, parent - child) + xml.substr(end);
  const NiemAnswer answer = read_niem(xml, "a.xml", kLimits);
  ASSERT_EQ(answer.records.size(), 1u);
  const auto json = parsed(answer.records[0].body);
  EXPECT_STREQ(json["subject"].GetString(), "C1");
  EXPECT_STREQ(json["persons"][0]["id"].GetString(), "C1");
}

TEST(NiemRead, a_document_is_as_sealed_as_its_most_sealed_part) {
  const auto sealed_by = [](const std::string& text) {
    std::string xml = referral(kNiem60);
    xml.insert(xml.find("</nc:Referral>"),
               "<ex:ReferralSealedIndicator>" + text + "</ex:ReferralSealedIndicator>");
    const NiemAnswer answer = read_niem(xml, "a.xml", kLimits);
    return answer.records.size() == 1 && parsed(answer.records[0].body)["sealed"].GetBool();
  };
  EXPECT_TRUE(sealed_by("true"));
  EXPECT_TRUE(sealed_by("perhaps"));
  EXPECT_FALSE(sealed_by("false"));
}

TEST(NiemRead, lists_references_that_lead_nowhere) {
  std::string xml = referral(kNiem60);
  xml.replace(xml.find("s:ref=\"L1\""), 10, "s:ref=\"L9\"");
  const NiemAnswer answer = read_niem(xml, "a.xml", kLimits);
  ASSERT_EQ(answer.records.size(), 1u);
  EXPECT_THAT(answer.records[0].body, HasSubstr(R"("unresolved":["L9"])"));
}

TEST(NiemRead, a_submission_of_two_reports_is_two_records_with_ids_of_their_own) {
  std::string one = referral(kNiem60);
  one = one.substr(one.find("<ex:"));
  for (const char* name : {"<ex:Answer", "</ex:Answer"}) {
    const std::string spelt = name;
    one.replace(one.find(spelt), spelt.size(), spelt[1] == '/' ? "</ex:Report" : "<ex:Report");
  }
  const NiemAnswer answer =
      read_niem("<Submission>" + one + one + "</Submission>", "a.xml", kLimits);
  ASSERT_EQ(answer.records.size(), 2u);
  EXPECT_EQ(answer.records[0].key, "Report:2024-000042");
  EXPECT_EQ(answer.records[1].key, "Report:2024-000042#2");
}

struct RefusalCase {
  std::string name, xml, code;
};
class Refusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(Refusal, is_a_reject_with_its_reason_and_none_of_its_words) {
  const NiemAnswer answer = read_niem(GetParam().xml, "in.xml", kLimits);
  EXPECT_THAT(answer.records, IsEmpty());
  ASSERT_EQ(answer.rejects.size(), 1u);
  const sdk::Reject& reject = answer.rejects[0];
  EXPECT_EQ(reject.error.code, GetParam().code);
  EXPECT_EQ(reject.error.error_class, sdk::ErrorClass::bad_record);
  EXPECT_THAT(reject.error.place, testing::StartsWith("in.xml"));
  EXPECT_THAT(test::text_of(reject.error), Not(HasSubstr("Testfamily")));
  EXPECT_EQ(reject.raw, GetParam().xml);
}

std::string answer_with(const std::string& inner) {
  return "<e:Results xmlns:e='urn:e' xmlns:n='" + kNiem60.core + "' xmlns:s='" +
         kNiem60.structures + "'>" + inner + "</e:Results>";
}

INSTANTIATE_TEST_SUITE_P(
    Cases,
    Refusal,
    testing::Values(
        RefusalCase{
            "access_denied",
            answer_with("<e:InformationAccessDenial><e:InformationAccessDenialIndicator>true"
                        "</e:InformationAccessDenialIndicator><e:InformationAccessDenialReasonText>"
                        "Ana Testfamily</e:InformationAccessDenialReasonText>"
                        "</e:InformationAccessDenial>"),
            "NIEM_ACCESS_DENIED"},
        RefusalCase{"error",
                    answer_with("<e:SearchRequestError><e:ErrorText>Testfamily</e:ErrorText>"
                                "</e:SearchRequestError>"),
                    "NIEM_ERROR_ANSWER"},
        RefusalCase{
            "too_many", answer_with("<e:SearchResultsExceedThresholdError/>"), "NIEM_TOO_MANY"},
        RefusalCase{"question",
                    "<e:PersonSearchRequest xmlns:e='urn:e' xmlns:n='" + kNiem60.core +
                        "'><n:Person><n:PersonName/></n:Person></e:PersonSearchRequest>",
                    "NIEM_QUERY"},
        RefusalCase{"foreign", "<policy xmlns='urn:xacml'><rule/></policy>", "NIEM_NOT_NIEM"},
        RefusalCase{"nothing_in_it", answer_with("<n:SystemName>x</n:SystemName>"), "NIEM_EMPTY"},
        RefusalCase{"same_id_twice",
                    answer_with("<n:Person s:id='a'/><n:Person s:id='a'/>"),
                    "NIEM_ID_TWICE"},
        RefusalCase{
            "prefix_unbound", "<n:Person xmlns:n='urn:n'><m:Name/></n:Person>", "NIEM_PREFIX"},
        RefusalCase{"entity_bomb", "<!DOCTYPE a [<!ENTITY b 'Testfamily'>]><a>&b;</a>", "XML_DTD"},
        RefusalCase{"half", "<n:Person xmlns:n='urn:n'><n:PersonName>", "XML_SYNTAX"},
        RefusalCase{"empty", "", "XML_SYNTAX"}),
    [](const auto& row) { return row.param.name; });

TEST(NiemRead, a_partial_answer_is_kept_beside_the_refusal_of_another_source) {
  std::string xml = referral(kNiem60);
  xml.insert(xml.rfind("</ex:Answer>"), "<ex:SearchRequestError/>");
  const NiemAnswer answer = read_niem(xml, "a.xml", kLimits);
  EXPECT_EQ(answer.records.size(), 1u);
  ASSERT_EQ(answer.rejects.size(), 1u);
  EXPECT_EQ(answer.rejects[0].error.code, "NIEM_ERROR_ANSWER");
}

TEST(NiemRead, a_document_of_very_many_persons_takes_no_time_to_speak_of) {
  std::string xml = answer_with("@");
  std::string inner;
  for (int i = 0; i < 4000; ++i) {
    const std::string id = "P" + std::to_string(i);
    inner += "<n:Person s:id='" + id + "'><n:PersonName/></n:Person><n:A s:ref='" + id + "'/>";
  }
  xml.replace(xml.find('@'), 1, inner);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(read_niem(xml, "a.xml", kLimits).records.size(), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

}  // namespace
}  // namespace concord::juvenile_justice
