#include "hub/base/json.hpp"

#include <rapidjson/prettywriter.h>

#include <concord/json.hpp>

namespace concord::base {

Result<Json> read_json(std::string_view text, std::string_view place, const JsonLimits& limits) {
  Json out;
  sdk::JsonFault fault;
  if (!sdk::parse_json(text, out, fault, {limits.bytes_max, limits.depth_max}))
    return bad_record(fault.code,
                      std::string(place) + ":byte " + std::to_string(fault.offset),
                      fault.cause,
                      "mend it at the source, then read again");
  return out;
}

std::string write_json(const JsonValue& value) {
  return sdk::write_json(value);
}

std::string write_json_pretty(const JsonValue& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

const JsonValue* member(const JsonValue& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  const auto it = object.FindMember(
      JsonValue(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
  return it == object.MemberEnd() ? nullptr : &it->value;
}

std::string_view text_of(const JsonValue& object, std::string_view name) {
  const JsonValue* found = member(object, name);
  return found != nullptr && found->IsString() ? text(*found) : std::string_view{};
}

JsonValue json_text(std::string_view text, rapidjson::MemoryPoolAllocator<>& memory) {
  return JsonValue(text.data(), static_cast<rapidjson::SizeType>(text.size()), memory);
}

}  // namespace concord::base
