// Random bytes, digests, and sealing with AES-256-GCM, over OpenSSL 3 EVP.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "hub/base/result.hpp"

namespace concord::base {

using Key = std::array<uint8_t, 32>;

void random_bytes(void* out, size_t count);  // ends the process when the system has none
Key random_key();
// Version 7, lower case: begins with the time, so that what is made together lies together in an
// index; 74 bits are random.
std::string uuid();

using Hash = std::array<uint8_t, 32>;
Hash sha256_of(std::initializer_list<std::string_view> parts);    // of the parts, one after another
std::string sha256(std::string_view bytes);                       // 32 raw bytes
std::string sha256_hex(std::string_view bytes);                   // 64 lower-case digits
std::string hmac_sha256(const Key& key, std::string_view bytes);  // 32 raw bytes
std::string hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view text);

// nonce (12) + ciphertext + tag (16). bound is authenticated, not stored: the same must be given to
// open(), so that a sealed value cannot be moved to another place.
std::string seal(const Key& key, std::string_view plain, std::string_view bound);
Result<std::string> open(const Key& key, std::string_view sealed, std::string_view bound);

}  // namespace concord::base
