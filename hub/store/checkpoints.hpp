// Copies the write-ahead log into the database beside the commits, so that none of them waits for
// it. Only where the log has become long does a commit copy the little that is left, after which
// SQLite begins the log anew.
// Threads: one of its own, with its own connection. Must not outlive the connection it watches.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "hub/store/db.hpp"

namespace concord::store {

class Checkpoints {
 public:
  // mine: a connection to the same database, that may write.
  Checkpoints(std::unique_ptr<Db> mine, Db& watched);
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;
  ~Checkpoints();

  // While it is held, nothing is copied: for what needs the log to itself.
  [[nodiscard]] std::unique_lock<std::mutex> hold() { return std::unique_lock(copying_); }

 private:
  static int committed(void* self, sqlite3* db, const char* name, int pages);
  void run();

  std::unique_ptr<Db> mine_;
  Db& watched_;
  std::mutex copying_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  int asked_at_ = 0;  // pages in the log when it was last asked for; of the thread that commits
  bool due_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace concord::store
