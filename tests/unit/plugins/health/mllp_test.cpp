#include <gtest/gtest.h>

#include <concord/json.hpp>
#include <set>

#include "health/hl7_ack.hpp"
#include "health/hl7_write.hpp"
#include "health/mllp_answer.hpp"
#include "health/mllp_frame.hpp"

namespace concord::health {
namespace {

using Kind = Frame::Kind;

std::vector<Frame> frames_of(FrameReader& reader) {
  std::vector<Frame> out;
  while (auto frame = reader.next()) out.push_back(std::move(*frame));
  return out;
}

TEST(MllpFrame, is_read_however_the_bytes_are_cut) {
  const std::string wire = framed("MSH|one") + "\n" + framed("MSH|two") + framed("");
  for (size_t step = 1; step <= wire.size(); ++step) {
    FrameReader reader(1000);
    for (size_t i = 0; i < wire.size(); i += step)
      reader.feed(std::string_view(wire).substr(i, step));
    const auto frames = frames_of(reader);
    ASSERT_EQ(frames.size(), 3u) << "step " << step;
    EXPECT_EQ(frames[0].bytes, "MSH|one");
    EXPECT_EQ(frames[1].bytes, "MSH|two");
    EXPECT_EQ(frames[2].bytes, "");
    for (const Frame& frame : frames) EXPECT_EQ(frame.kind, Kind::message);
    EXPECT_FALSE(reader.in_hand());
  }
}

TEST(MllpFrame, tells_garbage_and_half_frames_from_messages) {
  FrameReader reader(1000);
  reader.feed("garbage" + framed("A") + "\x0Bhalf" + framed("B") + "no start\x1C\r");
  const auto frames = frames_of(reader);
  ASSERT_EQ(frames.size(), 5u);
  EXPECT_EQ(frames[0].kind, Kind::unframed);
  EXPECT_EQ(frames[0].bytes, "garbage");
  EXPECT_EQ(frames[1].bytes, "A");
  EXPECT_EQ(frames[2].kind, Kind::cut);
  EXPECT_EQ(frames[2].bytes, "half");
  EXPECT_EQ(frames[3].bytes, "B");
  EXPECT_EQ(frames[4].kind, Kind::unframed);
  EXPECT_EQ(frames[4].bytes, "no start");
}

TEST(MllpFrame, keeps_only_the_beginning_of_what_is_too_large_and_goes_on) {
  FrameReader reader(100);
  reader.feed("\x0BMSH|");
  for (int i = 0; i < 1000; ++i) reader.feed(std::string(1000, 'x'));
  EXPECT_TRUE(reader.in_hand());
  reader.feed("\x1C\r" + framed("next"));
  const auto frames = frames_of(reader);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].kind, Kind::oversize);
  EXPECT_LE(frames[0].bytes.size(), 64u << 10);
  EXPECT_EQ(frames[0].bytes.substr(0, 4), "MSH|");
  EXPECT_EQ(frames[1].bytes, "next");
}

TEST(MllpFrame, holds_garbage_without_end_within_bounds) {
  FrameReader reader(100);
  for (int i = 0; i < 1000; ++i) reader.feed(std::string(1000, 'x'));
  reader.feed(framed("A"));
  const auto frames = frames_of(reader);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].bytes.size(), 64u << 10);
}

std::string adt(const char* id, const char* modes = "", const char* kind = "ADT^A03") {
  return std::string("MSH|^~\\&|EHR|HOSP|HUB|CO|20260301120000||") + kind + "|" + id + "|P|2.5" +
         modes + "\rPID|1||7||Testfamily^Ada\r";
}
std::string field(const std::string& message, const char* segment, size_t n) {
  auto parsed = Message::parse(message, {});
  if (!parsed || parsed->find(segment) == nullptr) return "(none)";
  return std::string(parsed->find(segment)->field(n).raw());
}

TEST(Hl7Ack, goes_back_to_the_sender_with_its_control_id) {
  const auto out = answers(glimpse(adt("M7")), Verdict::accept, Kept::committed, {}, "C1", 0);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(field(out[0], "MSA", 1), "AA");
  EXPECT_EQ(field(out[0], "MSA", 2), "M7");
  EXPECT_EQ(field(out[0], "MSH", 3), "HUB");
  EXPECT_EQ(field(out[0], "MSH", 5), "EHR");
  EXPECT_EQ(field(out[0], "MSH", 9), "ACK^A03^ACK");
  EXPECT_EQ(field(out[0], "ERR", 1), "(none)");
}

TEST(Hl7Ack, speaks_with_the_delimiters_of_the_sender) {
  const auto out = answers(glimpse("MSH#!@%*#S!1#F#R#G#2026##ADT!A01#M#P#2.5\r"),
                           Verdict::error,
                           Kept::committed,
                           {"101", "PID-3", "a # b"},
                           "C1",
                           0);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(field(out[0], "MSH", 5), "S!1");
  EXPECT_EQ(field(out[0], "MSA", 1), "AE");
  EXPECT_EQ(field(out[0], "MSA", 3), "a %F% b");
  EXPECT_EQ(field(out[0], "ERR", 2), "PID!1!3");
  EXPECT_EQ(field(out[0], "ERR", 3), "101!Required field missing!HL70357");
}

struct ModeCase {
  const char* name;
  const char* modes;  // MSH-13, -14, -15, -16
  Verdict verdict;
  Kept kept;
  std::vector<std::string> want;
};
class AckMode : public testing::TestWithParam<ModeCase> {};
TEST_P(AckMode, answers_what_is_asked_for) {
  const ModeCase& row = GetParam();
  std::vector<std::string> codes;
  for (const auto& answer :
       answers(glimpse(adt("M1", row.modes)), row.verdict, row.kept, {"102", "", "x"}, "C", 0)) {
    codes.push_back(field(answer, "MSA", 1));
  }
  EXPECT_EQ(codes, row.want);
}
INSTANTIATE_TEST_SUITE_P(
    Table,
    AckMode,
    testing::Values(
        ModeCase{"original", "", Verdict::accept, Kept::committed, {"AA"}},
        ModeCase{"original_kept_for_repair", "", Verdict::accept, Kept::for_repair, {"AE"}},
        ModeCase{"original_not_for_us", "", Verdict::reject, Kept::committed, {"AR"}},
        ModeCase{"original_not_kept", "", Verdict::reject, Kept::not_kept, {"AE"}},
        ModeCase{"accept_only", "|||AL|NE", Verdict::accept, Kept::committed, {"CA"}},
        ModeCase{"accept_only_error", "|||AL|NE", Verdict::error, Kept::committed, {"CE"}},
        ModeCase{"both", "|||AL|AL", Verdict::accept, Kept::committed, {"CA", "AA"}},
        ModeCase{"both_refused", "|||AL|AL", Verdict::reject, Kept::committed, {"CR", "AR"}},
        ModeCase{"never", "|||NE|NE", Verdict::accept, Kept::committed, {}},
        ModeCase{"on_error_and_none", "|||ER|NE", Verdict::accept, Kept::committed, {}},
        ModeCase{"on_error_and_one", "|||ER|NE", Verdict::error, Kept::committed, {"CE"}},
        ModeCase{"on_success", "|||SU|NE", Verdict::accept, Kept::committed, {"CA"}}),
    [](const auto& row) { return row.param.name; });

struct AckCase {
  const char* name;
  const char* text;
  sdk::ErrorClass want;  // ok: no error
};
class AckMeaning : public testing::TestWithParam<AckCase> {};
TEST_P(AckMeaning, decides_what_happens_next) {
  auto ack = parse_ack(std::string("MSH|^~\\&|H|F|C|O|2026||ACK|9|P|2.5\r") + GetParam().text);
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->control_id, "M1");
  const auto error = error_of(*ack, "mllp");
  EXPECT_EQ(error ? error->error_class : sdk::ErrorClass::ok, GetParam().want);
  EXPECT_TRUE(!error || error->cause.find("SECRET") == std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(
    Table,
    AckMeaning,
    testing::Values(
        AckCase{"accepted", "MSA|AA|M1\r", sdk::ErrorClass::ok},
        AckCase{"committed", "MSA|CA|M1\r", sdk::ErrorClass::ok},
        AckCase{"error", "MSA|AE|M1|SECRET\r", sdk::ErrorClass::bad_record},
        AckCase{"busy", "MSA|AE|M1\rERR||PID^1^3|207^SECRET^HL70357|E\r", sdk::ErrorClass::retry},
        AckCase{"locked", "MSA|AE|M1||||206\r", sdk::ErrorClass::retry},
        AckCase{"wrong_event", "MSA|AR|M1\rERR|||201\r", sdk::ErrorClass::config},
        AckCase{"field_missing", "MSA|AR|M1\rERR||PID^1^3|101\r", sdk::ErrorClass::bad_record},
        AckCase{"no_such_code", "MSA|OK|M1\r", sdk::ErrorClass::retry}),
    [](const auto& row) { return row.param.name; });

// --- from frames to answers --------------------------------------------------------------------

std::vector<std::string> codes_of(const std::string& wire) {
  FrameReader reader(1 << 20);
  reader.feed(wire);
  std::vector<std::string> out;
  while (auto frame = reader.next()) {
    out.push_back(field(frame->bytes, "MSA", 1) + " " + field(frame->bytes, "MSA", 2));
  }
  return out;
}
sdk::Outcome failed(sdk::ErrorClass error_class) {
  return {sdk::Error{error_class, "X", "here", "cause", "next"}, ""};
}

TEST(Exchange, answers_each_message_by_what_became_of_it) {
  const Hl7Settings settings;
  Exchange exchange(settings, 1000, "test");
  exchange.add({Kind::message, adt("M1")});
  exchange.add({Kind::message, adt("M2", "", "ADT^A60")});
  exchange.add({Kind::message, adt("M3")});
  exchange.add({Kind::unframed, "rubbish"});
  ASSERT_EQ(exchange.batch().records.size(), 2u);
  ASSERT_EQ(exchange.batch().rejects.size(), 2u);
  const auto out = exchange.answer({{}, failed(sdk::ErrorClass::bad_record), {}, {}}, false, 0);
  EXPECT_EQ(codes_of(out.bytes), (std::vector<std::string>{"AA M1", "AR M2", "AE M3", "AR "}));
  EXPECT_TRUE(out.all_kept);
  EXPECT_TRUE(exchange.empty());
}

TEST(Exchange, answers_nothing_from_the_first_message_that_was_not_kept) {
  const Hl7Settings settings;
  Exchange exchange(settings, 1000, "test");
  for (const char* id : {"M1", "M2", "M3"}) exchange.add({Kind::message, adt(id)});
  const auto out = exchange.answer({{}, failed(sdk::ErrorClass::retry), {}}, false, 0);
  EXPECT_EQ(codes_of(out.bytes), (std::vector<std::string>{"AA M1"}));
  EXPECT_FALSE(out.all_kept);
}

TEST(Exchange, or_says_that_it_was_not_kept_where_the_settings_want_it) {
  const Hl7Settings settings;
  Exchange exchange(settings, 1000, "test");
  exchange.add({Kind::message, adt("M1")});
  const auto out = exchange.answer({failed(sdk::ErrorClass::retry)}, true, 0);
  EXPECT_EQ(codes_of(out.bytes), (std::vector<std::string>{"AE M1"}));
  EXPECT_NE(out.bytes.find("207"), std::string::npos);
}

TEST(Exchange, takes_silence_of_the_hub_for_not_kept) {
  const Hl7Settings settings;
  Exchange exchange(settings, 1000, "test");
  exchange.add({Kind::message, adt("M1", "", "ADT^A60")});
  const auto out = exchange.answer({}, false, 0);
  EXPECT_EQ(out.bytes, "");
  EXPECT_FALSE(out.all_kept);
}

TEST(Exchange, takes_a_batch_apart_and_keeps_a_wrong_count_visible) {
  const Hl7Settings settings;
  Exchange exchange(settings, 1000, "test");
  exchange.add({Kind::message, "BHS|^~\\&\r" + adt("M1") + adt("M2") + "BTS|3\r"});
  EXPECT_EQ(exchange.batch().records.size(), 2u);
  ASSERT_EQ(exchange.batch().rejects.size(), 1u);
  EXPECT_EQ(exchange.batch().rejects[0].error.code, "HL7_BATCH_COUNT");
  const auto out = exchange.answer({{}, {}, {}}, false, 0);
  EXPECT_EQ(codes_of(out.bytes), (std::vector<std::string>{"AA M1", "AA M2"}));
}

// --- messages that we send ---------------------------------------------------------------------

sdk::Delivery delivery(std::string_view type, std::string_view body) {
  sdk::Delivery out;
  out.idempotency_key = "key-1";
  out.type = type;
  out.key = "SYN-D-1";
  out.version = 3;
  out.subject = "SYN-MRN-7";
  out.body = body;
  return out;
}

TEST(Hl7Write, gives_back_what_reading_gave) {
  const std::string body = R"({"message":{"event":"A08"},
    "patient":{"identifiers":[{"value":"SYN-MRN-7","assigner":"HOSP","type":"MR"},{"value":"S|1^2"}],
      "names":[{"family":"Testfamily","given":["Ada","Lee"],"type":"L"}],"birth_date":"2012-03","sex":"F",
      "addresses":[{"lines":["1 Sample Street"],"city":"Exampleton","postal":"00000"}]},
    "visit":{"number":"V1","class":"I","admitted":"2026-02-27T09:00:00-05:00","reason":{"code":"R10"}},
    "diagnoses":[{"code":{"code":"K35.80","text":"A & B"},"description":"line one\nline two"}],
    "next_of_kin":[{"names":[{"family":"Testfamily","given":["Bo"]}],"relationship":{"code":"MTH"}}]})";
  auto message = write_message(delivery("adt", body), SendSettings{}, 0);
  ASSERT_TRUE(message);
  const ReadMessage back = read_message(message->bytes, {}, "test");
  ASSERT_EQ(back.records.size(), 1u) << (back.reject ? back.reject->error.cause : "");
  const std::string& json = back.records[0].body;
  for (const char* part : {R"("value":"S|1^2")",
                           R"("given":["Ada","Lee"])",
                           R"("birth_date":"2012-03")",
                           R"("admitted":"2026-02-27T09:00:00-05:00")",
                           R"("text":"A & B")",
                           R"("description":"line one\nline two")",
                           R"("relationship":{"code":"MTH"})",
                           R"("key":"HOSP|SYN-MRN-7")",
                           R"("event":"A08")"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << "\n" << json;
  }
  EXPECT_EQ(back.header.fields[10], message->control_id);
  EXPECT_EQ(field(message->bytes, "ZCC", 1), "SYN-D-1");
  EXPECT_EQ(field(message->bytes, "ZCC", 2), "3");
}

TEST(Hl7Write, groups_results_by_their_order) {
  const std::string body = R"({"observations":[
    {"code":{"code":"1"},"value":"13.20","type":"NM","order":{"filler_number":"F1"}},
    {"code":{"code":"2"},"value":7,"order":{"filler_number":"F1"}},
    {"code":{"code":"3"},"coded":{"code":"x"},"notes":["a~b"]}]})";
  auto message = write_message(delivery("oru", body), SendSettings{}, 0);
  ASSERT_TRUE(message);
  const ReadMessage back = read_message(message->bytes, {}, "test");
  ASSERT_EQ(back.records.size(), 1u);
  const std::string& json = back.records[0].body;
  for (const char* part : {R"("key":"F1/1/")",
                           R"("value":"13.20")",
                           R"("key":"F1/2/")",
                           R"("key":"SYN-D-1/3/")",
                           R"("notes":["a~b"])"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << "\n" << json;
  }
}

TEST(Hl7Write, notes_what_must_go_along_behind_whom_it_is_about) {
  sdk::Delivery d = delivery("adt", R"({"message":{"event":"A08"}})");
  d.obligations = {{"notice_part2", "", "Part 2 | a notice."}, {"label_sticky", "PART2", "Keep."}};
  auto message = write_message(d, SendSettings{}, 0);
  ASSERT_TRUE(message);
  EXPECT_NE(message->bytes.find("\rNTE|1||Part 2 \\F\\ a notice.|notice_part2^^L\r"
                                "NTE|2||Keep.|label_sticky^^L\rPV1|"),
            std::string::npos)
      << message->bytes;
  EXPECT_EQ(read_message(message->bytes, {}, "test").records.size(), 1u);
}

TEST(Hl7Write, makes_the_control_id_of_the_idempotency_key) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(control_id_of("delivery-" + std::to_string(i)));
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(ids.begin()->size(), 20u);
  EXPECT_EQ(control_id_of("a"), control_id_of("a"));
}

TEST(Hl7Write, refuses_what_a_receiver_could_not_place) {
  sdk::Delivery nobody = delivery("adt", R"({"patient":{"names":[{"family":"X"}]}})");
  nobody.subject = {};
  EXPECT_EQ(write_message(nobody, {}, 0).error().place, "patient.identifiers");
  EXPECT_EQ(write_message(delivery("oru", "{}"), {}, 0).error().place, "observations");
  EXPECT_EQ(write_message(delivery("adt", R"({"message":{"event":"A99"}})"), {}, 0).error().place,
            "message.event");
  EXPECT_EQ(write_message(delivery("adt", "[]"), {}, 0).error().code, "HL7_BODY");
}

TEST(Hl7Write, asks_for_a_withdrawal_only_in_the_words_of_the_receiver) {
  sdk::Delivery withdrawal = delivery("oru", "");
  withdrawal.withdraw = true;
  EXPECT_EQ(write_message(withdrawal, {}, 0).error().code, "WITHDRAW_UNSUPPORTED");
  SendSettings settings;
  settings.withdraw_event = "Z99";
  auto message = write_message(withdrawal, settings, 0);
  ASSERT_TRUE(message);
  EXPECT_EQ(field(message->bytes, "MSH", 9), "ADT^Z99^ADT_A01");
  EXPECT_EQ(field(message->bytes, "ZCC", 3), "withdraw");
  EXPECT_EQ(field(message->bytes, "OBX", 1), "(none)");
}

}  // namespace
}  // namespace concord::health
