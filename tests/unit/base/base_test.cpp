#include <gtest/gtest.h>

#include "hub/base/crypto.hpp"
#include "hub/base/json.hpp"
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

}  // namespace
}  // namespace concord::base
