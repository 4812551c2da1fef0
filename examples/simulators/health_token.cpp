#include "examples/simulators/health_token.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <concord/json.hpp>
#include <cstdio>
#include <ctime>

namespace concord::sim {
namespace {

std::string from_base64url(std::string_view text) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    const size_t value = kLetters.find(c);
    if (value == std::string_view::npos) return {};
    bits = (bits << 6) | static_cast<unsigned>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held);
    }
  }
  return out;
}

bool verified(EVP_PKEY* key, std::string_view text, const std::string& flat) {
  if (flat.size() != 96) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(flat.data());
  ECDSA_SIG* signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(bytes, 48, nullptr), BN_bin2bn(bytes + 48, 48, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature, &der);
  ECDSA_SIG_free(signature);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool ok = size > 0 &&
                  EVP_DigestVerifyInit(context, nullptr, EVP_sha384(), nullptr, key) == 1 &&
                  EVP_DigestVerify(context,
                                   der,
                                   static_cast<size_t>(size),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   text.size()) == 1;
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  return ok;
}

std::string random_text() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string out = "SYN-token-";
  for (const unsigned char byte : bytes) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", byte);
    out += hex.data();
  }
  return out;
}

HttpReply refusal(const char* error) {
  return {400, std::string(R"({"error":")") + error + "\"}"};
}

}  // namespace

struct HealthToken::Key {
  EVP_PKEY* key = nullptr;
  ~Key() { EVP_PKEY_free(key); }
};

HealthToken::HealthToken() : key_(std::make_unique<Key>()) {}
HealthToken::~HealthToken() = default;

sdk::Status HealthToken::open(const std::filesystem::path& folder) {
  file_ = folder / "smart-client-key.pem";
  if (key_->key != nullptr) return sdk::Done{};
  if (FILE* in = std::fopen(file_.c_str(), "r")) {
    key_->key = PEM_read_PrivateKey(in, nullptr, nullptr, nullptr);
    std::fclose(in);
    if (key_->key != nullptr) return sdk::Done{};
  }
  key_->key = EVP_EC_gen("P-384");
  FILE* out = std::fopen(file_.c_str(), "w");
  if (out == nullptr)
    return sdk::config_error(
        "SIM_KEY", file_.string(), "cannot be written", "choose another --dir");
  std::error_code ignored;
  std::filesystem::permissions(
      file_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  PEM_write_PrivateKey(out, key_->key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  return sdk::Done{};
}

bool HealthToken::accepts(const std::string& jwt, const std::string& token_url) {
  const size_t first = jwt.find('.'), last = jwt.rfind('.');
  if (first == std::string::npos || first == last) return false;
  rapidjson::Document header, claims;
  sdk::JsonFault fault;
  if (!sdk::parse_json(from_base64url(jwt.substr(0, first)), header, fault) ||
      !sdk::parse_json(from_base64url(jwt.substr(first + 1, last - first - 1)), claims, fault) ||
      !claims.IsObject() || !claims.HasMember("exp") || !claims["exp"].IsInt64()) {
    return false;
  }
  const int64_t now = std::time(nullptr), end = claims["exp"].GetInt64();
  const std::string id(sdk::text_of(claims, "jti"));
  const bool right =
      sdk::text_of(header, "alg") == "ES384" && sdk::text_of(header, "kid") == kKeyId &&
      sdk::text_of(claims, "iss") == kClient && sdk::text_of(claims, "sub") == kClient &&
      sdk::text_of(claims, "aud") == token_url && end > now && end <= now + 300 && !id.empty() &&
      verified(
          key_->key, std::string_view(jwt).substr(0, last), from_base64url(jwt.substr(last + 1)));
  const std::lock_guard lock(mutex_);
  return right && used_.insert(id).second;  // once only
}

HttpReply HealthToken::handle(const HttpRequest& request, const std::string& token_url) {
  std::string assertion, grant;
  for (size_t at = 0; at < request.body.size();) {
    const size_t end = std::min(request.body.find('&', at), request.body.size());
    const std::string pair = request.body.substr(at, end - at);
    if (pair.starts_with("client_assertion=")) assertion = pair.substr(17);
    if (pair.starts_with("grant_type=")) grant = pair.substr(11);
    at = end + 1;
  }
  if (grant != "client_credentials") return refusal("unsupported_grant_type");
  if (!accepts(assertion, token_url)) return refusal("invalid_client");
  const std::string token = random_text();
  const std::lock_guard lock(mutex_);
  tokens_[token] = std::time(nullptr) + 300;
  ++count_;
  return {200, R"({"access_token":")" + token + R"(","token_type":"bearer","expires_in":300})"};
}

bool HealthToken::knows(std::string_view authorization) {
  if (!authorization.starts_with("Bearer ")) return false;
  const std::lock_guard lock(mutex_);
  const auto held = tokens_.find(std::string(authorization.substr(7)));
  return held != tokens_.end() && held->second > std::time(nullptr);
}

void HealthToken::forget_all() {
  const std::lock_guard lock(mutex_);
  tokens_.clear();
}

}  // namespace concord::sim
