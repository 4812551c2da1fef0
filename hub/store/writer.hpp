// The store's one writer. Many small pieces of work become one transaction and one flush: while a
// commit runs, the next pieces gather. A piece that fails is undone alone.
// Threads: any number submit. Whoever finds nobody writing writes for all who wait, so that a lone
//          piece is durable without a change of threads; the others sleep until theirs is.
// Errors:  when the commit itself fails (disk full), every piece in it fails and nothing is
// changed.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "hub/base/result.hpp"
#include "hub/store/checkpoints.hpp"
#include "hub/store/db.hpp"

namespace concord::store {

class Writer {
 public:
  using Work = std::function<void(Db&)>;  // throws Fault

  // checkpointer: a second connection to the same database.
  Writer(std::unique_ptr<Db> db, std::unique_ptr<Db> checkpointer)
      : db_(std::move(db)), checkpoints_(std::move(checkpointer), *db_) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Returns once the work is durable, or was not done at all.
  base::Status commit(const Work& work);
  // By itself and in no transaction: for what SQLite does not do in one (VACUUM, checkpoints).
  base::Status alone(const Work& work);
  [[nodiscard]] uint64_t commits() const;  // flushes so far

 private:
  struct Piece {
    const Work* work;
    bool alone = false;
    bool done = false;
    base::Status status = base::Done{};
  };
  base::Status submit(Piece& piece);
  void write_alone(Piece& piece);
  void write(std::deque<Piece*>& pieces);

  std::unique_ptr<Db> db_;  // of whoever writes
  Checkpoints checkpoints_;
  mutable std::mutex mutex_;
  std::condition_variable finished_;
  std::deque<Piece*> waiting_;
  uint64_t commits_ = 0;
  bool writing_ = false;
};

}  // namespace concord::store
