// How content is laid out before it is sealed: a format byte, then each field as a little-endian
// u32 length and its bytes. Fields are only ever appended; a reader takes missing ones as empty.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/result.hpp"
#include "hub/model/entity.hpp"
#include "hub/store/changes.hpp"

namespace concord::store {

std::string pack(const model::Entity& entity);
base::Result<model::Entity> unpack_entity(std::string_view bytes);

std::string pack(const JournalEntry& entry);
// Fills in the parts that are sealed: key, body, origin.
base::Status unpack_into(JournalEntry& entry, std::string_view bytes);

std::string pack(const Profile& profile);
base::Result<Profile> unpack_profile(std::string_view bytes);

}  // namespace concord::store
