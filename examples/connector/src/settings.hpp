// What an operator sets for one system. From this one declaration come the reader, the manifest's
// schema and the table in build/connectors/shelter/shelter.settings.md.
#pragma once

#include <concord/settings.hpp>

namespace shelter {

namespace sdk = concord::sdk;

struct Given {
  std::string url;
  std::string token;
  uint32_t page_size = 200;
  std::chrono::seconds timeout{20};
};

inline const sdk::Settings<Given>& settings() {
  static const auto declared =
      sdk::Settings<Given>("Shelter")
          .text("url", &Given::url, "Base URL of the system, without a slash at its end")
          .required()
          .pattern("^https?://[^@]+[^/]$")
          .opens(sdk::Access::connect)
          .example("https://agency.example/api")
          .secret("token", &Given::token, "Bearer token")
          .required()
          .number("page_size", &Given::page_size, 1, 5000, "Records asked for at once, at most")
          .duration("timeout_seconds", &Given::timeout, 1, 600, "Of one request");
  return declared;
}

}  // namespace shelter
