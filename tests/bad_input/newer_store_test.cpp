// A store that a newer hub has written: refused, and not a byte of it is changed.
#include <sqlite3.h>

#include <map>

#include "tests/bad_input/concord.hpp"
#include "tests/bad_input/world.hpp"

namespace concord::bad_input {
namespace {

using Files = std::map<std::string, std::string>;

Files files_of(const std::string& folder) {
  Files files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string name = entry.path().filename().string();
    // SQLite's index of the log is made anew by each reader, and an empty log too: neither holds
    // anything of its own.
    const bool own = !name.ends_with("-shm") && name != "lock" &&
                     !(name.ends_with("-wal") && fs::file_size(entry.path()) == 0);
    if (own) files[name] = std::string(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

// Told by name, not by a dump of both.
void expect_untouched(const Files& before, const Files& after) {
  EXPECT_EQ(after.size(), before.size());
  for (const auto& [name, bytes] : before)
    EXPECT_TRUE(after.contains(name) && after.at(name) == bytes) << name << " has changed";
}

void raise_layout(const std::string& folder) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((folder + "/concord.db").c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
}

class NewerStore : public testing::Test {
 protected:
  void SetUp() override {
    World world;
    world.coalition.data_folder = data();
    world.start();
    world.know(1);
  }
  [[nodiscard]] std::string data() const { return folder.path() + "/data"; }
  void expect_refused_and_untouched() {
    const Files before = files_of(data());
    for (const auto mode : {store::Open::write, store::Open::read}) {
      const auto opened = store::Store::open(data(), mode);
      ASSERT_FALSE(opened);
      expect_clear(opened.error(), "STORE_NEWER", data());
      EXPECT_THAT(opened.error().cause, HasSubstr("99"));
    }
    expect_untouched(before, files_of(data()));
  }
  Folder folder;
};

TEST_F(NewerStore, is_refused_and_stays_as_it_is) {
  raise_layout(data());
  expect_refused_and_untouched();
}

TEST_F(NewerStore, whose_hub_was_killed_keeps_what_stands_in_its_log) {
  // As after kill -9: database and log as they are while a hub runs.
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((data() + "/concord.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  const Folder killed(data());
  sqlite3_close(db);
  fs::remove_all(data());
  fs::rename(killed.path(), data());
  ASSERT_GT(fs::file_size(data() + "/concord.db-wal"), 0u);
  fs::remove(data() + "/concord.db-shm");
  fs::permissions(data() + "/hub.key", fs::perms::owner_read | fs::perms::owner_write);
  expect_refused_and_untouched();
}

TEST_F(NewerStore, is_refused_by_serve_with_the_code_of_a_wrong_configuration) {
  raise_layout(data());
  const Files before = files_of(data());
  Coalition coalition;
  coalition.folder.change("concord.yaml", "data: ${env:CONCORD_DATA:-data}", "data: " + data());
  const Said said = coalition.concord("serve");
  EXPECT_EQ(said.code, 78);
  EXPECT_THAT(said.text, HasSubstr(data()));
  EXPECT_THAT(said.text, HasSubstr("layout 99"));
  EXPECT_THAT(said.text, HasSubstr("Next: "));
  expect_untouched(before, files_of(data()));
}

}  // namespace
}  // namespace concord::bad_input
