#include "hub/translate/sheet_difference.hpp"

#include <gmock/gmock.h>

namespace concord::translate {
namespace {

using testing::ElementsAre;

Sheet sheet(const char* text) {
  base::Errors errors;
  Sheet read =
      read_sheet("court/codes/kinds.csv", "kinds.csv", text, {"from", "to"}, {"note"}, errors);
  EXPECT_TRUE(errors.empty()) << to_text(errors);
  return read;
}

TEST(SheetDifference, tells_rows_by_their_key_and_cells_by_their_column) {
  EXPECT_THAT(
      difference_of(sheet("from,to,note\nA,one,\nB,two,\nC,three,\n"),
                    sheet("from,to,note\nA,one,\nB,zwei,said so\nC,three,\nD,four,\n")),
      ElementsAre("row 3 B: to \"two\" → \"zwei\", note \"\" → \"said so\"", "row 5 D: added"));
  EXPECT_THAT(difference_of(sheet("from,to\nA,one\nB,two\n"), sheet("from,to\nB,two\n")),
              ElementsAre("row 2 A: removed (it was in this row)"));
}

TEST(SheetDifference, a_row_in_the_place_of_another_is_that_one_changed) {
  EXPECT_THAT(difference_of(sheet("from,to\nA,one\nB,two\n"), sheet("from,to\nC,one\nB,two\n")),
              ElementsAre("row 2 C: from \"A\" → \"C\""));
}

TEST(SheetDifference, a_row_that_only_moved_is_not_told) {
  EXPECT_THAT(
      difference_of(sheet("from,to\nA,one\nB,two\n"), sheet("from,to\nX,new\nB,two\nA,one\n")),
      ElementsAre("row 2 X: added"));
}

TEST(SheetDifference, of_rows_with_one_key_each_is_told) {
  EXPECT_THAT(difference_of(sheet("from,to\nA,one\nA,two\n"), sheet("from,to\nA,one\nA,2\nA,3\n")),
              ElementsAre("row 3 A: to \"two\" → \"2\"", "row 4 A: added"));
}

TEST(SheetDifference, says_so_where_only_the_order_or_the_saving_differs) {
  EXPECT_THAT(
      difference_of(sheet("from,to\nA,one\nB,two\n"), sheet("from;to\r\nB;two\r\nA;one\r\n")),
      ElementsAre("the order of its rows, or how it was saved"));
}

TEST(SheetDifference, a_long_cell_is_cut_between_letters) {
  const std::string one(59, 'a');
  const std::string text = "from,to\nA," + one + "éé\n";
  EXPECT_THAT(difference_of(sheet("from,to\nA,\n"), sheet(text.c_str())),
              ElementsAre("row 2 A: to \"\" → \"" + one + "...\""));
}

}  // namespace
}  // namespace concord::translate
