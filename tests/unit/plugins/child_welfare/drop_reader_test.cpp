#include "child_welfare/drop_reader.hpp"

#include "tests/unit/plugins/child_welfare/world.hpp"

namespace concord::child_welfare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string config(const TempFolder& folder, const std::string& drop, const std::string& record) {
  return R"({"folder":{"path":")" + folder.path().string() + R"(","complete":"renamed")" + drop +
         R"(},"records":{"placement":{"from":"folder","files":"p*.csv","key":"id")" + record +
         "}}}";
}

TEST(DropReader, reads_file_after_file_and_moves_each_once_acknowledged) {
  TempFolder folder;
  folder.put("p2.csv", "id,kind\n3,x\n");
  folder.put("p1.csv", "id,kind\n1,\"a,b\"\n2,\n");
  folder.put("other.csv", "id\n9\n");
  auto connector = connector_of(config(folder, "", ""));
  auto first = connector->read("placement", "", {500, 1000}, TestCall());
  ASSERT_TRUE(first);
  EXPECT_THAT(keys(first->records), ElementsAre("1", "2"));
  EXPECT_EQ(first->records[0].body, R"({"id":"1","kind":"a,b"})");
  EXPECT_EQ(first->records[0].origin, "p1.csv:2");
  EXPECT_EQ(first->records[0].version.size(), 16u);
  EXPECT_TRUE(first->more);
  EXPECT_THAT(folder.names(), ElementsAre("other.csv", "p1.csv", "p2.csv"));
  ASSERT_TRUE(connector->ack("placement", first->checkpoint, TestCall()));
  EXPECT_THAT(folder.names(), ElementsAre("other.csv", "p2.csv"));
  EXPECT_THAT(folder.names("done"), ElementsAre("p1.csv"));
  auto second = read_all(*connector, "placement", first->checkpoint);
  EXPECT_THAT(second.keys(), ElementsAre("3"));
  EXPECT_THAT(folder.names("done"), ElementsAre("p1.csv", "p2.csv"));
  EXPECT_THAT(read_all(*connector, "placement", second.checkpoint).records, IsEmpty());
}

TEST(DropReader, goes_on_in_the_middle_of_a_file_after_a_restart) {
  TempFolder folder;
  std::string csv = "id\n";
  for (int i = 0; i < 25; ++i) csv += std::to_string(i) + "\n";
  folder.put("p.csv", csv);
  std::string checkpoint;
  std::vector<std::string> got;
  for (int batch = 0; batch < 3; ++batch) {
    auto connector = connector_of(config(folder, "", ""));  // as after a crash
    auto read = connector->read("placement", checkpoint, {10, 1000}, TestCall());
    ASSERT_TRUE(read);
    for (const auto& r : read->records) got.push_back(r.key);
    checkpoint = read->checkpoint;
    EXPECT_EQ(read->more, batch < 2);
    ASSERT_TRUE(connector->ack("placement", checkpoint, TestCall()));
    EXPECT_EQ(folder.names().size(), batch < 2 ? 1u : 0u);
  }
  EXPECT_EQ(got.size(), 25u);
  EXPECT_EQ(got[10], "10");
}

TEST(DropReader, repeats_after_a_crash_before_the_commit_and_loses_nothing) {
  TempFolder folder;
  folder.put("p.csv", "id\n1\n2\n");
  auto before = connector_of(config(folder, "", ""));
  EXPECT_EQ(before->read("placement", "", {500, 1000}, TestCall())->records.size(), 2u);
  // The hub died: neither checkpoint nor ack.
  auto after = connector_of(config(folder, "", ""));
  EXPECT_THAT(read_all(*after, "placement").keys(), ElementsAre("1", "2"));
  EXPECT_THAT(folder.names("done"), ElementsAre("p.csv"));
}

TEST(DropReader, acknowledges_again_without_harm) {
  TempFolder folder;
  folder.put("p.csv", "id\n1\n");
  auto connector = connector_of(config(folder, "", ""));
  auto read = connector->read("placement", "", {500, 1000}, TestCall());
  ASSERT_TRUE(connector->ack("placement", read->checkpoint, TestCall()));
  ASSERT_TRUE(connector->ack("placement", read->checkpoint, TestCall()));
  // An acknowledgement that was lost is made up for by the next one.
  folder.put("p2.csv", "id\n2\n");
  auto second = connector->read("placement", read->checkpoint, {500, 1000}, TestCall());
  auto third = connector->read("placement", second->checkpoint, {500, 1000}, TestCall());
  EXPECT_THAT(third->records, IsEmpty());
  ASSERT_TRUE(connector->ack("placement", third->checkpoint, TestCall()));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(DropReader, does_not_move_a_file_that_grew_since_it_was_read) {
  TempFolder folder;
  folder.put("p.csv", "id\n1\n");
  auto connector = connector_of(config(folder, "", ""));
  auto read = connector->read("placement", "", {500, 1000}, TestCall());
  folder.put("p.csv", "id\n1\n2\n");
  ASSERT_TRUE(connector->ack("placement", read->checkpoint, TestCall()));
  EXPECT_THAT(folder.names(), ElementsAre("p.csv"));
  EXPECT_THAT(read_all(*connector, "placement", read->checkpoint).keys(), ElementsAre("1", "2"));
}

TEST(DropReader, keeps_an_earlier_file_of_the_same_name) {
  TempFolder folder;
  auto connector = connector_of(config(folder, "", ""));
  folder.put("p.csv", "id\n1\n");
  auto first = read_all(*connector, "placement");
  folder.put("p.csv", "id\n2\n");
  auto second = read_all(*connector, "placement", first.checkpoint);
  EXPECT_THAT(second.keys(), ElementsAre("2"));
  EXPECT_EQ(folder.names("done").size(), 2u);
  EXPECT_EQ(folder.get("done/p.csv"), "id\n1\n");
}

TEST(DropReader, removes_or_keeps_as_configured) {
  TempFolder folder;
  folder.put("p.csv", "id\n1\n");
  auto keeping = connector_of(config(folder, R"(,"after_ack":"keep")", ""));
  auto kept = read_all(*keeping, "placement");
  EXPECT_THAT(folder.names(), ElementsAre("p.csv"));
  EXPECT_THAT(read_all(*keeping, "placement", kept.checkpoint).records, IsEmpty());
  auto removing = connector_of(config(folder, R"(,"after_ack":"remove")", ""));
  EXPECT_THAT(read_all(*removing, "placement").keys(), ElementsAre("1"));
  EXPECT_THAT(folder.names(), IsEmpty());
  EXPECT_THAT(folder.names("done"), IsEmpty());
}

TEST(DropReader, leaves_files_alone_that_are_still_being_written) {
  TempFolder folder;
  folder.put("p1.csv.part", "id\n1\n");
  folder.put(".p2.csv", "id\n1\n");
  folder.put("p3.csv.tmp", "id\n1\n");
  auto any = connector_of(R"({"folder":{"path":")" + folder.path().string() +
                          R"(","complete":"renamed"},"records":{"placement":{"from":"folder",
                          "files":"*","key":"id"}}})");
  EXPECT_THAT(read_all(*any, "placement").records, IsEmpty());

  folder.put("p4.csv", "id\n4\n");
  auto settling = connector_of(R"({"folder":{"path":")" + folder.path().string() +
                               R"(","settle_seconds":3600},"records":{"placement":{"from":"folder",
                               "files":"*.csv","key":"id"}}})");
  EXPECT_THAT(read_all(*settling, "placement").records, IsEmpty());

  auto marked = connector_of(R"({"folder":{"path":")" + folder.path().string() +
                             R"(","complete":"marker"},"records":{"placement":{"from":"folder",
                             "files":"p*","key":"id"}}})");
  EXPECT_THAT(read_all(*marked, "placement").records, IsEmpty());
  folder.put("p4.csv.done", "");
  EXPECT_THAT(read_all(*marked, "placement").keys(), ElementsAre("4"));
  EXPECT_THAT(folder.names("done"), ElementsAre("p4.csv"));
  EXPECT_THAT(folder.names(), ElementsAre("p1.csv.part", "p3.csv.tmp"));
}

// A store that knows no clock, as SFTP, and a file in it that grows while we wait.
class GrowingStore : public FileStore {
 public:
  sdk::Result<std::vector<FileInfo>> list(const std::string&, const sdk::Call&) override {
    return std::vector<FileInfo>{{"p1.csv", 7, "7"},
                                 {"p2.csv", bytes_.size(), std::to_string(bytes_.size())}};
  }
  sdk::Result<std::string> fetch(const std::string& name, size_t, const sdk::Call&) override {
    return name == "p1.csv" ? std::string("id\n1\n\n\n") : bytes_;
  }
  sdk::Status put(const std::string&, std::string_view, const sdk::Call&) override {
    return sdk::Done{};
  }
  sdk::Status rename(const std::string&, const std::string&, const sdk::Call&) override {
    return sdk::Done{};
  }
  sdk::Status remove(const std::string&, const sdk::Call&) override { return sdk::Done{}; }
  sdk::Status make_folder(const std::string&, const sdk::Call&) override { return sdk::Done{}; }
  std::string place(const std::string& name) const override { return name; }
  void grow() { bytes_ += "x\n"; }

 private:
  std::string bytes_ = "id\n2\n";
};

TEST(DropReader, looks_twice_where_it_cannot_compare_clocks) {
  RecordSettings record;
  record.type = "placement";
  record.files = "*.csv";
  auto store = std::make_unique<GrowingStore>();
  GrowingStore* growing = store.get();
  int waits = 0;
  DropReader reader(std::move(store),
                    {.settle = std::chrono::seconds(60)},
                    {&record},
                    [&](std::chrono::milliseconds, const sdk::Call&) {
                      ++waits;
                      growing->grow();
                      return true;
                    });
  auto read = reader.read(record, "", {500, 1000}, TestCall());
  ASSERT_TRUE(read);
  EXPECT_THAT(keys(read->records), ElementsAre("1"));
  EXPECT_FALSE(read->more) << "p2.csv was still growing";
  EXPECT_EQ(waits, 1);
}

TEST(DropReader, names_the_row_and_cell_that_it_rejects_and_reads_the_others) {
  TempFolder folder;
  folder.put("p.csv",
             "id,name,at\n"
             "1,Example,2026-01-01\n"
             ",Example,2026-01-01\n"
             "2,Example,2026-01-01,x\n"
             "3,Example\n"
             "4,Exa\"mple,2026-01-01\n"
             "5,Jos\xE9,2026-01-01\n"
             "6,Example,2026-01-01\n");
  auto connector = connector_of(config(folder, "", ""));
  auto all = read_all(*connector, "placement");
  EXPECT_THAT(all.keys(), ElementsAre("1", "6"));
  std::vector<std::string> rejects;
  for (const auto& r : all.rejects) {
    rejects.push_back(r.error.code + " " + r.error.place + " " + r.raw);
    EXPECT_EQ(r.error.cause.find("Exa"), std::string::npos) << "no content in an error";
  }
  EXPECT_THAT(rejects,
              ElementsAre("KEY_MISSING p.csv:3:1 ,Example,2026-01-01",
                          "CSV_COLUMNS p.csv:4:4 2,Example,2026-01-01,x",
                          "CSV_COLUMNS p.csv:5:3 3,Example",
                          "CSV_QUOTE p.csv:6:6 4,Exa\"mple,2026-01-01",
                          "CSV_ENCODING p.csv:7:6 5,Jos\xE9,2026-01-01"));
  EXPECT_THAT(folder.names("done"), ElementsAre("p.csv"));
}

TEST(DropReader, rejects_a_file_as_a_whole_where_its_header_does_not_fit) {
  for (const char* bytes : {"", "name\nx\n", "id,name,id\n1,2,3\n", "id,na\"me\n1,2\n"}) {
    TempFolder folder;
    folder.put("p.csv", bytes);
    auto connector = connector_of(config(folder, "", ""));
    auto all = read_all(*connector, "placement");
    EXPECT_THAT(all.records, IsEmpty());
    ASSERT_EQ(all.rejects.size(), 1u) << bytes;
    EXPECT_EQ(all.rejects[0].raw, bytes);
    EXPECT_THAT(folder.names("done"), ElementsAre("p.csv"));
  }
}

TEST(DropReader, takes_key_version_and_time_from_the_columns_that_are_named) {
  TempFolder folder;
  folder.put("p.csv", "child;no;changed;gone\n007;1;2026-03-01T00:00:00Z;\n007;2;;yes\n");
  auto connector = connector_of(R"({"folder":{"path":")" + folder.path().string() +
                                R"(","complete":"renamed"},"records":{"placement":{"from":"folder",
                                "files":"*.csv","key":["child","no"],"version":["changed","#hash"],
                                "modified":"changed","deleted":"gone","delimiter":";"}}})");
  auto all = read_all(*connector, "placement");
  EXPECT_THAT(all.keys(), ElementsAre("007|1", "007|2"));
  EXPECT_THAT(all.records[0].version, ::testing::StartsWith("2026-03-01T00:00:00Z|"));
  EXPECT_EQ(all.records[0].changed_at_us, 1772323200000000);
  EXPECT_FALSE(all.records[0].deleted);
  EXPECT_TRUE(all.records[1].deleted);
  EXPECT_EQ(all.records[1].changed_at_us, CONCORD_TIME_UNKNOWN);
}

TEST(DropReader, takes_ragged_rows_only_where_told_to_and_never_a_value_without_a_name) {
  TempFolder folder;
  folder.put("p.csv", "id,a,b\n1,x\n2,x,y,\n3,x,y,z\n4,x,y\n");
  auto connector = connector_of(R"({"folder":{"path":")" + folder.path().string() +
                                R"(","complete":"renamed"},"records":{"placement":{"from":"folder",
                                "files":"*.csv","key":"id","allow_ragged_rows":true}}})");
  auto all = read_all(*connector, "placement");
  EXPECT_THAT(all.keys(), ElementsAre("1", "2", "4"));
  EXPECT_EQ(all.records[0].body, R"({"id":"1","a":"x","b":""})");
  EXPECT_EQ(all.records[1].body, R"({"id":"2","a":"x","b":"y"})");
  ASSERT_EQ(all.rejects.size(), 1u);
  EXPECT_EQ(all.rejects[0].error.place, "p.csv:4:4");
}

TEST(DropReader, gives_a_record_beyond_the_limit_as_a_reject) {
  TempFolder folder;
  folder.put("p.csv", "id,text\n1," + std::string(3000, 'x') + "\n2,y\n");
  auto connector = connector_of(config(folder, "", ""));
  auto read = connector->read("placement", "", {500, 1000}, TestCall());
  ASSERT_TRUE(read);
  EXPECT_THAT(keys(read->records), ElementsAre("2"));
  ASSERT_EQ(read->rejects.size(), 1u);
  EXPECT_EQ(read->rejects[0].error.code, "RECORD_SIZE");
  EXPECT_EQ(read->rejects[0].key, "1");
  EXPECT_EQ(read->rejects[0].raw.size(), 1000u);
}

TEST(DropReader, says_which_folder_is_missing_and_refuses_a_strange_checkpoint) {
  auto connector = connector_of(
      R"({"folder":{"path":"/nonexistent-concord"},"records":{"p":{"from":"folder","files":"*"}}})");
  auto checked = connector->check(TestCall());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().error_class, sdk::ErrorClass::config);
  EXPECT_EQ(checked.error().place, "/nonexistent-concord");
  EXPECT_EQ(connector->read("p", "no json", {1, 1}, TestCall()).error().code, "CHECKPOINT");
  EXPECT_EQ(connector->read("q", "", {1, 1}, TestCall()).error().code, "TYPE_UNKNOWN");
}

}  // namespace
}  // namespace concord::child_welfare
