#include "health/hl7_message.hpp"

#include <gtest/gtest.h>

#include "health/hl7_time.hpp"

namespace concord::health {
namespace {

Message parsed(std::string_view text, Hl7Options options = {}) {
  auto message = Message::parse(text, options);
  EXPECT_TRUE(message) << (message ? "" : message.error().cause);
  return std::move(message).value();
}
sdk::Error refusal(std::string_view text, Hl7Options options = {}) {
  auto message = Message::parse(text, options);
  EXPECT_FALSE(message);
  return message ? sdk::Error{} : message.error();
}

constexpr std::string_view kHeader = "MSH|^~\\&|A|B|C|D|20260301120000||ADT^A01|M1|P|2.5\r";
std::string with_header(std::string_view rest) {
  return std::string(kHeader) + std::string(rest);
}

TEST(Hl7Message, numbers_header_fields_as_the_standard_does) {
  const Message m = parsed(kHeader);
  EXPECT_EQ(m.header().field(1).raw(), "|");
  EXPECT_EQ(m.header().field(2).raw(), "^~\\&");
  EXPECT_EQ(m.header().field(9).component(2).text(), "A01");
  EXPECT_EQ(m.header().field(12).text(), "2.5");
  EXPECT_EQ(m.header().field(40).text(), "");
}

TEST(Hl7Message, takes_the_delimiters_from_the_header) {
  const Message m =
      parsed("MSH#!@%*#S#F#R#F#2026##ADT!A01#M7#P#2.5\rPID#1##1!!!MRN@2##DOE*X!J%T%\r");
  const Segment* pid = m.find("PID");
  ASSERT_NE(pid, nullptr);
  EXPECT_EQ(pid->field(3).repetitions(), 2u);
  EXPECT_EQ(pid->field(3).repetition(2).component(1).text(), "2");
  EXPECT_EQ(pid->field(5).component(1).sub(1).text(), "DOE");
  EXPECT_EQ(pid->field(5).component(2).text(), "J*");
}

TEST(Hl7Message, a_part_without_components_is_its_own_first_component) {
  const Message m = parsed(with_header("PID|1||42||DOE&VAN^J~ROE"));
  const Segment& pid = *m.find("PID");
  EXPECT_EQ(pid.field(3).component(1).text(), "42");
  EXPECT_EQ(pid.field(3).component(1).sub(1).text(), "42");
  EXPECT_EQ(pid.field(3).component(2).text(), "");
  EXPECT_EQ(pid.field(5).sub(1).text(), "DOE");
  EXPECT_EQ(pid.field(5).repetition(2).component(1).sub(1).text(), "ROE");
  EXPECT_EQ(pid.field(5).repetition(3).text(), "");
}

struct EscapeCase {
  const char* name;
  const char* raw;
  const char* want;
};
class Unescape : public testing::TestWithParam<EscapeCase> {};
TEST_P(Unescape, decodes_once) {
  EXPECT_EQ(unescape(GetParam().raw, {}, Charset::utf_8), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(Table,
                         Unescape,
                         testing::Values(EscapeCase{"delimiters", R"(\F\\S\\T\\R\)", "|^&~"},
                                         EscapeCase{"escape_itself_once", R"(\E\T\E\)", R"(\T\)"},
                                         EscapeCase{"line_break", R"(a\.br\b)", "a\nb"},
                                         EscapeCase{"spaces_of_lines", R"(a\.sp2\b)", "a\n\nb"},
                                         EscapeCase{"hex", R"(\X4142\)", "AB"},
                                         EscapeCase{"hex_utf8", R"(\XC3A9\)", "\xC3\xA9"},
                                         EscapeCase{
                                             "hex_that_is_no_text_stays", R"(\XFF\)", R"(\XFF\)"},
                                         EscapeCase{"hex_nul_stays", R"(\X00\)", R"(\X00\)"},
                                         EscapeCase{"highlight_goes", R"(\H\loud\N\)", "loud"},
                                         EscapeCase{"unknown_stays", R"(\Q9\x)", R"(\Q9\x)"},
                                         EscapeCase{"unclosed_stays", R"(C:\temp)", R"(C:\temp)"},
                                         EscapeCase{"local_stays", R"(\Zab\)", R"(\Zab\)"}),
                         [](const auto& row) { return row.param.name; });

TEST(Hl7Message, what_is_escaped_for_sending_is_the_same_when_read) {
  const std::string text = "a|b^c~d\\e&f\ng\th";
  const Message m = parsed(with_header("NTE|1||" + escape(text, {})));
  EXPECT_EQ(m.find("NTE")->field(3).exact_text(), text);
  EXPECT_EQ(m.segments().size(), 2u);
}

TEST(Hl7Message, tells_an_order_to_clear_from_nothing_said) {
  const Message m = parsed(with_header("PID|1||42||\"\"||"));
  EXPECT_EQ(m.find("PID")->field(5).text(), "\"\"");
  EXPECT_FALSE(m.find("PID")->field(5).empty());
  EXPECT_TRUE(m.find("PID")->field(7).empty());
}

TEST(Hl7Message, takes_any_line_end_unless_told_otherwise) {
  for (const char* end : {"\r", "\n", "\r\n", "\r\n\r\n"}) {
    std::string text(kHeader.substr(0, kHeader.size() - 1));
    text += std::string(end) + "PID|1||42" + end + "ZPD|1|x" + end;
    EXPECT_EQ(parsed(text).segments().size(), 3u) << "line end of " << std::string(end).size();
  }
  Hl7Options strict;
  strict.any_segment_end = false;
  EXPECT_EQ(parsed(with_header("NTE|1||one\ntwo"), strict).find("NTE")->field(3).text(),
            "one\ntwo");
}

TEST(Hl7Message, decodes_the_character_set_that_the_header_names) {
  auto in = [](const char* charset, const char* name) {
    return "MSH|^~\\&|A|B|C|D|2026||ADT^A01|M1|P|2.5||||||" + std::string(charset) +
           "\rPID|1||42||" + name;
  };
  EXPECT_EQ(parsed(in("8859/1", "M\xFCller")).find("PID")->field(5).text(), "M\xC3\xBCller");
  EXPECT_EQ(parsed(in("UNICODE UTF-8", "M\xC3\xBCller")).find("PID")->field(5).text(),
            "M\xC3\xBCller");
  EXPECT_EQ(refusal(in("ASCII", "M\xFCller")).code, "HL7_CHARSET");
  EXPECT_EQ(refusal(in("KLINGON", "x")).place, "MSH-18");
}

TEST(Hl7Message, names_the_byte_that_is_no_text_and_shows_no_content) {
  const sdk::Error error = refusal(with_header("PID|1||42||SECRET\x92S"));
  EXPECT_EQ(error.code, "HL7_CHARSET");
  EXPECT_EQ(error.place,
            "segment 2 (PID), byte " + std::to_string(kHeader.size() + 18) + " of the message");
  EXPECT_EQ(error.cause, "byte 0x92 is no text in UNICODE UTF-8");
  Hl7Options options;
  options.charset = Charset::windows_1252;
  EXPECT_EQ(parsed(with_header("PID|1||42||SECRET\x92S"), options).find("PID")->field(5).text(),
            "SECRET\xE2\x80\x99S");
}

TEST(Hl7Message, refuses_what_is_no_message_and_says_where) {
  EXPECT_EQ(refusal("").code, "HL7_NO_HEADER");
  EXPECT_EQ(refusal("PID|1||42").code, "HL7_NO_HEADER");
  EXPECT_EQ(refusal("MSH|^~").code, "HL7_DELIMITERS");
  EXPECT_EQ(refusal("MSH|^^\\&|A|B").cause, "one character is declared twice");
  EXPECT_EQ(refusal("MSHA^~\\&AxAy").code, "HL7_DELIMITERS");
  EXPECT_EQ(refusal(with_header("PIDX|1")).place, "segment 2");
  EXPECT_EQ(refusal(with_header("PV|1")).code, "HL7_SEGMENT_NAME");
  EXPECT_EQ(refusal(with_header(kHeader)).code, "HL7_TWO_MESSAGES");
  EXPECT_EQ(refusal(with_header(std::string_view("PID|1||4\0002", 11))).code, "HL7_CHARSET");
}

TEST(Hl7Message, reads_a_byte_order_mark_away) {
  EXPECT_EQ(parsed("\xEF\xBB\xBF" + with_header("PID|1||42")).segments().size(), 2u);
}

TEST(Hl7Batch, is_taken_apart_and_its_count_compared) {
  const std::string one = with_header("PID|1||1\r"), two = with_header("PID|1||2\r");
  const std::string text = "FHS|^~\\&\rBHS|^~\\&\r" + one + two + "BTS|2\rFTS|1\r";
  const BatchPieces file = split_batch(text);  // pieces look into the text
  ASSERT_EQ(file.messages.size(), 2u);
  EXPECT_EQ(parsed(file.messages[1]).find("PID")->field(3).text(), "2");
  EXPECT_EQ(file.count_fault, "");
  EXPECT_NE(split_batch("BHS|^~\\&\r" + one + "BTS|2\r").count_fault, "");
  const std::string headless = "PID|1||9\r" + one;
  const BatchPieces stray = split_batch(headless);
  ASSERT_EQ(stray.messages.size(), 2u);
  EXPECT_FALSE(Message::parse(stray.messages[0], {}));
}

TEST(Hl7Time, keeps_its_precision) {
  EXPECT_EQ(iso_from_hl7("2012"), "2012");
  EXPECT_EQ(iso_from_hl7("201203"), "2012-03");
  EXPECT_EQ(iso_from_hl7("20120304"), "2012-03-04");
  EXPECT_EQ(iso_from_hl7("201203040506"), "2012-03-04T05:06");
  EXPECT_EQ(iso_from_hl7("20120304050607.25-0500"), "2012-03-04T05:06:07.25-05:00");
  EXPECT_EQ(hl7_from_iso("2012-03-04T05:06:07.25-05:00"), "20120304050607.25-0500");
  EXPECT_EQ(hl7_from_iso("2012-03"), "201203");
}

TEST(Hl7Time, that_does_not_exist_stays_as_it_came) {
  for (const char* text : {"0000",
                           "\"\"",
                           "Aug 15, 1942",
                           "20120230",
                           "201203042400",
                           "2012030405",
                           "20120304+9900",
                           "202005140100001234567890",
                           ""}) {
    EXPECT_EQ(iso_from_hl7(text), std::nullopt) << text;
    EXPECT_EQ(iso_or_same(text), text);
  }
}

TEST(Hl7Time, without_zone_is_in_the_zone_of_the_system) {
  EXPECT_EQ(sortable(*instant_of_hl7("20260701120000", "America/New_York")),
            "20260701T160000.000000Z");
  EXPECT_EQ(sortable(*instant_of_hl7("20260701120000+0000", "America/New_York")),
            "20260701T120000.000000Z");
  EXPECT_EQ(sortable(*instant_of_iso("2026-07-01T12:00:00.5+02:00")), "20260701T100000.500000Z");
  EXPECT_TRUE(zone_exists("America/New_York"));
  EXPECT_FALSE(zone_exists("Mars/Olympus"));
}

}  // namespace
}  // namespace concord::health
