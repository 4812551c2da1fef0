// A thousand random ways to tamper with the audit in the store: verify finds every one. Whoever
// tampers has the files, and in some of the ways the hub's own keys as well.
//
// AUDIT_SEED=N repeats a run; AUDIT_TAMPERINGS=N tries that many; AUDIT_ENTRIES=1000000 measures a
// million.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <ctime>
#include <map>
#include <random>

#include "hub/base/files.hpp"
#include "hub/base/sign.hpp"
#include "tests/audit/store_with_audit.hpp"

namespace concord::tampering {
namespace {

namespace fs = std::filesystem;
using store::Db;
using store::Query;

unsigned long number(const char* name, unsigned long otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

constexpr size_t kEntries = 800;
// A million in 10 s. Of the processor: on a busy machine the clock on the wall says little.
constexpr double kSecondsAnEntry = 10e-6;

// Somebody at work on a copy of the store.
class Tamperer {
 public:
  Tamperer(fs::path folder, const Original& original, std::mt19937& random)
      : folder_(std::move(folder)), original_(original), random_(random) {
    auto db = Db::open((folder_ / "concord.db").string(), true);
    EXPECT_TRUE(db);
    db_ = std::move(*db);
    db_->exec("PRAGMA synchronous=OFF");  // a tamperer is in a hurry
  }

  void change_a_byte() {
    const int64_t n = any_entry();
    std::string leaf = leaf_of(n);
    leaf[random_() % leaf.size()] ^= static_cast<char>(1 + random_() % 255);
    put(n, leaf);
  }
  void take_out_a_reason() {
    int64_t n = any_entry();
    while (leaf_of(n).find("CONSENT_VALID") == std::string::npos) n = any_entry();
    std::string leaf = leaf_of(n);
    leaf.replace(leaf.find("CONSENT_VALID"), 13, "COURT_ORDER__");
    put(n, leaf);
  }
  void delete_an_entry() { run("DELETE FROM audit WHERE number=" + std::to_string(any_entry())); }
  void delete_an_entry_and_close_the_gap() {
    const int64_t n = any_entry();
    run("DELETE FROM audit WHERE number=" + std::to_string(n));
    run("UPDATE audit SET number=-number WHERE number>" + std::to_string(n));
    run("UPDATE audit SET number=-number-1 WHERE number<0");
  }
  void insert_an_entry() {
    const int64_t n = any_entry();
    const std::string leaf = leaf_of(any_entry());
    run("UPDATE audit SET number=-number-1 WHERE number>=" + std::to_string(n));
    run("UPDATE audit SET number=-number WHERE number<0");
    db_->query("INSERT INTO audit(number,leaf) VALUES(?,?)").bind(n).bind_blob(leaf).run();
  }
  void append_an_entry() {
    const std::string leaf = leaf_of(any_entry());
    db_->query("INSERT INTO audit(number,leaf) SELECT max(number)+1,? FROM audit")
        .bind_blob(leaf)
        .run();
  }
  void swap_two_entries() {
    const int64_t a = any_entry();
    int64_t b = any_entry();
    while (leaf_of(a) == leaf_of(b)) b = any_entry();
    const std::string of_a = leaf_of(a);
    put(a, leaf_of(b));
    put(b, of_a);
  }
  void cut_off_the_end() { run("DELETE FROM audit WHERE number>=" + std::to_string(any_entry())); }
  // Entries, heads and heads' file, back to an earlier head.
  void cut_off_the_end_with_its_heads() {
    const std::string size = std::to_string(any_older_head().size);
    run("DELETE FROM audit WHERE number>=" + size);
    run("DELETE FROM audit_heads WHERE size>" + size);
  }
  void delete_a_head() {
    run("DELETE FROM audit_heads WHERE size=" + std::to_string(any_older_head().size));
  }
  void change_a_head() {
    audit::Head head = any_older_head();
    const auto size = static_cast<int64_t>(head.size);
    switch (random_() % 4) {
      case 0:
        head.root[random_() % 32] ^= 1;
        break;
      case 1:
        head.at += std::chrono::hours(1);
        break;
      case 2:
        head.previous[random_() % 32] ^= 1;
        break;
      default:
        head.signature[random_() % 64] ^= 1;
    }
    db_->query("UPDATE audit_heads SET head=? WHERE size=?")
        .bind(audit::to_json(head))
        .bind(size)
        .run();
  }
  void break_the_tip() {
    run(random_() % 2 == 0 ? "DELETE FROM meta WHERE name='audit tip'"
                           : "UPDATE meta SET value=randomblob(72) WHERE name='audit tip'");
  }
  // With the hub's keys: an entry changed, and tree, tip and heads made anew over it.
  void make_it_anew() {
    change_a_byte();
    make_heads(store::Keys::open(folder_.string(), false)->audit_secret());
  }
  // The same with a key of one's own in the place of the hub's.
  void make_it_anew_with_another_key() {
    const std::string key = (folder_ / "audit.key").string();
    EXPECT_TRUE(base::write_file(key, std::string(64, '7') + "\n", 0600));
    change_a_byte();
    make_heads(store::Keys::open(folder_.string(), false)->audit_secret());
  }
  void put_an_older_store_back() {
    db_.reset();
    fs::copy(original_.older(),
             folder_,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }

 private:
  void run(const std::string& sql) { db_->exec(sql.c_str()); }
  int64_t any_entry() { return static_cast<int64_t>(random_() % kEntries); }
  const audit::Head& any_older_head() {
    return original_.witnesses()[random_() % (original_.witnesses().size() - 1)];
  }
  std::string leaf_of(int64_t n) {
    Query query = db_->query("SELECT leaf FROM audit WHERE number=?");
    query.bind(n);
    return query.step() ? std::string(query.blob(0)) : std::string();
  }
  void put(int64_t n, const std::string& leaf) {
    db_->query("UPDATE audit SET leaf=? WHERE number=?").bind_blob(leaf).bind(n).run();
  }
  void make_heads(const base::Key& secret) {
    const store::Keys keys = *store::Keys::open(folder_.string(), false);
    std::map<uint64_t, base::Instant> heads;
    for (const audit::Head& head : original_.witnesses()) heads[head.size] = head.at;
    run("DELETE FROM audit_heads");
    audit::Tree tree;
    audit::Hash previous{};
    for (int64_t n = 0; n < static_cast<int64_t>(kEntries); ++n) {
      tree.add(audit::leaf_hash(leaf_of(n)));
      if (!heads.contains(tree.size())) continue;
      const audit::Head head = audit::sign_head(tree, heads[tree.size()], previous, secret);
      previous = audit::hash_of(head);
      db_->query("INSERT INTO audit_heads(size,head) VALUES(?,?)")
          .bind(static_cast<int64_t>(head.size))
          .bind(audit::to_json(head))
          .run();
    }
    const std::string packed = tree.pack();
    db_->query("UPDATE meta SET value=? WHERE name='audit tip'")
        .bind_blob(base::hmac_sha256(keys.audit_tip_key(), packed) + packed)
        .run();
  }

  fs::path folder_;
  const Original& original_;
  std::mt19937& random_;
  std::unique_ptr<Db> db_;
};

struct Way {
  const char* name;
  void (Tamperer::*go)();
  bool takes_a_witness = false;  // the store alone cannot show it
};
constexpr std::array<Way, 15> kWays{{
    {"change a byte", &Tamperer::change_a_byte},
    {"change a reason", &Tamperer::take_out_a_reason},
    {"delete an entry", &Tamperer::delete_an_entry},
    {"delete an entry, close the gap", &Tamperer::delete_an_entry_and_close_the_gap},
    {"insert an entry", &Tamperer::insert_an_entry},
    {"append an entry", &Tamperer::append_an_entry},
    {"swap two entries", &Tamperer::swap_two_entries},
    {"cut off the end", &Tamperer::cut_off_the_end},
    {"cut off the end with its heads", &Tamperer::cut_off_the_end_with_its_heads},
    {"delete a head", &Tamperer::delete_a_head},
    {"change a head", &Tamperer::change_a_head},
    {"break the tip", &Tamperer::break_the_tip},
    {"make it anew with the hub's keys", &Tamperer::make_it_anew, true},
    {"make it anew with another key", &Tamperer::make_it_anew_with_another_key, true},
    {"put an older store back", &Tamperer::put_an_older_store_back, true},
}};

struct Outcome {
  int tried = 0, found = 0, found_without_witness = 0;
};

TEST(AuditTampering, every_way_is_found_with_a_head_that_a_witness_kept) {
  const auto seed = static_cast<unsigned>(number("AUDIT_SEED", std::random_device{}()));
  const auto tries = number("AUDIT_TAMPERINGS", 1000);
  std::printf("seed=%u\n", seed);
  std::mt19937 random(seed);
  const Original original(kEntries);
  const fs::path copy = new_folder();
  const std::vector<audit::Head> witness{original.witnesses().back()};
  ASSERT_EQ(witness[0].size, kEntries);
  ASSERT_EQ(to_text(faults_of(original.folder(), witness)), "") << "the original itself";
  std::map<std::string, Outcome> outcomes;
  for (unsigned long i = 0; i < tries; ++i) {
    const Way& way = kWays[i < kWays.size() ? i : random() % kWays.size()];
    fs::remove_all(copy);
    fs::copy(original.folder(), copy, fs::copy_options::recursive);
    (Tamperer(copy, original, random).*way.go)();
    Outcome& outcome = outcomes[way.name];
    ++outcome.tried;
    const bool found = !faults_of(copy, witness).empty();
    outcome.found += found ? 1 : 0;
    outcome.found_without_witness += faults_of(copy, {}).empty() ? 0 : 1;
    ASSERT_TRUE(found) << way.name << ", number " << i << " of seed " << seed;
  }
  fs::remove_all(copy);
  for (const Way& way : kWays) {
    const Outcome& outcome = outcomes[way.name];
    std::printf("  %-34s %4d tried, %4d found, %4d of them without the witness\n",
                way.name,
                outcome.tried,
                outcome.found,
                outcome.found_without_witness);
    // So that the witness is known to be needed, and the rest known not to need it.
    EXPECT_EQ(outcome.found_without_witness, way.takes_a_witness ? 0 : outcome.tried) << way.name;
  }
}

TEST(AuditTampering, an_older_witness_finds_what_was_changed_before_it) {
  const Original original(kEntries);
  const std::vector<audit::Head> all = original.witnesses();
  EXPECT_EQ(to_text(faults_of(original.folder(), all)), "");
  EXPECT_EQ(to_text(faults_of(original.folder(), {all.front()})), "");
  EXPECT_THAT(to_text(faults_of(original.older(), {all.back()})),
              testing::HasSubstr("older store"));
  audit::Head forged = all.back();
  forged.root[0] ^= 1;
  EXPECT_THAT(to_text(faults_of(original.folder(), {forged})), testing::HasSubstr("signature"));
}

TEST(AuditTampering, a_hub_does_not_go_on_from_an_audit_that_was_cut) {
  const Original original(kEntries);
  for (const char* sql : {"DELETE FROM audit WHERE number>700",
                          "DELETE FROM meta WHERE name='audit tip'",
                          "UPDATE audit_heads SET head=replace(head,'\"at\":\"2','\"at\":\"1')"}) {
    const fs::path copy = new_folder();
    fs::copy(original.folder(),
             copy,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    (*Db::open((copy / "concord.db").string(), true))->exec(sql);
    auto store = store::Store::open(copy.string(), store::Open::write);
    ASSERT_FALSE(store) << sql;
    EXPECT_EQ(store.error().code, "AUDIT_BROKEN") << sql;
    fs::remove_all(copy);
  }
  const fs::path copy = new_folder();
  fs::copy(
      original.folder(), copy, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  fs::remove(copy / "audit.key");
  EXPECT_EQ(store::Store::open(copy.string(), store::Open::write).error().code, "AUDIT_BROKEN");
  EXPECT_FALSE(fs::exists(copy / "audit.key"));
  fs::remove_all(copy);
}

TEST(AuditTampering, many_entries_are_verified_at_the_speed_of_a_million_in_ten_seconds) {
  const size_t entries = number("AUDIT_ENTRIES", 50000);
  const Original original(entries);
  const auto began = std::chrono::steady_clock::now();
  const std::clock_t began_work = std::clock();
  EXPECT_EQ(to_text(faults_of(original.folder(), original.witnesses())), "");
  const double work = static_cast<double>(std::clock() - began_work) / CLOCKS_PER_SEC;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf(
      "%zu entries verified in %.2f s, %.2f s of a processor\n", entries, took.count(), work);
  EXPECT_LE(work, kSecondsAnEntry * static_cast<double>(entries));
}

}  // namespace
}  // namespace concord::tampering
