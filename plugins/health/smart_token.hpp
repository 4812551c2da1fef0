// SMART Backend Services: a JWT signed with our private key buys an access token.
//
// Threads: any number may call token() and forget(). Secrets: the key is read from its file each
// time one is needed and leaves no trace in errors; the token is only ever given to the caller.
#pragma once

#include <chrono>
#include <concord/connector.hpp>
#include <mutex>
#include <string>
#include <string_view>

#include "health/settings.hpp"

namespace concord::sdk {
class HttpClient;
}

namespace concord::health {

// The signed assertion: RS384 for an RSA key, ES384 for a P-384 key. id: unique (jti).
sdk::Result<std::string> client_assertion(const SmartSettings& settings,
                                          std::string_view key_pem,
                                          int64_t now_seconds,
                                          std::string_view id);

class SmartToken {
 public:
  SmartToken(SmartSettings settings, std::string ca_file)
      : settings_(std::move(settings)), ca_file_(std::move(ca_file)) {}

  // The held token, or a new one when it ends within half a minute.
  sdk::Result<std::string> token(sdk::HttpClient& http,
                                 std::chrono::milliseconds timeout,
                                 std::function<bool()> cancelled = nullptr);
  void forget();  // after a 401

 private:
  SmartSettings settings_;
  std::string ca_file_;
  std::mutex mutex_;
  std::string held_;
  std::chrono::steady_clock::time_point good_until_{};
};

std::string base64url(std::string_view bytes);

}  // namespace concord::health
