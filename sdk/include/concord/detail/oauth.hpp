// OAuth 2 client credentials, part of http.hpp: include that.
#pragma once

namespace concord::sdk {

struct OAuthConfig {
  std::string token_url = {};
  std::string client_id = {};
  std::string client_secret = {};
  std::string scope = {};
  std::string ca_file = {};
  bool secret_in_body = false;  // else by HTTP Basic, as RFC 6749 2.3.1 prefers
  // Where set: makes the signed JWT that is sent in place of the secret (RFC 7523).
  std::function<Result<std::string>()> assertion = nullptr;
};

// Client credentials (RFC 6749 4.4). Keeps the token until shortly before it expires.
class OAuthClient {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  explicit OAuthClient(OAuthConfig config, Clock now = std::chrono::steady_clock::now)
      : config_(std::move(config)), now_(std::move(now)) {}

  Result<std::string> token(HttpClient& http,
                            std::chrono::milliseconds timeout = std::chrono::seconds(15),
                            std::function<bool()> cancelled = nullptr) {
    const std::lock_guard lock(mutex_);
    if (!token_.empty() && now_() < until_) return token_;
    auto request = token_request();
    if (!request) return std::move(request).error();
    request->timeout = timeout;
    request->cancelled = std::move(cancelled);
    auto response = http.send(*request);
    if (!response) return std::move(response).error();
    const std::string place = "POST " + url_path(config_.token_url);
    if (response->status == 400)  // invalid_client, invalid_scope, ... are all 400 or 401
      return auth_error("OAUTH_REFUSED",
                        place,
                        "the token endpoint answered 400",
                        "check client_id, client_secret and scope");
    if (response->status != 200) return http_error(*response, place);
    rapidjson::Document answer;
    JsonFault fault;
    if (!parse_json(response->body, answer, fault, {.bytes_max = 1u << 20, .depth_max = 8}) ||
        text_of(answer, "access_token").empty())
      return retry("OAUTH_ANSWER",
                   place,
                   "the answer holds no access_token",
                   "see whether token_url is the token endpoint");
    int64_t seconds = 300;
    if (auto it = answer.FindMember("expires_in"); it != answer.MemberEnd() && it->value.IsInt64())
      seconds = std::clamp<int64_t>(it->value.GetInt64(), 0, 86400);
    token_ = text_of(answer, "access_token");
    // Early enough that a request under way still arrives with a valid one.
    until_ = now_() + std::chrono::seconds(seconds - std::min<int64_t>(60, seconds / 5));
    return token_;
  }
  // After a 401: the next token() asks anew.
  void forget() {
    const std::lock_guard lock(mutex_);
    token_.clear();
  }

 private:
  Result<HttpRequest> token_request() const {
    HttpHeaders form = {{"grant_type", "client_credentials"}};
    if (!config_.scope.empty()) form.emplace_back("scope", config_.scope);
    HttpRequest request;
    request.method = "POST";
    request.url = config_.token_url;
    request.ca_file = config_.ca_file;
    request.body_bytes_max = 1u << 20;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    if (config_.assertion) {
      auto jwt = config_.assertion();
      if (!jwt) return std::move(jwt).error();
      form.emplace_back("client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      form.emplace_back("client_assertion", std::move(jwt).value());
    } else if (config_.secret_in_body) {
      form.emplace_back("client_id", config_.client_id);
      form.emplace_back("client_secret", config_.client_secret);
    } else {
      request.headers.emplace_back("Authorization", "Basic " + basic());
    }
    request.body = form_encode(form);
    return request;
  }
  [[nodiscard]] std::string basic() const {
    const std::string plain =
        url_encode(config_.client_id) + ":" + url_encode(config_.client_secret);
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t i = 0; i < plain.size(); i += 3) {
      const size_t n = std::min<size_t>(3, plain.size() - i);
      uint32_t bits = 0;
      for (size_t k = 0; k < 3; ++k)
        bits = bits << 8 | (k < n ? static_cast<uint8_t>(plain[i + k]) : 0u);
      for (size_t k = 0; k < 4; ++k) out += k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return out;
  }

  OAuthConfig config_;
  Clock now_;
  std::mutex mutex_;  // guards token_ and until_
  std::string token_;
  std::chrono::steady_clock::time_point until_;
};

}  // namespace concord::sdk
