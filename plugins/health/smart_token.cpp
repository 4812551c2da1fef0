#include "health/smart_token.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <concord/http.hpp>
#include <concord/json.hpp>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

namespace concord::health {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr int kEs384Half = 48;  // bytes of r and of s

sdk::Error key_error(const char* cause) {
  return sdk::config_error("SMART_KEY",
                           "fhir.smart.private_key_file",
                           cause,
                           "give a PEM private key, RSA of 2048 bits or more, or EC P-384");
}

sdk::Result<std::string> signed_with(EVP_PKEY* key, std::string_view text) {
  DigestContext context(EVP_MD_CTX_new());
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1) {
    return key_error("the key cannot sign");
  }
  std::vector<unsigned char> out(size);
  if (EVP_DigestSign(context.get(), out.data(), &size, data, text.size()) != 1) {
    return key_error("the key cannot sign");
  }
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) {
    return std::string(reinterpret_cast<const char*>(out.data()), size);
  }
  // JWT wants r and s side by side, OpenSSL gives DER.
  const unsigned char* der = out.data();
  EcSignature signature(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size)));
  std::array<unsigned char, 2 * kEs384Half> flat{};
  if (!signature ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), flat.data(), kEs384Half) != kEs384Half ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), flat.data() + kEs384Half, kEs384Half) !=
          kEs384Half) {
    return key_error("the key is of another curve than P-384");
  }
  return std::string(reinterpret_cast<const char*>(flat.data()), flat.size());
}

std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::string base64url(std::string_view bytes) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0, held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += kLetters[(bits >> held) & 63];
    }
  }
  if (held > 0) out += kLetters[(bits << (6 - held)) & 63];
  return out;
}

sdk::Result<std::string> client_assertion(const SmartSettings& settings,
                                          std::string_view key_pem,
                                          int64_t now_seconds,
                                          std::string_view id) {
  Bio bio(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  // A key with a passphrase would ask on the terminal: refuse it instead.
  Key key(bio ? PEM_read_bio_PrivateKey(
                    bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr)
              : nullptr);
  if (!key) return key_error("no private key can be read from it");
  const int kind = EVP_PKEY_get_base_id(key.get()), bits = EVP_PKEY_get_bits(key.get());
  const bool rsa = kind == EVP_PKEY_RSA && bits >= 2048, ec = kind == EVP_PKEY_EC && bits == 384;
  if (!rsa && !ec) return key_error("the key is of a kind or size that SMART does not take");

  sdk::JsonWriter header;
  header.object().field("alg", rsa ? "RS384" : "ES384").field("typ", "JWT");
  if (!settings.key_id.empty()) header.field("kid", settings.key_id);
  header.end();
  sdk::JsonWriter claims;
  claims.object()
      .field("iss", settings.client_id)
      .field("sub", settings.client_id)
      .field("aud", settings.token_url)
      .field("jti", id)
      .field("iat", now_seconds)
      .field("exp", now_seconds + 240)  // at most five minutes, by the specification
      .end();
  const std::string text = base64url(header.text()) + "." + base64url(claims.text());
  auto signature = signed_with(key.get(), text);
  if (!signature) return std::move(signature).error();
  return text + "." + base64url(*signature);
}

sdk::Result<std::string> SmartToken::token(sdk::HttpClient& http,
                                           std::chrono::milliseconds timeout,
                                           std::function<bool()> cancelled) {
  const std::lock_guard lock(mutex_);
  if (!held_.empty() && std::chrono::steady_clock::now() < good_until_) return held_;
  std::ifstream file(settings_.private_key_file, std::ios::binary);
  if (!file) return key_error("the file cannot be read");
  std::stringstream pem;
  pem << file.rdbuf();
  auto assertion = client_assertion(settings_, pem.str(), std::time(nullptr), random_id());
  if (!assertion) return std::move(assertion).error();

  sdk::HttpRequest request;
  request.method = "POST";
  request.url = settings_.token_url;
  request.ca_file = ca_file_;
  request.timeout = timeout;
  request.cancelled = std::move(cancelled);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = sdk::form_encode(
      {{"grant_type", "client_credentials"},
       {"scope", settings_.scope},
       {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
       {"client_assertion", *assertion}});
  auto response = http.send(request);
  if (!response) return std::move(response).error();
  const std::string place = "POST " + sdk::url_path(settings_.token_url);
  if (response->status == 400) {
    return sdk::auth_error("SMART_REFUSED",
                           place,
                           "the token server refused our assertion",
                           "check client_id, key_id, scope and that our public key is registered");
  }
  if (response->status != 200) return sdk::http_error(*response, place);
  rapidjson::Document document;
  sdk::JsonFault fault;
  if (!sdk::parse_json(response->body, document, fault, {.bytes_max = 1u << 20}) ||
      sdk::text_of(document, "access_token").empty()) {
    return sdk::retry(
        "SMART_ANSWER", place, "an answer without access_token", "see what the token server sends");
  }
  int64_t seconds = 300;
  if (auto it = document.FindMember("expires_in");
      it != document.MemberEnd() && it->value.IsUint()) {
    seconds = it->value.GetUint();
  }
  held_ = sdk::text_of(document, "access_token");
  good_until_ = std::chrono::steady_clock::now() + std::chrono::seconds(seconds - 30);
  return held_;
}

void SmartToken::forget() {
  const std::lock_guard lock(mutex_);
  held_.clear();
}

}  // namespace concord::health
