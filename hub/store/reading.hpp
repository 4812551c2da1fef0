// Store::read, for the sources of this room only.
#pragma once

#include "hub/store/store.hpp"

namespace concord::store {

template <class T>
base::Result<T> Store::read(const std::function<base::Result<T>(Db&)>& look) {
  std::unique_ptr<Db> db;
  {
    const std::scoped_lock lock(readers_mutex_);
    if (!readers_.empty()) {
      db = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (!db) {
    auto opened = Db::open(folder_ + "/concord.db", false);
    if (!opened) return std::move(opened).error();
    db = std::move(*opened);
  }
  base::Result<T> found = [&]() -> base::Result<T> {
    try {
      return look(*db);
    } catch (const Fault& fault) {
      return to_error(fault, "store");
    }
  }();
  const std::scoped_lock lock(readers_mutex_);
  readers_.push_back(std::move(db));
  return found;
}

inline std::optional<base::Instant> instant(std::optional<int64_t> us) {
  if (!us) return std::nullopt;
  return base::from_us(*us);
}
inline std::optional<int64_t> microseconds(const std::optional<base::Instant>& at) {
  if (!at) return std::nullopt;
  return base::to_us(*at);
}

}  // namespace concord::store
