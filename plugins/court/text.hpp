// Small things that several parts of the connector need.
#pragma once

#include <concord/id.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace concord::court {

using sdk::sha256_hex;

// The bytes that base64 text stands for, white space ignored; none where it is not base64.
std::optional<std::string> decode_base64(std::string_view text);

// Microseconds since 1970 of an RFC 3339 time with zone; none where it is not one.
std::optional<int64_t> instant_of(std::string_view text);

// Numbers with leading zeros, so that versions sort as they count.
std::string padded(uint64_t number);

// At most so many bytes, cut between characters.
std::string cut(std::string_view text, size_t bytes_max);

}  // namespace concord::court
