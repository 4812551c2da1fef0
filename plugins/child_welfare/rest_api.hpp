// One CCWIS REST API: token, kept connections, errors. Any thread.
#pragma once

#include <concord/connector.hpp>
#include <concord/http.hpp>

#include "child_welfare/settings.hpp"

namespace concord::child_welfare {

class RestApi {
 public:
  explicit RestApi(RestSettings settings);

  // Sends to url + target ("/placements?limit=5"). A 401 to a kept token is tried once again with a
  // new one. Any status is a response.
  sdk::Result<sdk::HttpResponse> send(const std::string& method,
                                      const std::string& target,
                                      const sdk::HttpHeaders& headers,
                                      std::string body,
                                      const sdk::Call& call);
  [[nodiscard]] const RestSettings& settings() const { return settings_; }
  // "GET /api/placements", without the query.
  [[nodiscard]] std::string place(const std::string& method, const std::string& target) const;

 private:
  RestSettings settings_;
  sdk::HttpClient http_;
  sdk::OAuthClient oauth_;
};

}  // namespace concord::child_welfare
