#include "hub/audit/tree.hpp"

#include <gtest/gtest.h>

#include <random>

namespace concord::audit {
namespace {

// The leaves and roots that the reference implementation of RFC 6962 is tested with.
const std::vector<std::string>& known_leaves() {
  static const std::vector<std::string> leaves = [] {
    std::vector<std::string> out;
    for (const char* hex : {"",
                            "00",
                            "10",
                            "2021",
                            "3031",
                            "40414243",
                            "5051525354555657",
                            "606162636465666768696a6b6c6d6e6f"})
      out.push_back(*base::from_hex(hex));
    return out;
  }();
  return leaves;
}
constexpr const char* kKnownRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

TEST(Tree, has_the_known_roots_of_no_to_eight_leaves) {
  Tree tree;
  EXPECT_EQ(hex(tree.root()), kKnownRoots[0]);
  for (size_t i = 0; i < known_leaves().size(); ++i) {
    tree.add(leaf_hash(known_leaves()[i]));
    EXPECT_EQ(hex(tree.root()), kKnownRoots[i + 1]) << i + 1 << " leaves";
  }
}

constexpr size_t kSizeMax = 130;

struct Grown {
  std::vector<Hash> leaves;
  std::vector<Hash> roots;  // by size
};
const Grown& grown() {
  static const Grown all = [] {
    Grown out;
    Tree tree;
    out.roots.push_back(tree.root());
    for (size_t i = 0; i < kSizeMax; ++i) {
      out.leaves.push_back(leaf_hash("entry " + std::to_string(i)));
      tree.add(out.leaves.back());
      out.roots.push_back(tree.root());
    }
    return out;
  }();
  return all;
}

std::span<const Hash> first(size_t n) {
  return std::span(grown().leaves).first(n);
}

TEST(Tree, is_the_same_after_it_was_packed) {
  Tree tree;
  for (size_t i = 0; i <= kSizeMax; ++i) {
    auto back = Tree::unpack(tree.pack());
    ASSERT_TRUE(back) << i;
    EXPECT_EQ(*back, tree) << i;
    tree.add(leaf_hash("entry"));
  }
  EXPECT_FALSE(Tree::unpack(tree.pack() + "x"));
  EXPECT_FALSE(Tree::unpack(""));
}

TEST(Tree, proves_every_leaf_of_every_size_and_of_no_other_place) {
  for (size_t size = 1; size <= kSizeMax; ++size)
    for (size_t i = 0; i < size; ++i) {
      const Path path = inclusion_of(i, first(size));
      const Hash& leaf = grown().leaves[i];
      ASSERT_TRUE(includes(grown().roots[size], size, leaf, i, path)) << i << " of " << size;
      ASSERT_FALSE(includes(grown().roots[size], size, leaf, i + 1, path)) << i << " of " << size;
      ASSERT_FALSE(includes(grown().roots[size - 1], size, leaf, i, path)) << i << " of " << size;
      ASSERT_FALSE(includes(grown().roots[size], size, leaf_hash("another"), i, path));
    }
}

TEST(Tree, proves_that_every_size_began_as_every_smaller_one) {
  for (size_t now = 0; now <= kSizeMax; ++now)
    for (size_t before = 0; before <= now; ++before) {
      const Path path = consistency_of(before, first(now));
      ASSERT_TRUE(consistent(grown().roots[before], before, grown().roots[now], now, path))
          << before << " of " << now;
      if (before == 0 || before == now) continue;
      ASSERT_FALSE(consistent(leaf_hash("another"), before, grown().roots[now], now, path))
          << before << " of " << now;
      ASSERT_FALSE(consistent(grown().roots[before], before, leaf_hash("another"), now, path))
          << before << " of " << now;
    }
}

TEST(Tree, believes_no_proof_with_a_step_changed_added_or_taken_out) {
  std::mt19937 random(7);
  for (size_t size = 2; size <= kSizeMax; ++size) {
    const size_t i = random() % size;
    const size_t before = 1 + random() % (size - 1);
    const Path inclusion = inclusion_of(i, first(size));
    const Path consistency = consistency_of(before, first(size));
    auto refuse = [&](const Path& in, const Path& con) {
      EXPECT_FALSE(includes(grown().roots[size], size, grown().leaves[i], i, in)) << size;
      EXPECT_FALSE(consistent(grown().roots[before], before, grown().roots[size], size, con))
          << before << " of " << size;
    };
    Path in = inclusion;
    Path con = consistency;
    in[random() % in.size()][random() % 32] ^= 1;
    con[random() % con.size()][random() % 32] ^= 1;
    refuse(in, con);
    in = inclusion;
    con = consistency;
    in.push_back(leaf_hash("more"));
    con.push_back(leaf_hash("more"));
    refuse(in, con);
    in = inclusion;
    con = consistency;
    in.pop_back();
    con.pop_back();
    refuse(in, con);
  }
}

}  // namespace
}  // namespace concord::audit
