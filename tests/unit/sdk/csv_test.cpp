#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concord/csv.hpp>

namespace concord::sdk {
namespace {

using ::testing::ElementsAre;

using Rows = std::vector<std::vector<std::string>>;

struct Reading {
  Rows rows;
  std::vector<size_t> lines;
  std::vector<std::string> faults;  // "place code"
  std::vector<std::string> raws;    // of the faults
};

Reading reading(std::string_view bytes, CsvOptions options = {}) {
  options.name = "f.csv";
  CsvReader reader(bytes, options);
  Reading out;
  for (;;) {
    auto row = reader.next();
    if (!row) {
      out.faults.push_back(row.error().place + " " + row.error().code);
      out.raws.emplace_back(reader.raw());
      continue;
    }
    if (!*row) return out;
    out.lines.push_back((*row)->line);
    out.rows.push_back(std::move((*row)->cells));
  }
}

struct Case {
  const char* name;
  std::string given;
  Rows want;
  CsvOptions options = {};
};

class CsvReads : public ::testing::TestWithParam<Case> {};

TEST_P(CsvReads, as_the_table_says) {
  const Reading got = reading(GetParam().given, GetParam().options);
  EXPECT_THAT(got.faults, ElementsAre());
  EXPECT_EQ(got.rows, GetParam().want);
}

const Case kCases[] = {
    {"nothing_in_an_empty_file", "", {}},
    {"nothing_in_a_file_of_line_ends", "\r\n\n\r", {}},
    {"a_last_row_without_line_end", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
    {"line_ends_of_all_kinds_in_one_file", "a\nb\r\nc\rd\r\n", {{"a"}, {"b"}, {"c"}, {"d"}}},
    {"empty_cells_and_a_trailing_delimiter", ",,\n\"\",x,", {{"", "", ""}, {"", "x", ""}}},
    {"a_byte_order_mark_before_a_quote", "\xEF\xBB\xBF\"a\",b\n", {{"a", "b"}}},
    {"quotes_delimiters_and_line_ends_within_quotes",
     "\"say \"\"hi\"\"\",\"a,b\",\"x\r\ny\"\nz,,\n",
     {{"say \"hi\"", "a,b", "x\r\ny"}, {"z", "", ""}}},
    {"blanks_as_they_are", " a , b\n", {{" a ", " b"}}},
    {"leading_zeros_as_they_are", "007,1.2E+11\n", {{"007", "1.2E+11"}}},
    {"semicolons", "a;b,c\n", {{"a", "b,c"}}, {.delimiter = ';'}},
    {"tabs", "a\tb\n", {{"a", "b"}}, {.delimiter = '\t'}},
    {"quotes_as_text_where_nothing_is_quoted", "a\"b,\"c\n", {{"a\"b", "\"c"}}, {.quote = '\0'}},
    {"windows_1252", "Zo\xEB,\x80\n", {{"Zo\xC3\xAB", "\xE2\x82\xAC"}}, {.encoding = "CP1252"}},
    {"iso_8859_1", "\xE9,\x80\n", {{"\xC3\xA9", "\xC2\x80"}}, {.encoding = "iso-8859-1"}},
    {"mac_roman_with_cr",
     "\xAFyvind\rB\x90te",
     {{"\xC3\x98yvind"}, {"B\xC3\xAAte"}},
     {.encoding = "macintosh"}},
    {"utf_16_with_mark_and_surrogates",
     std::string("\xFF\xFE\x61\0,\0\x3D\xD8\x00\xDE\n\0", 12),
     {{"a", "\xF0\x9F\x98\x80"}},
     {.encoding = "utf-16le"}},
    {"utf_16be", std::string("\0a\0,\0b", 6), {{"a", "b"}}, {.encoding = "utf-16be"}},
    {"own_delimiter_and_row_end",
     "a\x86"
     "b\nc\x87"
     "1\x86"
     "2\x87\n3\x86"
     "4\x87",
     {{"a", "b\nc"}, {"1", "2"}, {"3", "4"}},
     {.delimiter = '\x86', .row_end = '\x87', .encoding = "windows-1252"}},
};
INSTANTIATE_TEST_SUITE_P(Csv, CsvReads, ::testing::ValuesIn(kCases), [](const auto& test) {
  return std::string(test.param.name);
});

TEST(Csv, names_line_and_column_of_a_stray_quote_and_reads_on) {
  const Reading got = reading("a,b\n1,x\"y\n\"p\"q,2\n3,4\n");
  EXPECT_THAT(got.faults, ElementsAre("f.csv:2:4 CSV_QUOTE", "f.csv:3:4 CSV_QUOTE"));
  EXPECT_THAT(got.raws, ElementsAre("1,x\"y", "\"p\"q,2"));
  EXPECT_EQ(got.rows, (Rows{{"a", "b"}, {"3", "4"}}));
  EXPECT_THAT(got.lines, ElementsAre(1, 4));
}

TEST(Csv, reads_on_with_the_line_whose_quote_seemed_to_close_a_forgotten_one) {
  const Reading got = reading("1,\"abc,2\n2,\"def\",3\n4,5,6\n");
  EXPECT_THAT(got.faults, ElementsAre("f.csv:2:4 CSV_QUOTE"));
  EXPECT_EQ(got.rows, (Rows{{"2", "def", "3"}, {"4", "5", "6"}}));
  EXPECT_THAT(got.lines, ElementsAre(2, 3));
}

TEST(Csv, takes_no_row_from_within_a_quote_that_is_never_closed) {
  const Reading got = reading("a,b\n1,\"half a note\n2,3\n4,5\n");
  EXPECT_THAT(got.faults, ElementsAre("f.csv:2:3 CSV_QUOTE_OPEN"));
  EXPECT_THAT(got.raws, ElementsAre("1,\"half a note\n2,3\n4,5\n"));
  EXPECT_EQ(got.rows, (Rows{{"a", "b"}}));
}

TEST(Csv, names_the_byte_that_the_encoding_does_not_have) {
  EXPECT_THAT(reading("a\nJos\xE9,x\nb\n").faults, ElementsAre("f.csv:2:4 CSV_ENCODING"));
  EXPECT_EQ(reading("a\nJos\xE9,x\nb\n").rows, (Rows{{"a"}, {"b"}}));
  EXPECT_THAT(reading("\xC0\xAF").faults, ElementsAre("f.csv:1:1 CSV_ENCODING"));
  EXPECT_THAT(reading("\xED\xA0\x80").faults, ElementsAre("f.csv:1:1 CSV_ENCODING"));
  EXPECT_THAT(reading("ab\x9D", {.encoding = "windows-1252"}).faults,
              ElementsAre("f.csv:1:3 CSV_ENCODING"));
  EXPECT_THAT(reading(std::string_view("a\0\x00\xD8", 4), {.encoding = "utf-16le"}).faults,
              ElementsAre("f.csv:1:2 CSV_ENCODING"));
  EXPECT_THAT(reading(std::string_view("a\0b", 3), {.encoding = "utf-16le"}).faults,
              ElementsAre("f.csv:1:2 CSV_ENCODING"));
}

TEST(Csv, finds_the_place_within_a_cell_of_several_lines) {
  EXPECT_THAT(reading("x\n1,\"\xC3\xA9\r\n\xC3\xA9z\xFF\"\n").faults,
              ElementsAre("f.csv:3:3 CSV_ENCODING"));
}

TEST(Csv, refuses_nul_bytes_huge_cells_and_endless_rows) {
  EXPECT_THAT(reading(std::string_view("a,\0\nb", 5)).faults, ElementsAre("f.csv:1:3 CSV_NUL"));
  const CsvOptions small{.cell_bytes_max = 4, .cells_max = 3};
  EXPECT_THAT(reading("abcde\nx", small).faults, ElementsAre("f.csv:1:1 CSV_CELL_SIZE"));
  EXPECT_THAT(reading("\"abc\"\"e\"\nx", small).faults, ElementsAre("f.csv:1:7 CSV_CELL_SIZE"));
  EXPECT_THAT(reading("1,2,3,4\nx", small).faults, ElementsAre("f.csv:1:8 CSV_CELLS"));
  EXPECT_EQ(reading("1,2,3,4\nx", small).rows, (Rows{{"x"}}));
}

TEST(Csv, refuses_an_unknown_encoding_by_name_and_once) {
  const Reading got = reading("a\nb", {.encoding = "ebcdic"});
  EXPECT_THAT(got.faults, ElementsAre("f.csv CSV_ENCODING_UNKNOWN"));
  EXPECT_THAT(got.raws, ElementsAre("a\nb"));
}

TEST(Csv, counts_a_byte_order_mark_as_no_column) {
  EXPECT_THAT(reading("\xEF\xBB\xBF"
                      "a,\xFF\n")
                  .faults,
              ElementsAre("f.csv:1:3 CSV_ENCODING"));
}

TEST(Csv, goes_on_where_it_was_told_to) {
  const std::string bytes = "h\n1\n2\n3\n";
  CsvReader first(bytes);
  ASSERT_TRUE(first.next());
  ASSERT_TRUE(first.next());
  CsvReader second(bytes);
  second.seek(first.offset(), first.line());
  auto row = second.next();
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->cells, std::vector<std::string>{"2"});
  EXPECT_EQ((*row)->line, 3u);
}

}  // namespace
}  // namespace concord::sdk
