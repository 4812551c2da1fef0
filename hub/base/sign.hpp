// Signatures with Ed25519, over OpenSSL 3 EVP.
// Threads: any; pure.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/crypto.hpp"

namespace concord::base {

// 32 raw bytes.
std::string public_key_of(const Key& secret);
// 64 raw bytes.
std::string sign(const Key& secret, std::string_view text);
bool signed_by(std::string_view public_key, std::string_view text, std::string_view signature);

}  // namespace concord::base
