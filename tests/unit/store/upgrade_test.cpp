// A store of the layout before this one: what an upgrade keeps, adds, and leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "hub/store/store.hpp"

namespace concord::store {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

class UpgradeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "/concord-upgrade-XXXXXX";
    folder_ = mkdtemp(path.data());
    person_ = model::PersonId(base::uuid());
    const auto store = open();
    fresh_ = tables();
    JournalEntry entry;
    entry.id = store->next_record_id();
    entry.record.system = model::SystemId("court");
    entry.record.type = "hearing";
    entry.record.key = "D-7";
    entry.record.version = "1";
    entry.record.body = R"({"x":1})";
    entry.record.read_at = base::from_us(1);
    entry.person = person_;
    entry.owed = 1;
    IngestCommit commit;
    commit.system = entry.record.system;
    commit.record_type = "hearing";
    commit.checkpoint = "page 2";
    commit.counters["read"] = 1;
    commit.profiles.push_back({person_, "2011-01-02", {}, base::from_us(1)});
    delivery_.id = store->next_delivery_id();
    delivery_.record = entry.id;
    delivery_.to = entry.record.system;
    delivery_.person = person_;
    commit.deliveries.push_back(delivery_);
    commit.entries.push_back(std::move(entry));
    ASSERT_TRUE(store->commit(commit));
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<Store> open() {
    auto store = Store::open(folder_, Open::write);
    EXPECT_TRUE(store) << to_text(store.error());
    return std::move(*store);
  }
  std::unique_ptr<Db> db(const std::string& file = "concord.db") const {
    auto found = Db::open(folder_ + "/" + file, true);
    EXPECT_TRUE(found) << to_text(found.error());
    return std::move(*found);
  }
  // As the hub before left it.
  void put_back_to_4() {
    db()->exec(
        "ALTER TABLE decisions DROP COLUMN obligations; "
        "DROP TABLE audit; DROP TABLE audit_heads; DELETE FROM meta WHERE name='audit tip'; "
        "PRAGMA user_version=4");
    fs::remove(folder_ + "/audit.key");
    fs::remove(folder_ + "/heads.jsonl");
  }
  [[nodiscard]] std::vector<std::string> tables() const {
    const auto store = db();
    std::vector<std::string> all;
    Query query = store->query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name");
    while (query.step()) all.emplace_back(query.text(0));
    return all;
  }
  [[nodiscard]] int layout_of(const std::string& file) const {
    const auto store = db(file);
    Query query = store->query("PRAGMA user_version");
    return query.step() ? static_cast<int>(query.integer(0)) : -1;
  }

  std::string folder_;
  model::PersonId person_;
  model::Delivery delivery_;
  std::vector<std::string> fresh_;
};

TEST_F(UpgradeTest, from_4_gives_the_layout_of_a_new_store_and_keeps_what_was_there) {
  put_back_to_4();
  ASSERT_NE(tables(), fresh_);
  EXPECT_EQ(Store::open(folder_, Open::read).error().code, "STORE_OLDER");
  const auto store = open();
  EXPECT_EQ(layout_of("concord.db"), 6);
  EXPECT_EQ(tables(), fresh_);
  EXPECT_EQ(store->record(delivery_.record)->record.body, R"({"x":1})");
  EXPECT_EQ(*store->checkpoint(model::SystemId("court"), "hearing"), "page 2");
  EXPECT_EQ(store->profiles()->at(0).birth_date, "2011-01-02");
  EXPECT_EQ(store->open_deliveries(delivery_.to, 0, 10)->size(), 1u);
  EXPECT_TRUE(store->ledger()->balanced());
}

TEST_F(UpgradeTest, from_4_begins_an_audit_that_verifies) {
  put_back_to_4();
  const auto store = open();
  EXPECT_TRUE(fs::exists(folder_ + "/audit.key"));
  EXPECT_FALSE(*store->newest_head());
  audit::Entry started;
  started.kind = audit::Kind::started;
  started.person = person_;
  started.delivery = delivery_.id;
  ASSERT_TRUE(store->commit({}, {started}));
  ASSERT_TRUE(store->sign_head(base::from_us(2)));
  const auto report = store->check_audit({});
  ASSERT_TRUE(report);
  EXPECT_THAT(report->faults, IsEmpty());
  EXPECT_EQ(report->entries, 1u);
  EXPECT_EQ(report->heads.size(), 1u);
}

TEST_F(UpgradeTest, leaves_a_copy_from_before_that_the_hub_before_can_open) {
  put_back_to_4();
  open();
  const std::string copy = "concord.db.before-5";
  ASSERT_TRUE(fs::exists(folder_ + "/" + copy));
  EXPECT_EQ(layout_of(copy), 4);
  const auto before = db(copy);
  Query query = before->query("SELECT count(*) FROM records");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), 1);
  Query check = before->query("PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

TEST_F(UpgradeTest, that_cannot_leave_a_copy_changes_nothing) {
  put_back_to_4();
  const auto before = tables();
  fs::create_directory(folder_ + "/concord.db.before-5");
  EXPECT_FALSE(Store::open(folder_, Open::write));
  EXPECT_EQ(layout_of("concord.db"), 4);
  EXPECT_EQ(tables(), before);
  fs::remove(folder_ + "/concord.db.before-5");
  open();
  EXPECT_EQ(layout_of("concord.db"), 6);
}

TEST_F(UpgradeTest, that_fails_half_way_is_undone_whole) {
  put_back_to_4();
  db()->exec("CREATE TABLE audit_heads(made_by_hand)");  // the second of the two that it makes
  const auto before = tables();
  EXPECT_FALSE(Store::open(folder_, Open::write));
  EXPECT_EQ(layout_of("concord.db"), 4);
  EXPECT_EQ(tables(), before);
}

}  // namespace
}  // namespace concord::store
