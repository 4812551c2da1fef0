// What makes a record of what a source gave: key, version, time, and whether it is gone.
#pragma once

#include <concord/connector.hpp>
#include <functional>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

// The text of a member, column or element; nullopt: there is none.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

// 16 hex digits of SHA-256.
std::string content_hash(std::string_view content);

struct Instant {
  int64_t us = 0;  // since 1970, as if UTC where no zone was said
  bool zone_known = false;
};
// "2026-03-01T08:30:00.25-05:00", "2026-03-01 08:30:00", "2026-03-01"
std::optional<Instant> read_instant(std::string_view text);

// A record with key, version, time and deletion from its own fields. hashed: what "#hash" is made
// of, where that is not the body. An error is class bad_record without place: a part of the key is
// missing.
sdk::Result<sdk::Record> make_record(const RecordSettings& settings,
                                     std::string body,
                                     const Lookup& lookup,
                                     std::string_view hashed = {});

// Cut so that the hub takes it, at the border of a UTF-8 character.
std::string cut_raw(std::string_view raw, uint64_t bytes_max);

// A record beyond limits.body_bytes_max is given as a reject.
void add_record(sdk::Batch& batch, sdk::Record record, const sdk::Limits& limits);

// True where pattern, with * and ?, is the whole name.
bool name_matches(std::string_view pattern, std::string_view name);

}  // namespace concord::child_welfare
