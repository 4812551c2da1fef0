// CSV files that cannot be read, or not wholly.
#include "tests/bad_input/dropped.hpp"

namespace concord::bad_input {
namespace {

const std::string kHeader = "id,first_name\n";

class BadCsv : public testing::TestWithParam<Case> {};

TEST_P(BadCsv, is_kept_with_file_and_line_and_then_moved) {
  expect_kept_then_moved(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Files,
    BadCsv,
    testing::Values(Case{"with_text_behind_a_quote",
                         kCsv,
                         "p.csv",
                         kHeader + "1,Ada\n2,\"CAN\"CANARY\n3,Ada\n",
                         "CSV_QUOTE",
                         "p.csv:3",
                         2},
                    Case{"with_a_cell_too_many",
                         kCsv,
                         "p.csv",
                         kHeader + "1,CANARY,CANARY\n2,Ada\n",
                         "CSV_COLUMNS",
                         "p.csv:2",
                         1},
                    Case{"that_is_half_written",
                         kCsv,
                         "p.csv",
                         kHeader + "1,Ada\n2,\"CANARY",
                         "CSV_QUOTE_OPEN",
                         "p.csv:3",
                         1},
                    Case{"in_invalid_utf8",
                         kCsv,
                         "p.csv",
                         kHeader + "1,CANARY\xC3\x28\n2,Ada\n",
                         "CSV_ENCODING",
                         "p.csv:2",
                         1},
                    Case{"in_cp1252_where_utf8_is_set",
                         kCsv,
                         "p.csv",
                         kHeader + "1,CANARY\xF1o\n2,Ada\n",
                         "CSV_ENCODING",
                         "p.csv:2",
                         1},
                    Case{"in_cp1252_with_a_byte_it_does_not_define",
                         kCp1252,
                         "p.csv",
                         kHeader + "1,CANARY\x81\n2,Pe\xF1"
                                   "a\n",
                         "CSV_ENCODING",
                         "p.csv:2",
                         1},
                    Case{"that_is_empty", kCsv, "p.csv", "", "CSV_EMPTY", "p.csv"},
                    Case{"without_the_column_of_its_key",
                         kCsv,
                         "p.csv",
                         "no,first_name\n1,CANARY\n",
                         "CSV_HEADER",
                         "p.csv:1"},
                    Case{"with_a_row_without_key",
                         kCsv,
                         "p.csv",
                         kHeader + ",CANARY\n2,Ada\n",
                         "KEY_MISSING",
                         "p.csv:2",
                         1}),
    name_of);

TEST(HalfWrittenFiles, wait_until_they_are_whole) {
  Dropped dropped(kCsv, "p.csv.part", kHeader + "1,CAN");
  dropped.world.start();
  dropped.world.run("drop");
  EXPECT_EQ(dropped.world.ledger().records, 0);
  EXPECT_TRUE(dropped.waits());
  dropped.folder.put("p.csv", kHeader + "1,Ada\n");
  dropped.world.run("drop");
  EXPECT_EQ(dropped.world.ledger().records, 1);
  EXPECT_TRUE(dropped.waits());
  dropped.world.expect_balanced();
}

TEST(EmptyFiles, of_two_names_are_two_entries) {
  Dropped dropped(kCsv, "a.csv", "");
  dropped.folder.put("b.csv", "");
  dropped.world.start();
  dropped.world.run("drop");
  const auto kept = dropped.world.in(store::RecordState::rejected);
  ASSERT_EQ(kept.size(), 2u);
  expect_kept(kept[0], "CSV_EMPTY", "a.csv");
  expect_kept(kept[1], "CSV_EMPTY", "b.csv");
  dropped.world.expect_balanced();
}

TEST(Cp1252Files, are_read_rightly_where_the_settings_say_so) {
  Dropped dropped(kCp1252,
                  "p.csv",
                  kHeader +
                      "1,Pe\xF1"
                      "a\x92s\n");
  dropped.world.start();
  dropped.world.run("drop");
  EXPECT_EQ(dropped.world.count(store::RecordState::rejected), 0);
  const auto entry = dropped.world.hub().store().record(1);
  ASSERT_TRUE(entry) << to_text(entry.error());
  EXPECT_THAT(entry->record.body, HasSubstr("Peña’s"));
  dropped.world.expect_balanced();
}

}  // namespace
}  // namespace concord::bad_input
