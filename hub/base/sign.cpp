#include "hub/base/sign.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace concord::base {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using PKey = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

void must(bool ok) {
  if (!ok) std::abort();  // OpenSSL failed where it cannot: memory, or a broken install
}

PKey secret_key(const Key& secret) {
  PKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
  must(key != nullptr);
  return key;
}

}  // namespace

std::string public_key_of(const Key& secret) {
  std::string out(32, '\0');
  size_t size = out.size();
  must(EVP_PKEY_get_raw_public_key(
           secret_key(secret).get(), reinterpret_cast<uint8_t*>(out.data()), &size) == 1);
  return out;
}

std::string sign(const Key& secret, std::string_view text) {
  const PKey key = secret_key(secret);
  const Context context(EVP_MD_CTX_new());
  std::string out(64, '\0');
  size_t size = out.size();
  must(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  must(
      EVP_DigestSign(
          context.get(), reinterpret_cast<uint8_t*>(out.data()), &size, bytes(text), text.size()) ==
      1);
  return out;
}

bool signed_by(std::string_view public_key, std::string_view text, std::string_view signature) {
  if (public_key.size() != 32 || signature.size() != 64) return false;
  const PKey key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(public_key), public_key.size()));
  if (!key) return false;
  const Context context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(
             context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

}  // namespace concord::base
