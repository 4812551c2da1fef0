#include "hub/ingest/intake.hpp"

#include <concord/detail/encoding.hpp>
#include <map>

#include "hub/base/crypto.hpp"

namespace concord::ingest {
namespace {

using store::JournalEntry;
using store::RecordState;

void settle(JournalEntry& entry,
            RecordState state,
            std::string reason,
            std::string detail,
            model::Owner owner) {
  entry.state = state;
  entry.reason = std::move(reason);
  entry.detail = std::move(detail);
  entry.owner = owner;
}

// A version of its own, so that the journal can hold what contradicts it beside it. Where there are
// no bytes, the place tells one from another: two empty files are two.
void set_aside(JournalEntry& entry) {
  const model::Record& record = entry.record;
  entry.record.version +=
      " content " +
      base::sha256_hex(record.body.empty() ? record.origin : record.body).substr(0, 16);
}

// What the source must mend.
void refuse(JournalEntry& entry, const char* code, const char* cause, const char* next) {
  const model::Record& record = entry.record;
  settle(entry,
         RecordState::rejected,
         code,
         to_text(base::bad_record(
             code, record.origin.empty() ? record.type : record.origin, cause, next)),
         model::Owner::agency_it);
  set_aside(entry);
}

constexpr const char* kSendNewer =
    "see at the source which is right, and send it as a newer version";

using Version = std::tuple<std::string, std::string, std::string>;
Version version_of(const JournalEntry& entry) {
  return {entry.record.type, entry.record.key, entry.record.version};
}

bool same_content(const model::Record& a, const model::Record& b) {
  return a.body == b.body && a.deleted == b.deleted;
}

JournalEntry entry_of(model::Reject&& reject) {
  JournalEntry entry;
  entry.record.system = std::move(reject.system);
  entry.record.type = std::move(reject.type);
  entry.record.key = std::move(reject.key);
  entry.record.body = std::move(reject.raw);
  entry.record.version = "unread";
  entry.record.origin = reject.error.place;
  entry.record.read_at = base::now();
  entry.raw = true;
  settle(entry,
         RecordState::rejected,
         reject.error.code,
         to_text(reject.error),
         model::Owner::agency_it);
  set_aside(entry);
  return entry;
}

}  // namespace

base::Result<Taken> take_in(model::Batch batch,
                            const model::SystemId& system,
                            store::Store& store) {
  Taken taken;
  taken.read = static_cast<int64_t>(batch.records.size() + batch.rejects.size());
  std::map<std::pair<std::string, std::string>, size_t>
      newest;                          // (type, key) → entry of this batch
  std::map<Version, size_t> in_batch;  // → entry of this batch, refused ones too
  auto add = [&](JournalEntry entry) {
    entry.id = store.next_record_id();
    taken.place.push_back(static_cast<int>(taken.entries.size()));
    taken.entries.push_back(std::move(entry));
  };
  auto drop = [&] {
    ++taken.duplicates;
    taken.place.push_back(-1);
  };

  for (model::Record& record : batch.records) {
    JournalEntry entry;
    entry.record = std::move(record);
    entry.record.system = system;
    if (entry.record.key.empty())
      refuse(entry,
             "KEY_MISSING",
             "the record has no key",
             "give it one at the source, or name its key in the system's config");
    else if (!sdk::is_text(entry.record.key) || !sdk::is_text(entry.record.version))
      refuse(entry,
             "KEY_ENCODING",
             "the record's key or version is no text in UTF-8",
             "have the connector turn it into UTF-8: its system's config may name the encoding");
    if (auto twin = in_batch.find(version_of(entry)); twin != in_batch.end()) {
      if (same_content(taken.entries[twin->second].record, entry.record)) {
        drop();
        continue;
      }
      refuse(
          entry, "VERSION_CONFLICT", "same key and version twice, with other content", kSendNewer);
    }
    auto known = store.known(entry.record);
    if (!known) return std::move(known).error();
    if (known->same_version && !known->same_content) {
      refuse(entry,
             "VERSION_CONFLICT",
             "this key and version came before, with other content",
             kSendNewer);
      known = store.known(entry.record);
      if (!known) return std::move(known).error();
    }
    // Whether it was taken or refused then: a repeat is no news.
    if (known->same_version || in_batch.contains(version_of(entry))) {
      drop();
      continue;
    }
    if (entry.state == RecordState::done && entry.record.changed_at) {
      // An older version than the newest that we have: kept, not sent.
      if (known->newest_change && *entry.record.changed_at < *known->newest_change)
        settle(entry, RecordState::history, "OLDER_VERSION", "", model::Owner::nobody);
    }
    if (entry.state == RecordState::done) {
      const auto key = std::make_pair(entry.record.type, entry.record.key);
      const auto [at, first] = newest.try_emplace(key, taken.entries.size());
      if (!first) {
        // Two versions in one batch: the higher is sent, once. Without times, the later is.
        JournalEntry& other = taken.entries[at->second];
        const bool older = entry.record.changed_at && other.record.changed_at &&
                           *entry.record.changed_at < *other.record.changed_at;
        settle(
            older ? entry : other, RecordState::history, "OLDER_VERSION", "", model::Owner::nobody);
        if (!older) at->second = taken.entries.size();
      }
    }
    in_batch.emplace(version_of(entry), taken.entries.size());
    add(std::move(entry));
  }
  for (model::Reject& reject : batch.rejects) {
    reject.system = system;
    JournalEntry entry = entry_of(std::move(reject));
    auto known = store.known(entry.record);
    if (!known) return std::move(known).error();
    if (known->same_version || !in_batch.emplace(version_of(entry), taken.entries.size()).second) {
      drop();
    } else {
      add(std::move(entry));
    }
  }
  return taken;
}

}  // namespace concord::ingest
