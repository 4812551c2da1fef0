#include "examples/simulators/journal.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <concord/json.hpp>
#include <fstream>
#include <thread>

namespace concord::sim {
namespace {

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "concord-journal-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  [[nodiscard]] std::filesystem::path file() const { return dir_ / "court.jsonl"; }
  [[nodiscard]] std::unique_ptr<Journal> open() const {
    auto journal = Journal::open(file(), "court");
    EXPECT_TRUE(journal) << journal.error().cause;
    return std::move(journal).value();
  }
  std::filesystem::path dir_;
};

Received note(std::string idempotency_key, uint64_t version) {
  return {std::move(idempotency_key), "docket_note", "d1", version, "SYN-CP-1", 201, R"({"a":1})"};
}

TEST_F(JournalTest, judges_new_repeated_and_stale) {
  const auto journal = open();
  EXPECT_EQ(journal->receive(note("i1", 2)), Effect::applied);
  EXPECT_EQ(journal->receive(note("i1", 2)), Effect::repeat);
  EXPECT_EQ(journal->receive(note("i2", 1)), Effect::stale);
  EXPECT_EQ(journal->receive(note("i3", 3)), Effect::applied);
  journal->write(note("i4", 4), Effect::refused);
  EXPECT_EQ(journal->count(Effect::applied), 2u);
  EXPECT_EQ(journal->lines(), 5u);
}

TEST_F(JournalTest, a_refused_delivery_may_come_again_under_the_same_key) {
  const auto journal = open();
  journal->write(note("i1", 1), Effect::refused);
  EXPECT_EQ(journal->receive(note("i1", 1)), Effect::applied);
}

TEST_F(JournalTest, keeps_json_as_json_and_anything_else_as_text) {
  const auto journal = open();
  journal->receive(note("i1", 1));
  Received message = note("i2", 2);
  message.body = "MSH|^~\\&|";
  journal->receive(message);
  const auto lines = journal->since(0);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find(R"("body":{"a":1})"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find(R"("body":"MSH|^~\\&|")"), std::string::npos) << lines[1];
  EXPECT_EQ(journal->since(1), std::vector{lines[1]});
  EXPECT_TRUE(journal->since(2).empty());
  EXPECT_EQ(journal->since(0, 1).size(), 1u);
}

TEST_F(JournalTest, goes_on_where_it_ended) {
  open()->receive(note("i1", 5));
  const auto journal = open();
  EXPECT_EQ(journal->lines(), 1u);
  EXPECT_EQ(journal->receive(note("i1", 5)), Effect::repeat);
  EXPECT_EQ(journal->receive(note("i2", 4)), Effect::stale);
  EXPECT_NE(journal->since(1)[0].find(R"({"n":1,)"), std::string::npos);
}

TEST_F(JournalTest, cuts_off_a_torn_last_line) {
  open()->receive(note("i1", 1));
  std::ofstream(file(), std::ios::app) << R"({"n":1,"at":"2)";
  const auto journal = open();
  EXPECT_EQ(journal->lines(), 1u);
  EXPECT_EQ(journal->receive(note("i2", 2)), Effect::applied);
  EXPECT_EQ(open()->lines(), 2u);
}

TEST_F(JournalTest, refuses_a_file_that_is_not_its_own) {
  std::ofstream(file()) << "something else\n";
  const auto journal = Journal::open(file(), "court");
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().code, "JOURNAL_DAMAGED");
  EXPECT_EQ(journal.error().place, file().string() + ":1");
}

TEST_F(JournalTest, a_key_that_comes_from_many_threads_is_applied_once) {
  const auto journal = open();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (uint64_t i = 1; i <= 50; ++i) journal->receive(note("i" + std::to_string(i), 1));
      });
    }
  }
  EXPECT_EQ(journal->count(Effect::applied), 50u);
  EXPECT_EQ(journal->count(Effect::repeat), 150u);
  for (const std::string& line : journal->since(0)) {
    rapidjson::Document document;
    sdk::JsonFault fault;
    EXPECT_TRUE(sdk::parse_json(line, document, fault)) << line;
  }
}

TEST_F(JournalTest, counts_by_effect_and_type) {
  const auto journal = open();
  journal->receive(note("i1", 1));
  EXPECT_EQ(journal->counts_json(),
            R"({"lines":1,"applied":1,"repeat":0,"stale":0,"refused":0,"types":{"docket_note":)"
            R"({"applied":1,"repeat":0,"stale":0,"refused":0}}})");
}

}  // namespace
}  // namespace concord::sim
