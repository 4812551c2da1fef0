// Store::read, for the sources of this room only.
#pragma once

#include "hub/store/store.hpp"

namespace concord::store {

// The connection of the view that this thread has open, and whose it is.
struct Viewing {
  const Store* store = nullptr;
  Db* db = nullptr;
};
inline thread_local Viewing viewing;

// In place of the person of a record whose key was destroyed: one for all.
inline constexpr const char* kShredded = "shredded";
inline base::Error key_destroyed() {
  return base::fatal_error("KEY_DESTROYED",
                           "person",
                           "the key that this was sealed with was destroyed",
                           "nothing; this was ordered");
}

template <class T>
base::Result<T> Store::read(const std::function<base::Result<T>(Db&)>& look) {
  auto try_look = [&](Db& db) -> base::Result<T> {
    try {
      return look(db);
    } catch (const Fault& fault) {
      return to_error(fault, "store");
    }
  };
  if (viewing.store == this) return try_look(*viewing.db);
  auto db = reader();
  if (!db) return std::move(db).error();
  base::Result<T> found = try_look(**db);
  give_back(std::move(*db));
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
