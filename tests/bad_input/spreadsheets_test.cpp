// Mapping and code tables as spreadsheet programs save them: read rightly, or refused with a
// sentence that tells what to do.
#include "tests/bad_input/concord.hpp"

namespace concord::bad_input {
namespace {

std::string replaced(std::string text, const std::string& a, const std::string& b) {
  for (size_t at = 0; (at = text.find(a, at)) != std::string::npos; at += b.size())
    text.replace(at, a.size(), b);
  return text;
}

// Each cell of a table without quoted line ends.
std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < csv.size(); ++i) {
    if (csv[i] == '"' && quoted && i + 1 < csv.size() && csv[i + 1] == '"') {
      rows.back().back() += csv[++i];
    } else if (csv[i] == '"') {
      quoted = !quoted;
    } else if (csv[i] == ',' && !quoted) {
      rows.back().emplace_back();
    } else if (csv[i] == '\n' && !quoted) {
      rows.push_back({""});
    } else {
      rows.back().back() += csv[i];
    }
  }
  rows.pop_back();
  return rows;
}

// As a spreadsheet program writes it: with this separator, every cell in quotes, these line ends.
std::string saved(const std::string& csv, const char* separator, const char* end) {
  std::string out;
  for (const auto& row : cells_of(csv)) {
    for (size_t i = 0; i < row.size(); ++i)
      out += (i > 0 ? separator : "") + ("\"" + replaced(row[i], "\"", "\"\"") + "\"");
    out += end;
  }
  return out;
}

// The example coalition with tables of its own.
class Spreadsheet : public testing::Test {
 protected:
  Spreadsheet() {
    fs::copy(std::string(CONCORD_SOURCE_DIR) + "/mappings",
             folder.path() + "/mappings",
             fs::copy_options::recursive);
    folder.change("concord.yaml",
                  "mappings: " + std::string(CONCORD_SOURCE_DIR) + "/mappings",
                  "mappings: mappings");
    folder.put("placement.json",
               R"({"id":"SYN-PL-1","person_id":"SYN-CW-000001","placement_type":"FFH",)"
               R"("start_date":"2026-02-27","facility_name":"Example Home","out_of_state":false})");
    original = folder.get(kTable);
  }
  // What the tables make of a placement, as coalition staff look at it; by which line left out.
  std::string preview() {
    const Said said = coalition.concord("map preview child_welfare placement " + folder.path() +
                                        "/placement.json --json");
    EXPECT_EQ(said.code, 0) << said.text;
    std::string text = said.text;
    for (size_t at = 0; (at = text.find("csv:", at)) != std::string::npos; at += 3)
      text.erase(at + 3, text.find('"', at) - at - 3);
    return text;
  }
  void expect_read_as_before(const std::string& table, const std::string& bytes) {
    static const std::string before = preview();  // the same for all of them
    EXPECT_THAT(before, HasSubstr("foster_home"));
    folder.put(table, bytes);
    const Said said = coalition.concord("check");
    EXPECT_EQ(said.code, 0) << said.text;
    EXPECT_EQ(preview(), before);
  }

  // Tables are named as below their folder of mappings.
  static std::string told(const std::string& table) { return table.substr(table.find('/') + 1); }

  static constexpr const char* kTable = "mappings/child_welfare/in/placement.csv";
  static constexpr const char* kCodes = "mappings/child_welfare/codes/placement_types.csv";
  Coalition coalition;
  Folder& folder = coalition.folder;
  std::string original;
};

TEST_F(Spreadsheet, with_a_byte_order_mark_is_read_rightly) {
  expect_read_as_before(kTable, "\xEF\xBB\xBF" + original);
}

TEST_F(Spreadsheet, with_crlf_line_ends_is_read_rightly) {
  expect_read_as_before(kTable, replaced(original, "\n", "\r\n"));
}

TEST_F(Spreadsheet, with_cr_line_ends_is_read_rightly) {
  expect_read_as_before(kTable, replaced(original, "\n", "\r"));
}

TEST_F(Spreadsheet, with_semicolons_is_read_rightly) {
  expect_read_as_before(kTable, saved(original, ";", "\n"));
}

TEST_F(Spreadsheet, with_tabs_is_read_rightly) {
  expect_read_as_before(kTable, saved(original, "\t", "\n"));
}

TEST_F(Spreadsheet, with_all_of_these_at_once_is_read_rightly) {
  expect_read_as_before(kTable, "\xEF\xBB\xBF" + saved(original, ";", "\r\n"));
}

TEST_F(Spreadsheet, with_empty_rows_and_columns_behind_is_read_rightly) {
  expect_read_as_before(kTable,
                        replaced(original, "\n", ",,,\n") + ",,,,,,,,,,,,,\n,,,,,,,,,,,,,\n");
}

TEST_F(Spreadsheet, with_the_separator_named_in_its_first_line_is_read_rightly) {
  expect_read_as_before(kTable, "sep=;\r\n" + saved(original, ";", "\r\n"));
}

TEST_F(Spreadsheet, of_codes_with_all_of_these_at_once_is_read_rightly) {
  expect_read_as_before(kCodes, "\xEF\xBB\xBF" + saved(folder.get(kCodes), ";", "\r\n"));
}

TEST_F(Spreadsheet, in_utf16_is_refused_with_what_to_do) {
  std::string wide = "\xFF\xFE";
  for (const char c : original) (wide += c) += '\0';
  folder.put(kTable, wide);
  coalition.expect_fault("MAPPING", told(kTable) + ":1", "UTF-16", "save as CSV UTF-8");
}

TEST_F(Spreadsheet, in_its_own_format_is_refused_with_what_to_do) {
  folder.put(kTable, std::string("PK\x03\x04", 4) + std::string(2000, '\x01'));
  coalition.expect_fault("MAPPING", told(kTable) + ":1", "own format", "save as CSV UTF-8");
}

TEST_F(Spreadsheet, in_cp1252_is_refused_with_line_and_what_to_do) {
  folder.change(kTable,
                "none: still there",
                "no end d\xE9"
                "clared");
  coalition.expect_fault("MAPPING", told(kTable) + ":10", "0xE9", "save as CSV UTF-8");
}

TEST_F(Spreadsheet, that_is_empty_is_refused) {
  folder.put(kTable, "");
  coalition.expect_fault("MAPPING", told(kTable), "", "columns");
}

TEST_F(Spreadsheet, that_is_half_written_is_refused_with_its_line) {
  folder.put(kTable, original.substr(0, original.find("\"{\"\"city") + 10));
  coalition.expect_fault("MAPPING", told(kTable) + ":13", "never closed", "");
}

TEST_F(Spreadsheet, whose_columns_slipped_is_refused_with_the_line) {
  folder.change(kTable, "facility,facility_name", "facility,,facility_name");
  coalition.expect_fault("MAPPING", told(kTable) + ":12", "", "");
}

TEST_F(Spreadsheet, whose_column_was_renamed_is_refused_with_its_name) {
  folder.change(kTable, "if_missing", "If missing");
  coalition.expect_fault("MAPPING", told(kTable) + ":1", "", "if_missing");
}

TEST_F(Spreadsheet, is_told_of_all_its_faults_at_once) {
  folder.change(kTable, "facility_name,reference", "facility_name,referense");
  folder.change(kTable, "start_date,date,", "start_date,dat,");
  folder.change(kCodes, "FFH,foster_home", "FFH,foster_hom");
  const Said said = coalition.concord("check");
  EXPECT_EQ(said.code, 78);
  for (const std::string& place :
       {told(kTable) + ":9", told(kTable) + ":12", std::string("placement_types row 2")})
    EXPECT_THAT(said.text, HasSubstr(place));
}

}  // namespace
}  // namespace concord::bad_input
