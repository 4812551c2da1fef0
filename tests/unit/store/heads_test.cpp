// Signed heads, and how they come to those who witness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "hub/base/files.hpp"
#include "hub/store/store.hpp"

namespace concord::store {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

class HeadsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "/concord-heads-XXXXXX";
    folder_ = mkdtemp(path.data());
    fs::create_directory(folder_ + "/data");
    store_ = std::move(*Store::open(folder_ + "/data", Open::write));
  }
  void TearDown() override {
    store_.reset();
    fs::remove_all(folder_);
  }
  void add(size_t entries) {
    audit::Entry entry;
    entry.kind = audit::Kind::decision;
    ASSERT_TRUE(store_->commit({}, std::vector<audit::Entry>(entries, entry)));
  }
  [[nodiscard]] std::string witness(const char* name = "court") const {
    return folder_ + "/" + name + ".jsonl";
  }
  static std::string text_of(const std::string& file) { return *base::read_file(file, 1u << 20); }
  // Sizes that the whole lines of a file tell.
  static std::vector<uint64_t> heads_in(const std::string& file) {
    std::vector<uint64_t> sizes;
    std::istringstream lines(text_of(file));
    for (std::string line; std::getline(lines, line);)
      if (auto head = audit::read_head(line)) sizes.push_back(head->size);
    return sizes;
  }
  std::string folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(HeadsTest, one_is_signed_for_each_thousand_entries_without_being_asked) {
  add(999);
  EXPECT_FALSE(*store_->newest_head());
  add(2);
  ASSERT_TRUE(*store_->newest_head());
  EXPECT_EQ((**store_->newest_head()).size, 1001u);
  EXPECT_TRUE(audit::is_signed(**store_->newest_head()));
}

TEST_F(HeadsTest, nothing_new_is_signed_once) {
  add(1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(store_->sign_head(base::from_us(i), {witness()}));
  EXPECT_THAT(heads_in(witness()), testing::ElementsAre(1));
}

TEST_F(HeadsTest, a_witness_who_was_away_gets_what_was_missed) {
  add(1);
  ASSERT_TRUE(store_->sign_head(base::from_us(1), {witness("court"), witness("health")}));
  for (int i = 2; i < 4; ++i) {
    add(1);
    ASSERT_TRUE(store_->sign_head(base::from_us(i), {witness("court")}));
  }
  ASSERT_TRUE(store_->sign_head(base::from_us(9), {witness("court"), witness("health")}));
  EXPECT_THAT(heads_in(witness("health")), testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(text_of(witness("health")), text_of(witness("court")));
  EXPECT_EQ(text_of(witness("health")), text_of(folder_ + "/data/heads.jsonl"));
}

TEST_F(HeadsTest, a_witness_who_cannot_be_reached_is_told_of_and_keeps_nobody_else_from_it) {
  add(1);
  const auto signed_now =
      store_->sign_head(base::from_us(1), {folder_ + "/away/heads.jsonl", witness()});
  ASSERT_FALSE(signed_now);
  EXPECT_EQ(signed_now.error().code, "HEADS_FILE");
  EXPECT_EQ(signed_now.error().place, folder_ + "/away/heads.jsonl");
  EXPECT_THAT(heads_in(witness()), testing::ElementsAre(1));
}

TEST_F(HeadsTest, a_line_that_was_cut_short_is_begun_anew) {
  add(1);
  ASSERT_TRUE(store_->sign_head(base::from_us(1), {witness()}));
  add(1);
  ASSERT_TRUE(store_->sign_head(base::from_us(2)));
  const std::string both = text_of(folder_ + "/data/heads.jsonl");
  std::ofstream(witness(), std::ios::binary) << both.substr(0, both.size() - 30);
  ASSERT_TRUE(store_->sign_head(base::from_us(3), {witness()}));
  EXPECT_THAT(heads_in(witness()), testing::ElementsAre(1, 2));
}

TEST_F(HeadsTest, an_older_store_that_was_put_back_adds_nothing_to_what_a_witness_has) {
  add(1);
  ASSERT_TRUE(store_->sign_head(base::from_us(1), {witness()}));
  store_.reset();
  fs::copy(folder_ + "/data", folder_ + "/older");
  store_ = std::move(*Store::open(folder_ + "/data", Open::write));
  add(1);
  ASSERT_TRUE(store_->sign_head(base::from_us(2), {witness()}));
  store_ = std::move(*Store::open(folder_ + "/older", Open::write));
  const std::string kept = text_of(witness());
  for (int more = 0; more < 2; ++more) {
    add(1);
    const auto handed = store_->sign_head(base::from_us(3 + more), {witness()});
    ASSERT_FALSE(handed);
    EXPECT_EQ(handed.error().code, "AUDIT_OTHER_HEAD");
    EXPECT_EQ(handed.error().place, witness());
  }
  EXPECT_EQ(text_of(witness()), kept);
}

}  // namespace
}  // namespace concord::store
