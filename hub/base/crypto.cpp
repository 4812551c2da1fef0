#include "hub/base/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <chrono>
#include <cstdlib>
#include <memory>

namespace concord::base {
namespace {

constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// One context a thread: making one costs more than sealing a record.
EVP_CIPHER_CTX* context() {
  thread_local std::unique_ptr<EVP_CIPHER_CTX, FreeContext> held(EVP_CIPHER_CTX_new());
  return held.get();
}

struct FreeMac {
  void operator()(EVP_MAC_CTX* mac) const { EVP_MAC_CTX_free(mac); }
};

// Likewise: HMAC() looks the algorithm up each time, which costs more than a short text.
EVP_MAC_CTX* mac_context() {
  thread_local const std::unique_ptr<EVP_MAC_CTX, FreeMac> held = [] {
    EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    EVP_MAC_CTX* mac = EVP_MAC_CTX_new(hmac);  // keeps hmac
    EVP_MAC_free(hmac);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                 OSSL_PARAM_construct_end()};
    if (mac == nullptr || EVP_MAC_CTX_set_params(mac, params) != 1) std::abort();
    return std::unique_ptr<EVP_MAC_CTX, FreeMac>(mac);
  }();
  return held.get();
}

const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* held = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return held;
}

const uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
uint8_t* bytes(std::string& text) {
  return reinterpret_cast<uint8_t*>(text.data());
}

void must(bool ok) {
  if (!ok) std::abort();  // OpenSSL failed where it cannot: memory, or a broken install
}

}  // namespace

void random_bytes(void* out, size_t count) {
  must(RAND_bytes(static_cast<uint8_t*>(out), static_cast<int>(count)) == 1);
}

Key random_key() {
  Key key;
  random_bytes(key.data(), key.size());
  return key;
}

std::string uuid() {
  uint8_t raw[16];
  random_bytes(raw, sizeof raw);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                      std::chrono::system_clock::now().time_since_epoch())
                      .count();
  for (int i = 0; i < 6; ++i) raw[i] = static_cast<uint8_t>(ms >> (40 - 8 * i));
  raw[6] = static_cast<uint8_t>((raw[6] & 0x0f) | 0x70);
  raw[8] = static_cast<uint8_t>((raw[8] & 0x3f) | 0x80);
  std::string text = hex({reinterpret_cast<char*>(raw), sizeof raw});
  for (size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

Hash sha256_of(std::initializer_list<std::string_view> parts) {
  // One context a thread, and the algorithm looked up once: finding it costs more than hashing.
  static const EVP_MD* held = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> c(EVP_MD_CTX_new());
  Hash out;
  unsigned size = 0;
  must(EVP_DigestInit_ex2(c.get(), held, nullptr) == 1);
  for (const std::string_view part : parts)
    must(EVP_DigestUpdate(c.get(), part.data(), part.size()) == 1);
  must(EVP_DigestFinal_ex(c.get(), out.data(), &size) == 1);
  return out;
}

std::string sha256(std::string_view text) {
  const Hash out = sha256_of({text});
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string sha256_hex(std::string_view text) {
  return hex(sha256(text));
}

std::string hmac_sha256(const Key& key, std::string_view text) {
  std::string out(32, '\0');
  size_t size = 0;
  EVP_MAC_CTX* mac = mac_context();
  must(EVP_MAC_init(mac, key.data(), key.size(), nullptr) == 1 &&
       EVP_MAC_update(mac, bytes(text), text.size()) == 1 &&
       EVP_MAC_final(mac, bytes(out), &size, out.size()) == 1 && size == out.size());
  return out;
}

std::string hex(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<std::string> from_hex(std::string_view text) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = i + 1 < text.size() ? digit(text[i + 1]) : -1;
    if (high < 0 || low < 0)
      return bad_record(
          "NOT_HEX", "byte " + std::to_string(i), "expected pairs of hex digits", "mend the text");
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string seal(const Key& key, std::string_view plain, std::string_view bound) {
  std::string out(kNonce + plain.size() + kTag, '\0');
  random_bytes(out.data(), kNonce);
  EVP_CIPHER_CTX* c = context();
  int n = 0;
  must(EVP_EncryptInit_ex2(c, cipher(), key.data(), bytes(out), nullptr) == 1);
  must(EVP_EncryptUpdate(c, nullptr, &n, bytes(bound), static_cast<int>(bound.size())) == 1);
  must(EVP_EncryptUpdate(
           c, bytes(out) + kNonce, &n, bytes(plain), static_cast<int>(plain.size())) == 1);
  must(EVP_EncryptFinal_ex(c, bytes(out) + kNonce + n, &n) == 1);
  must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, kTag, bytes(out) + kNonce + plain.size()) == 1);
  return out;
}

Result<std::string> open(const Key& key, std::string_view sealed, std::string_view bound) {
  auto broken = [] {
    return fatal_error("SEAL_BROKEN",
                       "sealed content",
                       "it does not open with its key",
                       "restore the store and its keys from the same backup");
  };
  if (sealed.size() < kNonce + kTag) return broken();
  const size_t size = sealed.size() - kNonce - kTag;
  std::string out(size, '\0');
  std::string tag(sealed.substr(kNonce + size));
  EVP_CIPHER_CTX* c = context();
  int n = 0;
  must(EVP_DecryptInit_ex2(c, cipher(), key.data(), bytes(sealed), nullptr) == 1);
  must(EVP_DecryptUpdate(c, nullptr, &n, bytes(bound), static_cast<int>(bound.size())) == 1);
  must(EVP_DecryptUpdate(c, bytes(out), &n, bytes(sealed) + kNonce, static_cast<int>(size)) == 1);
  must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1);
  uint8_t rest[16];
  if (EVP_DecryptFinal_ex(c, rest, &n) != 1) return broken();
  return out;
}

}  // namespace concord::base
