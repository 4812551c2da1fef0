// Records of 200 megabytes: refused by their size before anything is built from them, wherever they
// come from, and not lost.
#include <fstream>

#include "tests/bad_input/dropped.hpp"
#include "tests/bad_input/memory.hpp"

namespace concord::bad_input {
namespace {

using store::RecordState;

// 200 megabytes, never held in memory as one.
void put_huge(Folder& folder, const std::string& name, const std::string& head) {
  std::ofstream out(folder.path() + "/" + name, std::ios::binary);
  out << head;
  const std::string part(1u << 20, 'x');
  for (size_t written = 0; written < kHuge; written += part.size()) out << part;
}

TEST(Records, of_200_megabytes_are_refused_before_anything_is_built_from_them_and_kept) {
  World world;
  world.start();
  model::Record record = World::person(1);
  // As a DOM of small values this takes several times its own size.
  record.body = R"({"id":"SYN-CW-1","last_name":"CANARY","a":[)";
  record.body.reserve(kHuge + 100);
  std::string numbers;
  for (int i = 0; i < 100000; ++i) numbers += "1,";
  while (record.body.size() < kHuge) record.body += numbers;
  record.body += "1]}";
  const size_t size = record.body.size();
  std::optional<base::Error> answer;
  // What keeping it takes: the bytes, packed and sealed. A DOM would take eight times as much.
  const size_t peak = peak_of([&] { answer = world.push(std::move(record)); });
  EXPECT_LT(peak, 7 * kHuge / 2);
  ASSERT_TRUE(answer);
  expect_clear(*answer, "JSON_SIZE", "person");
  const auto kept = world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], "JSON_SIZE", "person");
  EXPECT_EQ(kept[0].record.body.size(), size);
  world.expect_balanced();
}

TEST(Cells, of_200_megabytes_are_refused_and_the_file_is_not_removed) {
  const Drop removing{
      "child_welfare",
      "person",
      R"({"folder":{"path":"@","complete":"renamed","after_ack":"remove"},"records":{"person":{"from":"folder","files":"*"}}})"};
  Dropped dropped(removing, "a.csv", "id,first_name\n1,Ada\n");
  put_huge(dropped.folder, "p.csv", "id,first_name\n1,CANARY");
  dropped.world.start();
  const size_t peak = peak_of([&] { EXPECT_EQ(dropped.world.run("drop").error, ""); });
  EXPECT_LT(peak, 2 * kHuge);
  const auto kept = dropped.world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], "CSV_CELL_SIZE", "p.csv:2");
  EXPECT_FALSE(dropped.folder.has("a.csv"));
  EXPECT_FALSE(dropped.folder.has("p.csv"));
  EXPECT_FALSE(dropped.folder.has("done/a.csv"));  // what is in the journal is removed, as is asked
  EXPECT_TRUE(dropped.folder.has("done/p.csv"));   // what is not is never
  dropped.world.expect_balanced();
}

struct HugeFile {
  const char* name;
  Drop drop;
  const char* file;
  const char* head;
  const char* code;
  const char* found_in;  // the file, afterwards
};
void PrintTo(const HugeFile& huge, std::ostream* out) {
  *out << huge.name;
}
class HugeFiles : public testing::TestWithParam<HugeFile> {};

TEST_P(HugeFiles, are_refused_by_their_size_and_not_removed) {
  const HugeFile& huge = GetParam();
  Dropped dropped(huge.drop, ".nothing", "");
  put_huge(dropped.folder, huge.file, huge.head);
  dropped.world.start();
  const size_t peak = peak_of([&] { EXPECT_EQ(dropped.world.run("drop").error, ""); });
  EXPECT_LT(peak, kHuge / 2);
  const auto kept = dropped.world.in(RecordState::rejected);
  ASSERT_EQ(kept.size(), 1u);
  expect_kept(kept[0], huge.code, huge.file);
  EXPECT_FALSE(dropped.folder.has(huge.file));
  EXPECT_TRUE(dropped.folder.has(huge.found_in));
  dropped.world.expect_balanced();
}

INSTANTIATE_TEST_SUITE_P(
    Of200Megabytes,
    HugeFiles,
    testing::Values(
        HugeFile{
            "by_child_welfare",
            {"child_welfare",
             "person",
             R"({"folder":{"path":"@","complete":"renamed","after_ack":"remove","file_bytes_max":16777216},"records":{"person":{"from":"folder","files":"p*","format":"xml","record":"record"}}})"},
            "p.xml",
            "<r><record><id>CANARY",
            "FILE_SIZE",
            "done/p.xml"},
        HugeFile{
            "by_the_court",
            {"court",
             "filing",
             R"({"zone":"America/New_York","filings":{"folder":"@","settle_seconds":0,"after_ack":"remove"}})"},
            "f.xml",
            "<a>CANARY",
            "FILE_SIZE",
            "done/f.xml"},
        HugeFile{
            "by_probation",
            {"juvenile_justice", "niem_document", R"({"niem":{"in_folder":"@","settle_ms":0}})"},
            "d.xml",
            "<a>CANARY",
            "NIEM_SIZE",
            "too_large/d.xml"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace concord::bad_input
