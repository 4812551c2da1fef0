#include "hub/store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace concord::store {
namespace {

using testing::HasSubstr;

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "/concord-store-XXXXXX";
    folder_ = mkdtemp(path.data());
    reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    store_.reset();
    auto opened = Store::open(folder_, Open::write);
    ASSERT_TRUE(opened) << to_text(opened.error());
    store_ = std::move(*opened);
  }
  JournalEntry entry(const std::string& key, const std::string& version, const std::string& body) {
    JournalEntry e;
    e.id = store_->next_record_id();
    e.record.system = model::SystemId("court");
    e.record.type = "hearing";
    e.record.key = key;
    e.record.version = version;
    e.record.body = body;
    e.record.read_at = base::from_us(1);
    return e;
  }
  IngestCommit one(JournalEntry e) {
    IngestCommit c;
    c.system = e.record.system;
    c.record_type = "hearing";
    c.checkpoint = "page 2";
    c.counters["read"] = 1;
    c.entries.push_back(std::move(e));
    return c;
  }
  std::string all_bytes() {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      std::ifstream in(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  std::string folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, keeps_record_and_checkpoint_together_over_a_restart) {
  const JournalEntry e = entry("D-7", "1", R"({"x":1})");
  ASSERT_TRUE(store_->commit(one(e)));
  reopen();
  EXPECT_EQ(*store_->checkpoint(e.record.system, "hearing"), "page 2");
  auto back = store_->record(e.id);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->record, e.record);
  EXPECT_EQ(store_->next_record_id(), e.id + 1);
}

TEST_F(StoreTest, tells_same_from_changed) {
  const JournalEntry e = entry("D-7", "1", "{}");
  EXPECT_FALSE(store_->known(e.record)->same_version);
  ASSERT_TRUE(store_->commit(one(e)));
  EXPECT_TRUE(store_->known(e.record)->same_content);
  model::Record other = e.record;
  other.body = R"({"y":2})";
  EXPECT_TRUE(store_->known(other)->same_version);
  EXPECT_FALSE(store_->known(other)->same_content);
  other.version = "2";
  EXPECT_FALSE(store_->known(other)->same_version);
}

TEST_F(StoreTest, writes_no_content_and_no_key_of_a_person_in_clear) {
  JournalEntry e = entry("CANARY-KEY", "1", R"({"name":"CANARY-NAME"})");
  e.person = model::PersonId(base::uuid());
  IngestCommit c = one(e);
  model::Entity entity;
  entity.id = model::EntityId(base::uuid());
  entity.type = "Hearing";
  entity.system = e.record.system;
  entity.key = "CANARY-KEY";
  entity.person = e.person;
  entity.body = R"({"title":"CANARY-TITLE"})";
  c.entities.emplace_back(e.id, entity);
  c.profiles.push_back({e.person, "2011-CANARY", {{e.record.system, "CANARY-CHILD"}}, {}});
  ASSERT_TRUE(store_->commit(c));
  EXPECT_THAT(all_bytes(), testing::Not(HasSubstr("CANARY")));
  reopen();
  auto back = store_->entity(entity.id, 1);
  ASSERT_TRUE(back) << to_text(back.error());
  EXPECT_EQ(back->body, entity.body);
  auto profiles = store_->profiles();
  ASSERT_TRUE(profiles);
  EXPECT_EQ(profiles->at(0), c.profiles[0]);
}

TEST_F(StoreTest, keeps_what_was_learnt_last_of_a_person_whoever_commits_last) {
  const model::PersonId person(base::uuid());
  const model::ChildRef at_court{model::SystemId("court"), "SYN-1"};
  const model::ChildRef at_health{model::SystemId("health"), "SYN-2"};
  IngestCommit first;
  first.profiles.push_back({person, "", {at_court}, base::from_us(1)});
  IngestCommit second;
  second.profiles.push_back({person, "", {at_court, at_health}, base::from_us(2)});
  ASSERT_TRUE(store_->commit(second));
  ASSERT_TRUE(store_->commit(first));
  auto profiles = store_->profiles();
  ASSERT_TRUE(profiles);
  ASSERT_EQ(profiles->size(), 1u);
  EXPECT_EQ(profiles->at(0), second.profiles[0]);
}

TEST_F(StoreTest, is_opened_for_writing_by_one_process_at_a_time) {
  auto second = Store::open(folder_, Open::write);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "STORE_IN_USE");
  EXPECT_TRUE(Store::open(folder_, Open::read));
}

TEST_F(StoreTest, refuses_a_store_from_a_newer_hub_and_leaves_it_alone) {
  store_.reset();
  auto db = Db::open(folder_ + "/concord.db", true);
  ASSERT_TRUE(db);
  (*db)->exec("PRAGMA user_version=99");
  db->reset();
  auto opened = Store::open(folder_, Open::write);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "STORE_NEWER");
  db = Db::open(folder_ + "/concord.db", true);
  Query version = (*db)->query("PRAGMA user_version");
  ASSERT_TRUE(version.step());
  EXPECT_EQ(version.integer(0), 99);
}

TEST_F(StoreTest, says_which_layout_a_reader_meets_and_what_to_do) {
  auto db = Db::open(folder_ + "/concord.db", true);
  ASSERT_TRUE(db);
  (*db)->exec("PRAGMA user_version=1");
  EXPECT_EQ(Store::open(folder_, Open::read).error().code, "STORE_OLDER");
  (*db)->exec("PRAGMA user_version=99");
  EXPECT_EQ(Store::open(folder_, Open::read).error().code, "STORE_NEWER");
}

TEST_F(StoreTest, a_folder_that_cannot_be_made_is_not_called_in_use) {
  const auto opened = Store::open(folder_ + "/concord.db/data", Open::write);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "STORE_FOLDER");
}

TEST_F(StoreTest, refuses_a_key_that_others_may_read) {
  store_.reset();
  std::filesystem::permissions(folder_ + "/hub.key", std::filesystem::perms(0644));
  EXPECT_EQ(Store::open(folder_, Open::write).error().code, "KEY_READABLE");
}

TEST_F(StoreTest, many_threads_share_few_flushes) {
  std::vector<std::thread> threads;
  std::atomic<int> kept{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        if (store_->commit(one(entry(std::to_string(t * 1000 + i), "1", "{}")))) ++kept;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(kept, 400);
  EXPECT_LT(store_->commits(), 400u);
  EXPECT_EQ(store_->ledger()->records, 400);
}

TEST_F(StoreTest, a_piece_that_fails_is_undone_alone) {
  const JournalEntry e = entry("D-7", "1", "{}");
  ASSERT_TRUE(store_->commit(one(e)));
  JournalEntry same = e;  // same id: refused by the journal
  EXPECT_FALSE(store_->commit(one(same)));
  EXPECT_TRUE(store_->commit(one(entry("D-8", "1", "{}"))));
  EXPECT_EQ(store_->ledger()->records, 2);
  EXPECT_TRUE(store_->ledger()->balanced()) << store_->ledger()->faults.front();
}

TEST_F(StoreTest, the_ledger_sees_a_debt_without_its_delivery) {
  JournalEntry e = entry("D-7", "1", "{}");
  e.owed = 1;
  ASSERT_TRUE(store_->commit(one(e)));
  EXPECT_FALSE(store_->ledger()->balanced());
  model::Delivery d;
  d.id = store_->next_delivery_id();
  d.record = e.id;
  d.to = model::SystemId("health");
  IngestCommit more;
  more.system = e.record.system;
  more.deliveries.push_back(d);
  ASSERT_TRUE(store_->commit(more));
  EXPECT_TRUE(store_->ledger()->balanced());
  EXPECT_EQ(store_->open_deliveries(d.to, 0, 10)->size(), 1u);
  d.outcome = model::Outcome::delivered;
  EXPECT_EQ(store_->commit(std::vector<DeliveryUpdate>{{d, {}, {}}}).error().code, "AUDIT_MISSING");
  audit::Entry disclosed;
  disclosed.kind = audit::Kind::disclosed;
  disclosed.delivery = d.id;
  ASSERT_TRUE(store_->commit(std::vector<DeliveryUpdate>{{d, {}, disclosed}}));
  EXPECT_TRUE(store_->open_deliveries(d.to, 0, 10)->empty());
  EXPECT_EQ(store_->ledger()->by_outcome[model::Outcome::delivered], 1);
}

}  // namespace
}  // namespace concord::store
