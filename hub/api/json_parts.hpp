// What several answers are made of.
#pragma once

#include <concord/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/time.hpp"

namespace concord::api {

inline void time(sdk::JsonWriter& out, const char* name, const std::optional<base::Instant>& at) {
  if (at) out.field(name, base::to_text(*at));
}

inline void texts(sdk::JsonWriter& out, const char* name, const std::vector<std::string>& list) {
  out.key(name).array();
  for (const std::string& text : list) out.value(text);
  out.end_array();
}

}  // namespace concord::api
