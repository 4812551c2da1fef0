// Talks to one FHIR server: authorization, and what its answers mean.
//
// Threads: any number may call send().
#pragma once

#include <concord/connector.hpp>
#include <concord/http.hpp>
#include <optional>
#include <string>

#include "health/settings.hpp"
#include "health/smart_token.hpp"

namespace concord::health {

class FhirClient {
 public:
  explicit FhirClient(FhirSettings settings);
  [[nodiscard]] const FhirSettings& settings() const { return settings_; }

  // url: absolute. A 401 buys one new token and one more attempt. Any other status is a response.
  sdk::Result<sdk::HttpResponse> send(std::string method,
                                      const std::string& url,
                                      const sdk::Call& call,
                                      std::string body = {});
  // The error of an answer other than 2xx, with what its OperationOutcome says.
  static sdk::Error error_of(const sdk::HttpResponse& response, std::string place);

 private:
  FhirSettings settings_;
  sdk::HttpClient http_;
  std::optional<SmartToken> smart_;
};

}  // namespace concord::health
