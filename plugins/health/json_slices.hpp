// JSON taken apart without being read: where members and items begin and end in the text.
//
// A page of many resources is cut into its resources so that each is read, kept or refused by
// itself, and is passed on to the byte: 1.20 stays 1.20. What is between the cuts is not checked
// here; whoever uses a slice parses it.
//
// Threads: pure functions. Slices look into the given text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace concord::health {

using JsonMembers = std::vector<std::pair<std::string_view, std::string_view>>;

// None: no object, or it ends too early. Keys are as spelt, without quotes.
std::optional<JsonMembers> json_members(std::string_view text);
std::optional<std::vector<std::string_view>> json_items(std::string_view text);

// The value of the first member so named; empty: there is none.
std::string_view json_slice(const JsonMembers& members, std::string_view name);
// The text of a string without escapes; empty for everything else.
std::string_view json_plain(std::string_view value);
// The same, through any number of objects: json_plain_at(resource, {"meta", "lastUpdated"}).
std::string_view json_plain_at(std::string_view object,
                               std::initializer_list<std::string_view> path);

}  // namespace concord::health
