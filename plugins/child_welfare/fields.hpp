// What makes a record of what a source gave: key, version, time, and whether it is gone.
#pragma once

#include <concord/connector.hpp>
#include <functional>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

// The text of a member, column or element; nullopt: there is none.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

// A record with key, version, time and deletion from its own fields. hashed: what "#hash" is made
// of, where that is not the body. An error is class bad_record without place: a part of the key is
// missing.
sdk::Result<sdk::Record> make_record(const RecordSettings& settings,
                                     std::string body,
                                     const Lookup& lookup,
                                     std::string_view hashed = {});

// True where pattern, with * and ?, is the whole name.
bool name_matches(std::string_view pattern, std::string_view name);

}  // namespace concord::child_welfare
