#include "hub/audit/tree.hpp"

#include <algorithm>
#include <bit>

namespace concord::audit {
namespace {

constexpr size_t kSizeBytes = 8;

std::string_view bytes(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Hash root_of(std::span<const Hash> leaves) {
  Tree tree;
  for (const Hash& leaf : leaves) tree.add(leaf);
  return tree.root();
}

// The largest power of two that is smaller than n; n > 1.
size_t left_of(size_t n) {
  return std::bit_floor(n - 1);
}

// RFC 6962, 2.1.2: SUBPROOF(m, D[n], whole).
void prove(uint64_t before, std::span<const Hash> leaves, bool whole, Path& path) {
  if (before == leaves.size()) {
    if (!whole) path.push_back(root_of(leaves));
    return;
  }
  const size_t left = left_of(leaves.size());
  if (before <= left) {
    prove(before, leaves.first(left), whole, path);
    path.push_back(root_of(leaves.subspan(left)));
  } else {
    prove(before - left, leaves.subspan(left), false, path);
    path.push_back(root_of(leaves.first(left)));
  }
}

}  // namespace

Hash leaf_hash(std::string_view leaf) {
  return base::sha256_of({std::string_view("\0", 1), leaf});
}

Hash node_hash(const Hash& left, const Hash& right) {
  return base::sha256_of({std::string_view("\1", 1), bytes(left), bytes(right)});
}

void Tree::add(const Hash& leaf) {
  Hash hash = leaf;
  for (uint64_t n = size_; (n & 1) != 0; n >>= 1) {
    hash = node_hash(subtrees_.back(), hash);
    subtrees_.pop_back();
  }
  subtrees_.push_back(hash);
  ++size_;
}

Hash Tree::root() const {
  if (subtrees_.empty()) return base::sha256_of({});
  Hash hash = subtrees_.back();
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left)
    hash = node_hash(*left, hash);
  return hash;
}

std::string Tree::pack() const {
  std::string out;
  for (size_t i = 0; i < kSizeBytes; ++i)
    out += static_cast<char>(size_ >> (8 * (kSizeBytes - 1 - i)));
  for (const Hash& subtree : subtrees_) out += bytes(subtree);
  return out;
}

std::optional<Tree> Tree::unpack(std::string_view packed) {
  if (packed.size() < kSizeBytes) return std::nullopt;
  Tree tree;
  for (size_t i = 0; i < kSizeBytes; ++i)
    tree.size_ = tree.size_ << 8 | static_cast<uint8_t>(packed[i]);
  packed.remove_prefix(kSizeBytes);
  const auto subtrees = static_cast<size_t>(std::popcount(tree.size_));
  if (packed.size() != subtrees * sizeof(Hash)) return std::nullopt;
  tree.subtrees_.resize(subtrees);
  for (Hash& subtree : tree.subtrees_) {
    std::copy_n(packed.begin(), subtree.size(), subtree.begin());
    packed.remove_prefix(subtree.size());
  }
  return tree;
}

Path inclusion_of(uint64_t index, std::span<const Hash> leaves) {
  Path path;
  while (leaves.size() > 1) {
    const size_t left = left_of(leaves.size());
    if (index < left) {
      path.push_back(root_of(leaves.subspan(left)));
      leaves = leaves.first(left);
    } else {
      path.push_back(root_of(leaves.first(left)));
      leaves = leaves.subspan(left);
      index -= left;
    }
  }
  std::reverse(path.begin(), path.end());  // from the leaf up
  return path;
}

// RFC 9162, 2.1.3.2.
bool includes(const Hash& root, uint64_t size, const Hash& leaf, uint64_t index, const Path& path) {
  if (index >= size) return false;
  uint64_t at = index;
  uint64_t last = size - 1;
  Hash hash = leaf;
  for (const Hash& other : path) {
    if (last == 0) return false;
    if ((at & 1) != 0 || at == last) {
      hash = node_hash(other, hash);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, other);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

Path consistency_of(uint64_t before, std::span<const Hash> leaves) {
  Path path;
  if (before > 0 && before < leaves.size()) prove(before, leaves, true, path);
  return path;
}

// RFC 9162, 2.1.4.2.
bool consistent(const Hash& root_before,
                uint64_t before,
                const Hash& root_now,
                uint64_t now,
                const Path& path) {
  if (before > now) return false;
  if (before == now) return path.empty() && root_before == root_now;
  if (before == 0) return path.empty() && root_before == Tree().root();
  auto step = path.begin();
  Hash was = root_before;
  uint64_t at = before - 1;
  uint64_t last = now - 1;
  while ((at & 1) != 0) {
    at >>= 1;
    last >>= 1;
  }
  if (at != 0) {  // otherwise the first tree is whole, and its root is the first step
    if (step == path.end()) return false;
    was = *step++;
  }
  Hash is = was;
  for (; step != path.end(); ++step) {
    if (last == 0) return false;
    if ((at & 1) != 0 || at == last) {
      was = node_hash(*step, was);
      is = node_hash(*step, is);
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      is = node_hash(is, *step);
    }
    at >>= 1;
    last >>= 1;
  }
  return last == 0 && was == root_before && is == root_now;
}

std::string hex(const Hash& hash) {
  return base::hex(bytes(hash));
}

std::optional<Hash> hash_of_hex(std::string_view text) {
  auto raw = base::from_hex(text);
  Hash hash;
  if (!raw || raw->size() != hash.size()) return std::nullopt;
  std::copy(raw->begin(), raw->end(), hash.begin());
  return hash;
}

}  // namespace concord::audit
