// A signed head: "at this time the tree had this size and this root", by the hub, naming the head
// before it. Whoever keeps one is a witness: no later store can take back or change what stood
// then.
//
// In heads.jsonl and on paper it is one line of JSON:
//   {"concord_head":1,"size":1204,"root":"51aa…","at":"2026-06-01T12:00:00Z","previous":"00c7…",
//    "key":"9b0e…","signature":"ab4f…"}
// Signed, with Ed25519, are these five lines, each ended by a line feed:
//   concord audit head 1
//   1204
//   51aa…                       the root, 64 digits
//   2026-06-01T12:00:00Z
//   00c7…                       SHA-256 of the five lines of the head before; of the first, zeros
// Threads: any; pure.
#pragma once

#include <string>

#include "hub/audit/tree.hpp"
#include "hub/base/result.hpp"
#include "hub/base/time.hpp"

namespace concord::audit {

struct Head {
  uint64_t size = 0;
  Hash root{};
  base::Instant at;
  Hash previous{};
  std::string key, signature;  // raw: the public key, the signature
  bool operator==(const Head&) const = default;
};

Head sign_head(const Tree& tree, base::Instant at, const Hash& previous, const base::Key& secret);
bool is_signed(const Head& head);  // by the key that it names
Hash hash_of(const Head& head);    // the `previous` of the next
std::string to_json(const Head& head);
base::Result<Head> read_head(std::string_view json);

}  // namespace concord::audit
