// A member of a JSON value that may be no object: RapidJSON ends the process when asked that way.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>

namespace concord::court {

inline const rapidjson::Value* member(const rapidjson::Value& of, const char* name) {
  if (!of.IsObject()) return nullptr;
  const auto it = of.FindMember(name);
  return it == of.MemberEnd() ? nullptr : &it->value;
}
inline const rapidjson::Value* array_member(const rapidjson::Value& of, const char* name) {
  const rapidjson::Value* value = member(of, name);
  return value != nullptr && value->IsArray() ? value : nullptr;
}
inline bool is_true(const rapidjson::Value& of, const char* name) {
  const rapidjson::Value* value = member(of, name);
  return value != nullptr && value->IsTrue();
}
inline uint64_t number(const rapidjson::Value& of, const char* name) {
  const rapidjson::Value* value = member(of, name);
  return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
}

}  // namespace concord::court
