// What each path of /api/v1 does. A request is a method, a path and a JSON body; so is its answer.
#pragma once

#include <string>

#include "hub/pipeline/hub.hpp"

namespace concord::api {

// Many assignments at once; nothing else comes near.
inline constexpr size_t kBodyBytesMax = 16u << 20;

struct Answer {
  int status = 200;
  std::string body;  // JSON
};

class Apply;

Answer answer(pipeline::Hub& hub,
              Apply& apply,
              const std::string& method,
              const std::string& path,
              const std::string& body);

}  // namespace concord::api
