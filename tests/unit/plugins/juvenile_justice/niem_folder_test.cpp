// NIEM documents in and out of folders.
#include <gmock/gmock.h>

#include "juvenile_justice/niem_reader.hpp"
#include "tests/unit/plugins/juvenile_justice/support.hpp"

namespace concord::juvenile_justice {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string booking(const std::string& number) {
  return "<b:Booking xmlns:b='https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/' "
         "xmlns:n='https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/'>"
         "<b:BookingAgencyRecordIdentification><n:IdentificationID>" +
         number +
         "</n:IdentificationID></b:BookingAgencyRecordIdentification><n:Person><n:PersonName>"
         "<n:PersonFullName>Ana "
         "Testfamily</n:PersonFullName></n:PersonName></n:Person></b:Booking>";
}

class Folder : public testing::Test {
 protected:
  Folder() {
    std::filesystem::create_directory(dir_.path() / "in");
    std::filesystem::create_directory(dir_.path() / "out");
  }
  std::unique_ptr<sdk::Connector> system(const std::string& more = "") {
    return connector(R"({"niem":{"in_folder":")" + dir_.file("in") + R"(","out_folder":")" +
                     dir_.file("out") + "\"" + more + R"(},"write":{"*":{"niem":{}}}})");
  }
  void drop(const std::string& name, const std::string& text) {
    write_text(dir_.file("in/" + name), text);
  }
  void make_older(const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path file = dir_.path() / "in" / name;
    fs::last_write_time(file, fs::last_write_time(file) - std::chrono::hours(1));
  }
  TempFolder dir_;
  TestCall call_;
};

TEST_F(Folder, a_file_stays_until_it_is_acknowledged_and_then_moves) {
  drop("a.xml", booking("0001"));
  drop(".hidden.xml", booking("9"));
  drop("b.xml.part", booking("9"));
  const auto from = system(R"(,"done_folder":")" + dir_.file("done") + "\"");
  const auto batch = from->read("niem_document", {}, {}, call_.call());
  ASSERT_TRUE(batch);
  EXPECT_THAT(keys_of(*batch), ElementsAre("Booking:0001"));
  EXPECT_TRUE(names_in(dir_.path() / "in").contains("a.xml"));
  ASSERT_TRUE(from->ack("niem_document", batch->checkpoint, call_.call()));
  EXPECT_FALSE(names_in(dir_.path() / "in").contains("a.xml"));
  EXPECT_THAT(names_in(dir_.path() / "done"), ElementsAre("a.xml"));
  ASSERT_TRUE(from->ack("niem_document", batch->checkpoint, call_.call()));
}

TEST_F(Folder, without_a_done_folder_acknowledged_files_are_deleted) {
  drop("a.xml", booking("1"));
  const auto from = system();
  EXPECT_EQ(read_all(*from, "niem_document", 10).size(), 1u);
  EXPECT_THAT(names_in(dir_.path() / "in"), IsEmpty());
}

TEST_F(Folder, does_not_read_twice_what_waits_for_its_ack) {
  drop("a.xml", booking("1"));
  drop("b.xml", booking("2"));
  const auto from = system();
  const auto first = from->read("niem_document", {}, {1, 1u << 20}, call_.call());
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->more);
  const auto second = from->read("niem_document", first->checkpoint, {1, 1u << 20}, call_.call());
  ASSERT_TRUE(second);
  EXPECT_NE(keys_of(*first), keys_of(*second));
  const auto third = from->read("niem_document", second->checkpoint, {1, 1u << 20}, call_.call());
  ASSERT_TRUE(third);
  EXPECT_THAT(third->records, IsEmpty());
}

TEST_F(Folder, a_file_replaced_after_it_was_read_is_kept_and_read_again) {
  drop("a.xml", booking("1"));
  const auto from = system();
  const auto first = from->read("niem_document", {}, {}, call_.call());
  ASSERT_TRUE(first);
  drop("a.xml", booking("22"));
  ASSERT_TRUE(from->ack("niem_document", first->checkpoint, call_.call()));
  EXPECT_THAT(names_in(dir_.path() / "in"), ElementsAre("a.xml"));
  const auto second = from->read("niem_document", first->checkpoint, {}, call_.call());
  ASSERT_TRUE(second);
  EXPECT_THAT(keys_of(*second), ElementsAre("Booking:22"));
}

TEST_F(Folder, a_half_written_file_waits_and_is_rejected_only_when_old) {
  drop("a.xml", booking("1").substr(0, 90));
  const auto from = system();
  const auto young = from->read("niem_document", {}, {}, call_.call());
  ASSERT_TRUE(young);
  EXPECT_THAT(young->records, IsEmpty());
  EXPECT_THAT(young->rejects, IsEmpty());
  make_older("a.xml");
  const auto old = from->read("niem_document", young->checkpoint, {}, call_.call());
  ASSERT_TRUE(old);
  ASSERT_THAT(old->rejects, SizeIs(1));
  EXPECT_EQ(old->rejects[0].error.code, "XML_SYNTAX");
  EXPECT_THAT(old->rejects[0].error.place, HasSubstr("a.xml:1:"));
  drop("a.xml", booking("1"));
  const auto whole = from->read("niem_document", old->checkpoint, {}, call_.call());
  ASSERT_TRUE(whole);
  EXPECT_THAT(keys_of(*whole), ElementsAre("Booking:1"));
}

TEST_F(Folder, a_file_larger_than_allowed_is_rejected_unread) {
  drop("a.xml", booking(std::string(5000, '1')));
  const auto batch = system()->read("niem_document", {}, {10, 1000}, call_.call());
  ASSERT_TRUE(batch);
  ASSERT_THAT(batch->rejects, SizeIs(1));
  EXPECT_EQ(batch->rejects[0].error.code, "NIEM_SIZE");
}

TEST_F(Folder, check_names_a_folder_that_is_not_there) {
  const auto from = system();
  EXPECT_TRUE(from->check(call_.call()));
  std::filesystem::remove(dir_.path() / "out");
  const auto checked = from->check(call_.call());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().place, "niem.out_folder");
}

class Written : public Folder {
 protected:
  std::optional<sdk::Error> send(sdk::Connector& to, const sdk::Delivery& delivery) {
    auto outcomes = to.write(std::span(&delivery, 1), call_.call());
    EXPECT_TRUE(outcomes);
    return outcomes ? outcomes->at(0).error : std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> documents() const {
    std::vector<std::string> files;
    for (const std::string& name : names_in(dir_.path() / "out")) {
      if (name.ends_with(".xml")) files.push_back(name);
    }
    return files;
  }
  static sdk::Delivery hearing(uint64_t version, std::string_view idempotency_key) {
    return {
        false,
        idempotency_key,
        "court_event",
        "h<1>",
        version,
        "JJ-1",
        R"({"youth_id":"JJ-1","event":"hearing","at":"2024-06-03T09:00:00","status":"a & b","result":null})"};
  }
};

TEST_F(Written, a_delivery_becomes_a_document_that_reads_back) {
  const auto to = system();
  EXPECT_FALSE(send(*to, hearing(1, "i1")));
  ASSERT_THAT(documents(), SizeIs(1));
  const std::string xml = read_text(dir_.file("out/" + documents()[0]));
  EXPECT_THAT(xml, HasSubstr("<nc:StatusText>a &amp; b</nc:StatusText>"));
  const NiemAnswer back = read_niem(xml, "back.xml", {500, 1u << 20});
  ASSERT_THAT(back.records, SizeIs(1));
  EXPECT_EQ(back.records[0].key, "CourtEvent:h<1>");
  EXPECT_THAT(back.records[0].body, HasSubstr(R"("value":"JJ-1")"));
  EXPECT_THAT(back.records[0].body, HasSubstr(R"("date":"2024-06-03T09:00:00")"));
}

TEST_F(Written, what_no_document_may_hold_becomes_a_space) {
  sdk::Delivery delivery = hearing(1, "i1");
  delivery.body = R"({"youth_id":"JJ-1","at":"2024-06-03T09:00:00","status":"a\u0001b\uffff"})";
  EXPECT_FALSE(send(*system(), delivery));
  const std::string xml = read_text(dir_.file("out/" + documents().at(0)));
  EXPECT_THAT(xml, HasSubstr("<nc:StatusText>a b </nc:StatusText>"));
  EXPECT_THAT(read_niem(xml, "back.xml", {500, 1u << 20}).records, SizeIs(1));
}

TEST_F(Written, a_document_says_how_it_is_to_be_handled) {
  const auto to = system();
  sdk::Delivery delivery = hearing(1, "i1");
  delivery.obligations = {{"destroy_by", "2026-12-31", "Destroy this by 2026-12-31."}};
  EXPECT_FALSE(send(*to, delivery));
  EXPECT_THAT(
      read_text(dir_.file("out/" + documents().at(0))),
      testing::ContainsRegex(
          "<ext:HandlingInstruction>[ \n]*"
          "<ext:HandlingInstructionCode>destroy_by</ext:HandlingInstructionCode>[ \n]*"
          "<ext:HandlingInstructionValueText>2026-12-31</ext:HandlingInstructionValueText>[ \n]*"
          "<ext:HandlingInstructionText>Destroy this by "
          "2026-12-31.</ext:HandlingInstructionText>"));
}

TEST_F(Written, a_repeat_and_an_older_version_write_nothing_even_when_the_file_was_taken) {
  const auto to = system();
  EXPECT_FALSE(send(*to, hearing(2, "i2")));
  std::filesystem::remove(dir_.path() / "out" / documents().at(0));
  EXPECT_FALSE(send(*to, hearing(2, "i2")));
  EXPECT_FALSE(send(*to, hearing(1, "i1")));
  EXPECT_THAT(documents(), IsEmpty());
  EXPECT_FALSE(send(*to, hearing(3, "i3")));
  EXPECT_THAT(documents(), SizeIs(1));
}

TEST_F(Written, a_member_without_an_element_is_refused_and_not_left_out) {
  const sdk::Delivery delivery{
      false, "i1", "court_event", "h1", 1, "JJ-1", R"({"judge":{"name":"Testfamily"}})"};
  const auto error = send(*system(), delivery);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "NIEM_MEMBER");
  EXPECT_THAT(error->cause, HasSubstr("judge.name"));
  EXPECT_THAT(text_of(*error), testing::Not(HasSubstr("Testfamily")));
  EXPECT_THAT(documents(), IsEmpty());
}

TEST_F(Written, a_type_without_a_table_and_a_path_that_is_none_are_faults_of_the_settings) {
  const sdk::Delivery unknown{false, "i1", "other", "k", 1, "", "{}"};
  const auto no_table = send(*system(), unknown);
  ASSERT_TRUE(no_table);
  EXPECT_EQ(no_table->code, "NIEM_TABLE");
  const auto to = connector(R"({"niem":{"out_folder":")" + dir_.file("out") +
                            R"("},"write":{"other":{"niem":{"elements":{"a":"zz:A/B"}}}}})");
  const auto no_path = send(*to, unknown);
  ASSERT_TRUE(no_path);
  EXPECT_EQ(no_path->code, "NIEM_PATH");
}

TEST_F(Written, a_folder_that_cannot_be_written_is_tried_again) {
  const auto to = system();
  std::filesystem::remove_all(dir_.path() / "out");
  write_text(dir_.file("out"), "in the way");
  const auto error = send(*to, hearing(1, "i1"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error_class, sdk::ErrorClass::retry);
}

}  // namespace
}  // namespace concord::juvenile_justice
