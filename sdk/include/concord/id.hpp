// Names made of content: for sources that have no key, no version, or a key of several parts. Needs
// OpenSSL (link OpenSSL::Crypto).
//
// Threads: pure functions.
#pragma once

#include <openssl/evp.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace concord::sdk {

// SHA-256 as 64 lower-case hex digits.
inline std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  // Fails only where OpenSSL itself is broken: a name that is not one must not go on.
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    std::abort();
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out;
}

// Its first 16 digits: enough to tell one version of a record from another.
inline std::string content_hash(std::string_view bytes) {
  return sha256_hex(bytes).substr(0, 16);
}

}  // namespace concord::sdk
