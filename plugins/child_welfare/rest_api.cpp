#include "child_welfare/rest_api.hpp"

namespace concord::child_welfare {

RestApi::RestApi(RestSettings settings)
    : settings_(std::move(settings)),
      oauth_({.token_url = settings_.token_url,
              .client_id = settings_.client_id,
              .client_secret = settings_.client_secret,
              .scope = settings_.scope,
              .ca_file = settings_.ca_file,
              .secret_in_body = settings_.secret_in_body}) {}

sdk::Result<sdk::HttpResponse> RestApi::send(const std::string& method,
                                             const std::string& target,
                                             const sdk::HttpHeaders& headers,
                                             std::string body,
                                             const sdk::Call& call) {
  sdk::HttpRequest request;
  request.method = method;
  request.url = settings_.url + target;
  request.body = std::move(body);
  request.ca_file = settings_.ca_file;
  request.cancelled = [&call] { return call.cancelled(); };
  for (bool again = true;; again = false) {
    auto token = oauth_.token(http_, std::min(settings_.timeout, call.left()), request.cancelled);
    if (!token) return std::move(token).error();
    request.headers = headers;
    request.headers.emplace_back("Authorization", "Bearer " + *token);
    request.headers.emplace_back("Accept", "application/json");
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.timeout = std::min(settings_.timeout, call.left());
    auto response = http_.send(request);
    if (!response || response->status != 401 || !again) return response;
    oauth_.forget();  // it may have been revoked before its time
  }
}

std::string RestApi::place(const std::string& method, const std::string& target) const {
  return method + " " + sdk::url_path(settings_.url + target);
}

}  // namespace concord::child_welfare
