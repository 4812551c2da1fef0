#include <gtest/gtest.h>

#include "hub/base/crypto.hpp"
#include "hub/base/json.hpp"
#include "hub/base/sign.hpp"
#include "hub/base/yaml.hpp"

namespace concord::base {
namespace {

TEST(Crypto, opens_what_it_sealed_and_only_in_its_place) {
  const Key key = random_key();
  const std::string sealed = seal(key, "plain", "record 7");
  EXPECT_EQ(*open(key, sealed, "record 7"), "plain");
  EXPECT_EQ(open(key, sealed, "record 8").error().code, "SEAL_BROKEN");
  EXPECT_EQ(open(random_key(), sealed, "record 7").error().code, "SEAL_BROKEN");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string broken = sealed;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EXPECT_FALSE(open(key, broken, "record 7")) << "byte " << i;
  }
  EXPECT_EQ(*open(key, seal(key, "", ""), ""), "");
}

TEST(Crypto, knows_the_published_digests) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(uuid().size(), 36u);
  EXPECT_NE(uuid(), uuid());
  EXPECT_EQ(*from_hex("00ff"), std::string("\0\xff", 2));
  EXPECT_FALSE(from_hex("0"));
}

// RFC 4231, cases 1 and 2: a shorter key is one with zeros behind it.
TEST(Crypto, knows_the_published_keyed_digests) {
  Key key{};
  std::fill_n(key.begin(), 20, uint8_t{0x0b});
  EXPECT_EQ(hex(hmac_sha256(key, "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  key = {'J', 'e', 'f', 'e'};
  EXPECT_EQ(hex(hmac_sha256(key, "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 8032, 7.1, test 1.
TEST(Crypto, knows_a_published_signature) {
  Key secret{};
  const std::string bytes =
      *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  std::copy(bytes.begin(), bytes.end(), secret.begin());
  const std::string key = public_key_of(secret);
  EXPECT_EQ(hex(key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const std::string signature = sign(secret, "");
  EXPECT_EQ(
      hex(signature),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
      "cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(signed_by(key, "", signature));
  EXPECT_FALSE(signed_by(key, "x", signature));
}

TEST(ReadJson, tells_the_byte) {
  auto json = read_json(R"({"a":1,"a":2})", "court.case");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, "JSON_DUPLICATE_KEY");
  EXPECT_EQ(json.error().place, "court.case:byte 10");
}

TEST(Yaml, keeps_scalars_as_texts_with_their_lines) {
  auto yaml = read_yaml("id: 01234\nlist:\n  - a\n  - \"true\"\nflag: true\nn: 7\n", "x.yaml");
  ASSERT_TRUE(yaml) << to_text(yaml.error());
  EXPECT_EQ(yaml->text("id"), "01234");
  EXPECT_EQ(yaml->find("list")->list[1].line, 4u);
  EXPECT_EQ(to_json(*yaml), R"({"id":"01234","list":["a","true"],"flag":true,"n":7})");
}

TEST(Yaml, refuses_what_a_reader_would_not_expect) {
  struct Case {
    const char *text, *place;
  };
  for (const Case& c : std::initializer_list<Case>{{"a: &x 1\nb: *x\n", "x.yaml:1"},
                                                   {"a: !!int 3\n", "x.yaml:1"},
                                                   {"a: 1\nb: \"x\\0\"\n", "x.yaml:2"},
                                                   {"a: 1\nb: x\x0e\n", "x.yaml:2"},
                                                   {"a: \"\\ude00\"\n", "x.yaml:1"},
                                                   {"a: 1\nb: 2\na: 3\n", "x.yaml:3"},
                                                   {"a: 1\n---\nb: 2\n", "x.yaml:2"},
                                                   {"a: [1\n", "x.yaml:2:1"},
                                                   {"? [a]\n: 1\n", "x.yaml:1"},
                                                   {"a: 1\nb: \xC2\xC2\x85\n", "x.yaml:2"}}) {
    auto yaml = read_yaml(c.text, "x.yaml");
    ASSERT_FALSE(yaml) << c.text;
    EXPECT_TRUE(yaml.error().place.starts_with(c.place)) << yaml.error().place << " for " << c.text;
    EXPECT_FALSE(yaml.error().next.empty());
  }
}

TEST(Yaml, keys_have_a_length_that_json_can_keep) {
  const std::string key(160, '"');
  auto yaml = read_yaml("'" + key + "': 1\n", "x.yaml");
  ASSERT_TRUE(yaml) << to_text(yaml.error());
  EXPECT_TRUE(read_yaml(to_json(*yaml), "y.yaml"));
  EXPECT_FALSE(read_yaml("'" + key + "x': 1\n", "x.yaml"));
}

}  // namespace
}  // namespace concord::base
