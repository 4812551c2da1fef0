#include "health/hl7_read.hpp"

#include <gtest/gtest.h>
#include <rapidjson/pointer.h>

#include <concord/json.hpp>
#include <map>

namespace concord::health {
namespace {

std::string msh(const char* kind, const char* id = "M1", const char* rest = "P|2.5.1") {
  return std::string("MSH|^~\\&|EHR|SYNHOSP|HUB|CO|20260301120000-0500||") + kind + "|" + id + "|" +
         rest + "\r";
}
constexpr const char* kPid =
    "PID|1||SYN-STATE-9^^^STATE^SS~SYN-MRN-7^^^SYNHOSP^MR||Testfamily^Ada^Lee~Testfamily^Addie^^^^^"
    "A||"
    "20120304|F|||1 Sample Street^^Exampleton^ZZ^00000||555-0100^PRN^PH\r";

// segment("PV1", {{2, "I"}, {19, "V1"}}): fields by their numbers, so that nobody counts bars.
std::string segment(std::string name, const std::map<size_t, std::string>& fields) {
  for (size_t n = 1; n <= fields.rbegin()->first; ++n) {
    name += "|" + (fields.contains(n) ? fields.at(n) : "");
  }
  return name + "\r";
}

ReadMessage read(const std::string& text, Hl7Settings settings = {}) {
  return read_message(text, settings, "test");
}
// The text at a JSON pointer of the only record; "(none)" where there is nothing.
std::string at(const ReadMessage& message, const char* pointer, size_t record = 0) {
  if (message.records.size() <= record) return "(no record)";
  rapidjson::Document body;
  sdk::JsonFault fault;
  if (!sdk::parse_json(message.records[record].body, body, fault)) return "(no JSON)";
  const rapidjson::Value* value = rapidjson::Pointer(pointer).Get(body);
  if (value == nullptr) return "(none)";
  return value->IsString() ? value->GetString() : sdk::write_json(*value);
}

TEST(Hl7Read, makes_a_record_of_a_discharge) {
  const auto m = read(msh("ADT^A03") + "EVN|A03|20260301115900-0500\r" + kPid +
                      segment("PV1",
                              {{1, "1"},
                               {2, "I"},
                               {3, "WARD^1^A^SYNHOSP"},
                               {19, "SYN-V-1^^^SYNHOSP"},
                               {36, "01"},
                               {37, "HOME"},
                               {44, "20260227"},
                               {45, "20260301113000"}}) +
                      "PV2|||R10^Stomach pain^I10\r"
                      "DG1|1||F11.20^Opioid dependence^I10||20260228|A\r");
  ASSERT_EQ(m.records.size(), 1u);
  EXPECT_EQ(m.verdict, Verdict::accept);
  EXPECT_EQ(m.records[0].type, "adt");
  EXPECT_EQ(m.records[0].key, "SYNHOSP|SYN-MRN-7");
  EXPECT_EQ(m.records[0].version, "20260301T170000.000000Z/M000000000001");
  EXPECT_EQ(m.records[0].changed_at_us, 1772384400000000);
  EXPECT_EQ(at(m, "/message/event"), "A03");
  EXPECT_EQ(at(m, "/event/recorded"), "2026-03-01T11:59:00-05:00");
  EXPECT_EQ(at(m, "/patient/identifiers/1/value"), "SYN-MRN-7");
  EXPECT_EQ(at(m, "/patient/identifiers/1/assigner"), "SYNHOSP");
  EXPECT_EQ(at(m, "/patient/names/0/given/1"), "Lee");
  EXPECT_EQ(at(m, "/patient/names/1/type"), "A");
  EXPECT_EQ(at(m, "/patient/birth_date"), "2012-03-04");
  EXPECT_EQ(at(m, "/patient/addresses/0/lines/0"), "1 Sample Street");
  EXPECT_EQ(at(m, "/visit/number"), "SYN-V-1");
  EXPECT_EQ(at(m, "/visit/discharged"), "2026-03-01T11:30:00");
  EXPECT_EQ(at(m, "/visit/discharged_to"), "HOME");
  EXPECT_EQ(at(m, "/visit/reason/code"), "R10");
  EXPECT_EQ(at(m, "/diagnoses/0/code/code"), "F11.20");
  EXPECT_EQ(at(m, "/diagnoses/0/key"), "SYNHOSP|SYN-V-1/F11.20");
  EXPECT_EQ(at(m, "/segments/2/3").substr(0, 11), "SYN-STATE-9");
}

TEST(Hl7Read, gives_keys_of_the_home_assigner_bare) {
  Hl7Settings settings;
  settings.home_assigner = "SYNHOSP";
  EXPECT_EQ(read(msh("ADT^A08") + kPid, settings).records.at(0).key, "SYN-MRN-7");
  settings.home_assigner = "STATE";
  EXPECT_EQ(read(msh("ADT^A08") + kPid, settings).records.at(0).key, "SYN-STATE-9");
}

TEST(Hl7Read, makes_observations_that_know_their_order) {
  const auto m =
      read(msh("ORU^R01") + kPid +
           "OBR|1|PL1^X|FI1^LAB|718-7^Hemoglobin^LN|||20260301100000||||||||||||||||||F\r"
           "NTE|1||about the order\r"
           "OBX|1|NM|718-7^Hemoglobin^LN|1|13.20|g/dL^^UCUM|12-16|N|||F|||20260301101500\r"
           "NTE|1||first\\.br\\note\r"
           "OBX|2|CWE|600-7^Culture^LN||112283007^Escherichia coli^SCT||||||C\r"
           "OBX|3|TX|8251-1^Note^LN||one~two ^ three||||||F\r"
           "OBX|4|SN|1^Titre^L||>^100||||||F\r");
  ASSERT_EQ(m.records.size(), 1u);
  EXPECT_EQ(m.records[0].type, "oru");
  EXPECT_EQ(m.records[0].key, "FI1");
  EXPECT_EQ(at(m, "/observations/0/value"), "13.20");
  EXPECT_EQ(at(m, "/observations/0/key"), "FI1/718-7/1");
  EXPECT_EQ(at(m, "/observations/0/unit/code"), "g/dL");
  EXPECT_EQ(at(m, "/observations/0/order/filler_number"), "FI1");
  EXPECT_EQ(at(m, "/observations/0/notes/0"), "first\nnote");
  EXPECT_EQ(at(m, "/observations/0/at"), "2026-03-01T10:15:00");
  EXPECT_EQ(at(m, "/observations/1/coded/code"), "112283007");
  EXPECT_EQ(at(m, "/observations/1/at"), "2026-03-01T10:00:00");
  EXPECT_EQ(at(m, "/observations/2/value"), "one\ntwo ^ three");
  EXPECT_EQ(at(m, "/observations/3/comparator"), ">");
  EXPECT_EQ(at(m, "/observations/3/value"), "100");
}

TEST(Hl7Read, makes_an_appointment_that_keeps_its_key_when_it_is_cancelled) {
  const std::string rest = std::string(kPid) + "RGS|1|A\rAIL|1|A|CLINIC^2|||20260402090000\r";
  const auto booked = read(msh("SIU^S12") +
                           "SCH|P1|F1|||R|CHECKUP^Check-up|ROUTINE|OFFICE|30|min|^^30^"
                           "20260402090000^20260402093000||||||||||||||Booked\r" +
                           rest);
  const auto cancelled =
      read(msh("SIU^S15", "M2") + segment("SCH", {{1, "P1"}, {2, "F1"}, {25, "Cancelled"}}) + rest);
  ASSERT_EQ(booked.records.size(), 1u);
  EXPECT_EQ(booked.records[0].key, "F1");
  EXPECT_EQ(at(booked, "/appointment/start"), "2026-04-02T09:00:00");
  EXPECT_EQ(at(booked, "/appointment/end"), "2026-04-02T09:30:00");
  EXPECT_EQ(at(booked, "/appointment/resources/0/place/point_of_care"), "CLINIC");
  EXPECT_EQ(at(booked, "/patient/names/0/family"), "Testfamily");
  ASSERT_EQ(cancelled.records.size(), 1u);
  EXPECT_EQ(cancelled.records[0].key, "F1");
  EXPECT_EQ(at(cancelled, "/appointment/status"), "Cancelled");
  EXPECT_EQ(at(cancelled, "/appointment/start"), "2026-04-02T09:00:00");  // from its place
  EXPECT_LT(booked.records[0].version, cancelled.records[0].version);
}

TEST(Hl7Read, makes_one_record_of_each_merge_in_a_message) {
  const auto m = read(msh("ADT^A40") + "EVN|A40|2026\rPID|1||A1||Testfamily^Ada\rMRG|A0\r" +
                      "PID|2||B1||Testfamily^Bo\rMRG|B0\r");
  ASSERT_EQ(m.records.size(), 2u);
  EXPECT_EQ(m.records[0].key, "A1");
  EXPECT_EQ(at(m, "/merge/key", 0), "A0");
  EXPECT_EQ(m.records[1].key, "B1");
  EXPECT_EQ(at(m, "/merge/identifiers/0/value", 1), "B0");
  EXPECT_EQ(at(m, "/event/recorded", 1), "2026");
}

TEST(Hl7Read, keeps_z_segments_and_the_order_to_clear) {
  const auto m = read(msh("ADT^A31") + "PID|1||7||Testfamily^Ada||\"\"|U\rZPD|1|plain|a^b|c~d\r");
  EXPECT_EQ(at(m, "/patient/birth_date"), "\"\"");
  EXPECT_EQ(at(m, "/patient/sex"), "U");
  EXPECT_EQ(at(m, "/patient/death_date"), "(none)");
  EXPECT_EQ(at(m, "/z_segments/ZPD/0/2"), "plain");
  EXPECT_EQ(at(m, "/z_segments/ZPD/0/3/1"), "b");
  EXPECT_EQ(at(m, "/z_segments/ZPD/0/4/0"), "c");
  EXPECT_EQ(at(m, "/segments/2"), R"(["ZPD","1","plain","a^b","c~d"])");
}

TEST(Hl7Read, orders_messages_of_one_second_by_their_numbers) {
  EXPECT_LT(read(msh("ADT^A08", "M9") + kPid).records.at(0).version,
            read(msh("ADT^A08", "M10") + kPid).records.at(0).version);
}

struct RefusalCase {
  const char* name;
  std::string text;
  Verdict verdict;
  const char* code;
  const char* place;
};
class Hl7Refusal : public testing::TestWithParam<RefusalCase> {};
TEST_P(Hl7Refusal, keeps_the_bytes_and_says_why) {
  const RefusalCase& row = GetParam();
  const auto m = read(row.text);
  EXPECT_EQ(m.verdict, row.verdict);
  ASSERT_TRUE(m.reject);
  EXPECT_EQ(m.reject->error.code, row.code);
  EXPECT_EQ(m.reject->error.place, row.place);
  EXPECT_EQ(m.reject->error.error_class, sdk::ErrorClass::bad_record);
  EXPECT_FALSE(m.reject->error.cause.empty());
  EXPECT_FALSE(m.reject->error.next.empty());
  EXPECT_EQ(m.reject->raw, row.text);
  EXPECT_TRUE(m.records.empty());
}
INSTANTIATE_TEST_SUITE_P(
    Table,
    Hl7Refusal,
    testing::Values(
        RefusalCase{"no_header", "PID|1||7\r", Verdict::reject, "HL7_NO_HEADER", "segment 1"},
        RefusalCase{"event", msh("ADT^A60") + kPid, Verdict::reject, "HL7_UNSUPPORTED", "MSH-9"},
        RefusalCase{"type", msh("DFT^P03") + kPid, Verdict::reject, "HL7_UNSUPPORTED", "MSH-9"},
        RefusalCase{"version",
                    msh("ADT^A01", "M1", "P|1.0") + kPid,
                    Verdict::reject,
                    "HL7_VERSION",
                    "MSH-12"},
        RefusalCase{"test_message",
                    msh("ADT^A01", "M1", "T|2.5") + kPid,
                    Verdict::reject,
                    "HL7_PROCESSING_ID",
                    "MSH-11"},
        RefusalCase{"no_control_id",
                    msh("ADT^A01", "") + kPid,
                    Verdict::reject,
                    "HL7_CONTROL_ID",
                    "MSH-10"},
        RefusalCase{
            "no_patient", msh("ADT^A01") + "PV1|1|I\r", Verdict::error, "HL7_REQUIRED", "PID"},
        RefusalCase{"no_identifier",
                    msh("ADT^A01") + "PID|1||^^^X||Doe\r",
                    Verdict::error,
                    "HL7_REQUIRED",
                    "PID-3"},
        RefusalCase{
            "no_former_identifier", msh("ADT^A40") + kPid, Verdict::error, "HL7_REQUIRED", "MRG-1"},
        RefusalCase{"no_results", msh("ORU^R01") + kPid, Verdict::error, "HL7_REQUIRED", "OBR"},
        RefusalCase{"no_appointment_number",
                    msh("SIU^S12") + "SCH||\r" + kPid,
                    Verdict::error,
                    "HL7_REQUIRED",
                    "SCH-2"}),
    [](const auto& row) { return row.param.name; });

// Bytes changed, cut out, doubled: whatever comes, it is read or refused, and records are JSON.
TEST(Hl7Read, survives_any_bytes) {
  const std::string whole =
      msh("ADT^A03") + kPid + segment("PV1", {{1, "1"}, {2, "I"}, {19, "V1"}, {44, "20260227"}}) +
      "DG1|1||F11.20^a\\T\\b^I10\rOBX|1|SN|x^y||>^1||||||F\rZPD|1|a^b~c\rMRG|A0\r";
  constexpr std::string_view kBytes = "|^~\\&\r\n\x0B\x1C\"\x00\xFF\xC3MSHPIDX0.br";
  uint64_t state = 20260301;  // seed
  auto below = [&](size_t bound) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<size_t>(state >> 33) % bound;
  };
  size_t accepted = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text = whole;
    for (size_t n = 1 + below(6); n > 0 && !text.empty(); --n) {
      const size_t at = below(text.size());
      switch (below(3)) {
        case 0:
          text[at] = kBytes[below(kBytes.size())];
          break;
        case 1:
          text.erase(at, 1 + below(20));
          break;
        default:
          text.insert(at, text.substr(below(text.size()), below(30)));
          break;
      }
    }
    const ReadMessage m = read(text);
    ASSERT_NE(m.records.empty(), !m.reject.has_value()) << "round " << round;
    ++(m.reject ? refused : accepted);
    for (const sdk::Record& record : m.records) {
      rapidjson::Document body;
      sdk::JsonFault fault;
      ASSERT_TRUE(sdk::parse_json(record.body, body, fault)) << "round " << round << fault.cause;
    }
  }
  EXPECT_GT(accepted, 300u);
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace concord::health
