#include "hub/store/writer.hpp"

namespace concord::store {
namespace {

constexpr size_t kPiecesMax = 256;  // in one transaction: bounds the wait of the first

}  // namespace

Writer::Writer(std::unique_ptr<Db> db) : db_(std::move(db)), thread_([this] { run(); }) {}

Writer::~Writer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  thread_.join();
}

base::Status Writer::commit(const Work& work) {
  Piece piece{&work};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&piece);
  arrived_.notify_one();
  finished_.wait(lock, [&] { return piece.done; });
  return std::move(piece.status);
}

uint64_t Writer::commits() const {
  const std::scoped_lock lock(mutex_);
  return commits_;
}

void Writer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;  // stopping, and nothing is left behind
    std::deque<Piece*> now;
    while (!waiting_.empty() && now.size() < kPiecesMax) {
      now.push_back(waiting_.front());
      waiting_.pop_front();
    }
    lock.unlock();
    write(now);
    lock.lock();
    ++commits_;
    for (Piece* piece : now) piece->done = true;
    finished_.notify_all();
  }
}

void Writer::write(std::deque<Piece*>& pieces) {
  try {
    db_->exec("BEGIN IMMEDIATE");
    for (Piece* piece : pieces) {
      db_->exec("SAVEPOINT piece");
      try {
        (*piece->work)(*db_);
      } catch (const Fault& fault) {
        if (!db_->in_transaction()) throw;  // nothing is left that this piece could be taken out of
        piece->status = to_error(fault, "store");
        db_->exec("ROLLBACK TO piece");
      }
      db_->exec("RELEASE piece");
    }
    db_->exec("COMMIT");
  } catch (const Fault& fault) {
    // Nothing of this transaction remains. SQLite may have rolled back by itself already.
    try {
      db_->exec("ROLLBACK");
    } catch (const Fault&) {
    }
    for (Piece* piece : pieces) piece->status = to_error(fault, "store");
  }
}

}  // namespace concord::store
