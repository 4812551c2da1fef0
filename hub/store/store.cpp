#include "hub/store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "hub/store/migrations.hpp"
#include "hub/store/reading.hpp"

namespace concord::store {

std::string_view name_of(RecordState state) {
  constexpr std::array<std::string_view, 5> kNames = {
      "done", "rejected", "parked", "history", "unchanged"};
  return kNames[static_cast<size_t>(state)];
}

Store::Store(std::string folder, Keys keys) : folder_(std::move(folder)), keys_(keys) {}

Store::~Store() {
  writer_.reset();
  readers_.clear();
  if (lock_ >= 0) ::close(lock_);
}

base::Result<std::unique_ptr<Store>> Store::open(const std::string& folder, Open mode) {
  namespace fs = std::filesystem;
  const std::string path = folder + "/concord.db";
  std::error_code fault;
  if (mode == Open::write) {
    fs::create_directories(folder, fault);
    fs::permissions(folder, fs::perms::owner_all, fault);
  } else if (!fs::exists(path, fault)) {
    return base::config_error(
        "STORE_MISSING", path, "there is no store yet", "start the hub once: concord serve");
  }
  // Before anything is opened for writing: that alone would change what a newer hub has written.
  if (fs::exists(path, fault)) {
    auto db = Db::open(path, false);
    if (!db) return std::move(db).error();
    if (auto known = check_layout(**db, path, mode == Open::read); !known)
      return std::move(known).error();
  }
  int lock = -1;
  if (mode == Open::write) {
    const std::string lock_path = folder + "/lock";
    lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
      return base::config_error("STORE_FOLDER",
                                lock_path,
                                std::string("cannot be made: ") + std::strerror(errno),
                                "name in concord.yaml a data folder that the hub may write to");
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
      ::close(lock);
      return base::config_error("STORE_IN_USE",
                                folder,
                                "another process has this store open, or it cannot be locked",
                                "stop the other hub, or ask it through its commands");
    }
  }
  auto keys = Keys::open(folder, mode == Open::write && !fs::exists(path, fault));
  if (!keys) {
    if (lock >= 0) ::close(lock);
    return std::move(keys).error();
  }
  std::unique_ptr<Store> store(new Store(folder, *keys));
  store->lock_ = lock;
  if (mode == Open::write) {
    auto db = Db::open(path, true);
    if (!db) return std::move(db).error();
    if (auto migrated = migrate(**db, path); !migrated) return std::move(migrated).error();
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, fault);
    auto checkpointer = Db::open(path, true);
    if (!checkpointer) return std::move(checkpointer).error();
    store->writer_ = std::make_unique<Writer>(std::move(*db), std::move(*checkpointer));
  }
  if (auto prepared = store->prepare(); !prepared) return std::move(prepared).error();
  if (mode == Open::write)
    if (auto prepared = store->prepare_audit(); !prepared) return std::move(prepared).error();
  // A hub that died after a shredding ends it.
  if (mode == Open::write)
    if (auto wiped = store->wipe(); !wiped && wiped.error().error_class != base::ErrorClass::retry)
      return std::move(wiped).error();
  return store;
}

base::Result<std::unique_ptr<Db>> Store::reader() {
  {
    const std::scoped_lock lock(readers_mutex_);
    if (!readers_.empty()) {
      std::unique_ptr<Db> db = std::move(readers_.back());
      readers_.pop_back();
      return db;
    }
  }
  return Db::open(folder_ + "/concord.db", false);
}

void Store::give_back(std::unique_ptr<Db> db) {
  const std::scoped_lock lock(readers_mutex_);
  readers_.push_back(std::move(db));
}

Store::View::View(Store& store) : store_(store) {
  if (viewing.store != nullptr) return;  // within another view: part of it
  auto db = store.reader();
  if (!db) return;
  try {
    (*db)->query("BEGIN").run();
  } catch (const Fault&) {
    return;
  }
  db_ = std::move(*db);
  viewing = {&store, db_.get()};
}

Store::View::~View() {
  if (!db_) return;
  viewing = {};
  try {
    db_->query("COMMIT").run();
  } catch (const Fault&) {
    return;  // not to be used again
  }
  store_.give_back(std::move(db_));
}

base::Status Store::prepare() {
  return read<base::Done>([&](Db& db) -> base::Result<base::Done> {
    Query records = db.query("SELECT coalesce(max(id),0) FROM records");
    if (records.step()) last_record_ = records.integer(0);
    Query deliveries = db.query("SELECT coalesce(max(id),0) FROM deliveries");
    if (deliveries.step()) last_delivery_ = deliveries.integer(0);
    return base::Done{};
  });
}

std::string Store::key_digest(const model::SystemId& system,
                              const std::string& type,
                              const std::string& key) const {
  return keys_.digest("record", {system.value, type, key});
}

std::string Store::record_digest(const model::Record& record) const {
  return keys_.digest("content", {record.body, record.deleted ? "deleted" : ""});
}

}  // namespace concord::store
