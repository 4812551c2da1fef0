// JSON, read strictly (concord/json.hpp in the SDK) and told in the hub's errors.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

#include "hub/base/result.hpp"

namespace concord::base {

using Json = rapidjson::Document;
using JsonValue = rapidjson::Value;

struct JsonLimits {
  size_t bytes_max = 16u << 20;
  uint32_t depth_max = 64;
};

// place names what is read, for the error: a file, or system and record type.
Result<Json> read_json(std::string_view text,
                       std::string_view place,
                       const JsonLimits& limits = {});
std::string write_json(const JsonValue& value);
std::string write_json_pretty(const JsonValue& value);

// The member, or nullptr where object is none or has none of that name.
const JsonValue* member(const JsonValue& object, std::string_view name);
// Its text, or "" where it is missing or no text.
std::string_view text_of(const JsonValue& object, std::string_view name);
inline std::string_view text(const JsonValue& value) {
  return {value.GetString(), value.GetStringLength()};
}
// A copy of text as a JSON string.
JsonValue json_text(std::string_view text, rapidjson::MemoryPoolAllocator<>& memory);

}  // namespace concord::base
