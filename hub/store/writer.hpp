// The store's one writer. Many small pieces of work become one transaction and one flush: while a
// commit runs, the next pieces gather. A piece that fails is undone alone.
// Threads: any number submit; one thread of its own writes.
// Errors:  when the commit itself fails (disk full), every piece in it fails and nothing is
// changed.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "hub/base/result.hpp"
#include "hub/store/db.hpp"

namespace concord::store {

class Writer {
 public:
  using Work = std::function<void(Db&)>;  // throws Fault

  explicit Writer(std::unique_ptr<Db> db);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Returns once the work is durable, or was not done at all.
  base::Status commit(const Work& work);
  [[nodiscard]] uint64_t commits() const;  // flushes so far

 private:
  struct Piece {
    const Work* work;
    bool done = false;
    base::Status status = base::Done{};
  };
  void run();
  void write(std::deque<Piece*>& pieces);

  std::unique_ptr<Db> db_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_, finished_;
  std::deque<Piece*> waiting_;
  uint64_t commits_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace concord::store
