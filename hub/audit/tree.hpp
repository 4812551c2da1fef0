// The Merkle tree of RFC 6962, section 2.1: leaves in order, SHA-256, a leaf hashed behind a 0x00
// and a node behind a 0x01, so that neither can pass for the other.
//
//            root of 5          A Tree keeps only the roots of its whole subtrees, the largest
//           /         \         first (here: of 4, of 1): enough to grow by a leaf and to tell
//        of 4          \        the root, in 32 bytes for each bit of the size. Proofs need the
//       /    \          \       leaves: they are hashed again when somebody asks, which is
//     ab      cd         e      seldom.
//
// Threads: any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/crypto.hpp"

namespace concord::audit {

using base::Hash;

Hash leaf_hash(std::string_view leaf);
Hash node_hash(const Hash& left, const Hash& right);

class Tree {
 public:
  void add(const Hash& leaf);
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] Hash root() const;  // of no leaves: the hash of nothing
  // Size (8 bytes, big end first), then the subtrees' roots.
  [[nodiscard]] std::string pack() const;
  static std::optional<Tree> unpack(std::string_view bytes);
  bool operator==(const Tree&) const = default;

 private:
  uint64_t size_ = 0;
  std::vector<Hash> subtrees_;  // as many as the size has bits set
};

using Path = std::vector<Hash>;

// That leaf `index` is in the tree of these leaves. index < leaves.size().
Path inclusion_of(uint64_t index, std::span<const Hash> leaves);
bool includes(const Hash& root, uint64_t size, const Hash& leaf, uint64_t index, const Path& path);

// That the tree of these leaves began as that of the first `before`. before <= leaves.size().
Path consistency_of(uint64_t before, std::span<const Hash> leaves);
bool consistent(
    const Hash& root_before, uint64_t before, const Hash& root_now, uint64_t now, const Path& path);

std::string hex(const Hash& hash);
std::optional<Hash> hash_of_hex(std::string_view text);

}  // namespace concord::audit
