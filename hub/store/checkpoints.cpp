#include "hub/store/checkpoints.hpp"

#include <sqlite3.h>

namespace concord::store {
namespace {

constexpr int kPagesEach = 2000;
// Bounds the log, and so what the next start reads of it: 64 MB.
constexpr int kPagesMax = 16000;

// SQLite flushes the database only once the whole log is in it, which beside commits never is: the
// commit that copies what is left would wait for all that was copied before. Through SQLite's own
// file: to close another one would give up its locks.
void flush(sqlite3* db) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db, nullptr, SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) !=
          SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr)
    return;
  (void)file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);  // else SQLite does
}

}  // namespace

Checkpoints::Checkpoints(std::unique_ptr<Db> mine, Db& watched)
    : mine_(std::move(mine)), watched_(watched), thread_([this] { run(); }) {
  sqlite3_wal_hook(watched_.raw(), committed, this);  // in place of wal_autocheckpoint
}

Checkpoints::~Checkpoints() {
  sqlite3_wal_hook(watched_.raw(), nullptr, nullptr);
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  wanted_.notify_one();
  thread_.join();
}

int Checkpoints::committed(void* me, sqlite3* db, const char* name, int pages) {
  auto* self = static_cast<Checkpoints*>(me);
  // What fails here, or finds another at it, is tried again after the next commit.
  if (pages >= kPagesMax)
    (void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (pages < self->asked_at_) self->asked_at_ = 0;
  if (pages - self->asked_at_ < kPagesEach) return SQLITE_OK;
  self->asked_at_ = pages;
  {
    const std::scoped_lock lock(self->mutex_);
    self->due_ = true;
  }
  self->wanted_.notify_one();
  return SQLITE_OK;
}

void Checkpoints::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.wait(lock, [&] { return due_ || ending_; });
    if (ending_) return;
    due_ = false;
    lock.unlock();
    {
      const std::scoped_lock one(copying_);
      (void)sqlite3_wal_checkpoint_v2(
          mine_->raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
      flush(mine_->raw());
    }
    lock.lock();
  }
}

}  // namespace concord::store
