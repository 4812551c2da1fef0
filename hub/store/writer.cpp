#include "hub/store/writer.hpp"

namespace concord::store {
namespace {

constexpr size_t kPiecesMax = 256;  // in one transaction: bounds the wait of the first

}  // namespace

base::Status Writer::commit(const Work& work) {
  Piece piece{&work};
  return submit(piece);
}

base::Status Writer::alone(const Work& work) {
  Piece piece{&work, true};
  return submit(piece);
}

base::Status Writer::submit(Piece& piece) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(&piece);
  for (;;) {
    finished_.wait(lock, [&] { return piece.done || !writing_; });
    if (piece.done) return std::move(piece.status);
    // Ours is among those in front, or the pieces before it are so many that they go first.
    std::deque<Piece*> now;
    while (!waiting_.empty() && now.size() < kPiecesMax) {
      if (waiting_.front()->alone && !now.empty()) break;
      now.push_back(waiting_.front());
      waiting_.pop_front();
      if (now.back()->alone) break;
    }
    writing_ = true;
    lock.unlock();
    if (now.front()->alone) {
      write_alone(*now.front());
    } else {
      write(now);
    }
    lock.lock();
    ++commits_;
    writing_ = false;
    for (Piece* done : now) done->done = true;
    finished_.notify_all();
  }
}

uint64_t Writer::commits() const {
  const std::scoped_lock lock(mutex_);
  return commits_;
}

void Writer::write_alone(Piece& piece) {
  const auto held = checkpoints_.hold();
  try {
    (*piece.work)(*db_);
  } catch (const Fault& fault) {
    piece.status = to_error(fault, "store");
  }
}

void Writer::write(std::deque<Piece*>& pieces) {
  try {
    db_->query("BEGIN IMMEDIATE").run();
    for (Piece* piece : pieces) {
      db_->query("SAVEPOINT piece").run();
      try {
        (*piece->work)(*db_);
      } catch (const Fault& fault) {
        if (!db_->in_transaction()) throw;  // nothing is left that this piece could be taken out of
        piece->status = to_error(fault, "store");
        db_->query("ROLLBACK TO piece").run();
      }
      db_->query("RELEASE piece").run();
    }
    db_->query("COMMIT").run();
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
