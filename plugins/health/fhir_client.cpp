#include "health/fhir_client.hpp"

#include <algorithm>

#include "health/fhir_bundle.hpp"

namespace concord::health {

FhirClient::FhirClient(FhirSettings settings) : settings_(std::move(settings)) {
  if (settings_.smart) smart_.emplace(*settings_.smart, settings_.ca_file);
}

sdk::Result<sdk::HttpResponse> FhirClient::send(std::string method,
                                                const std::string& url,
                                                const sdk::Call& call,
                                                std::string body) {
  sdk::HttpRequest request;
  request.method = std::move(method);
  request.url = url;
  request.ca_file = settings_.ca_file;
  request.body = std::move(body);
  request.cancelled = [&call] { return call.cancelled(); };
  for (int attempt = 0;; ++attempt) {
    request.headers = {{"Accept", "application/fhir+json"}};
    if (!request.body.empty()) {
      request.headers.emplace_back("Content-Type", "application/fhir+json");
    }
    request.timeout = std::min(settings_.timeout, call.left());
    if (smart_) {
      auto token = smart_->token(http_, request.timeout, request.cancelled);
      if (!token) return std::move(token).error();
      request.headers.emplace_back("Authorization", "Bearer " + *token);
    } else if (!settings_.bearer_token.empty()) {
      request.headers.emplace_back("Authorization", "Bearer " + settings_.bearer_token);
    }
    auto response = http_.send(request);
    if (!response || response->status != 401 || !smart_ || attempt > 0) return response;
    smart_->forget();  // the server may end a token before its time
  }
}

sdk::Error FhirClient::error_of(const sdk::HttpResponse& response, std::string place) {
  sdk::Error error = sdk::http_error(response, std::move(place));
  const std::string told = outcome_text(response.body);
  if (!told.empty()) error.cause += ": " + told;
  return error;
}

}  // namespace concord::health
