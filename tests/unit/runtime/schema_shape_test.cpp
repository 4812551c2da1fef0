// A manifest comes from whoever wrote the connector: its schema must not break who reads by it.
#include "hub/runtime/schema_shape.hpp"

#include <gmock/gmock.h>

#include "hub/runtime/manifest.hpp"

namespace concord::runtime {
namespace {

struct Case {
  const char* name;
  const char* schema;
  const char* fault;  // "": none
};
class SchemaShape : public testing::TestWithParam<Case> {};

TEST_P(SchemaShape, is_judged) {
  const auto schema = base::read_json(GetParam().schema, "schema");
  ASSERT_TRUE(schema.ok());
  EXPECT_EQ(schema_fault(*schema).value_or(""), GetParam().fault);
}

INSTANTIATE_TEST_SUITE_P(
    Schemas,
    SchemaShape,
    testing::Values(
        Case{"of_nothing", R"({})", ""},
        Case{"whole",
             R"({"type":"object","required":["a"],"properties":{"a":{"$ref":"#/definitions/d"},
                 "b":true},"additionalProperties":false,"anyOf":[{"required":["a"]}],
                 "definitions":{"d":{"items":{"enum":[1,"x"]}}}})",
             ""},
        Case{"used_twice",
             R"({"properties":{"a":{"$ref":"#/definitions/d"},"b":{"$ref":"#/definitions/d"}},
                 "definitions":{"d":{}}})",
             ""},
        Case{"no_object", R"([])", "it is no schema"},
        Case{"properties", R"({"properties":3})", "/properties is no list of schemas by name"},
        Case{"property", R"({"properties":{"a":3}})", "/properties/a is no schema"},
        Case{"required", R"({"required":"a"})", "/required is no list of texts"},
        Case{"required_number",
             R"({"anyOf":[{"required":[1]}]})",
             "/anyOf/…/required is no list of texts"},
        Case{"any_of", R"({"anyOf":[]})", "/anyOf is no list of schemas"},
        Case{"enumeration", R"({"items":{"enum":"a"}})", "/items/enum is no list"},
        Case{"count", R"({"anyOf":[{"minItems":"2"}]})", "/anyOf/…/minItems is no count"},
        Case{"below_zero", R"({"items":{"maxLength":-1}})", "/items/maxLength is no count"},
        Case{"nowhere",
             R"({"$ref":"#/definitions/d"})",
             "/$ref is no reference to one of its definitions"},
        Case{"elsewhere",
             R"({"properties":{"a":{"$ref":"#/properties/a"}}})",
             "/properties/a/$ref is no reference to one of its definitions"},
        Case{"pointer",
             R"({"$ref":"#/definitions/a~1b","definitions":{"a~1b":{}}})",
             "/$ref is no reference to one of its definitions"},
        Case{"loop",
             R"({"definitions":{"d":{"properties":{"a":{"$ref":"#/definitions/d"}}}}})",
             "/definitions/d/properties/a/$ref is a reference that comes back to itself"}),
    [](const auto& about) { return std::string(about.param.name); });

TEST(Manifest, with_a_schema_of_another_shape_is_refused) {
  const auto manifest = manifest_of(
      R"({"id":"x","version":"1","library":"x.so","sha256":"0","abi":{"min":1000,"max":1000},
          "capabilities":[],"config_schema":{"properties":[]}})",
      "x.connector.json");
  ASSERT_FALSE(manifest.ok());
  EXPECT_EQ(manifest.error().code, "MANIFEST_INVALID");
  EXPECT_EQ(manifest.error().cause, "\"config_schema\": /properties is no list of schemas by name");
}

base::Result<Manifest> that_honours(const std::string& honours, int abi_max = 1001) {
  return manifest_of(
      R"({"id":"x","version":"1","library":"x.so","sha256":"0","abi":{"min":1000,"max":)" +
          std::to_string(abi_max) + R"(},"capabilities":["read","write"],"honours":)" + honours +
          R"(,"config_schema":{}})",
      "x.connector.json");
}

TEST(Manifest, names_what_its_connector_writes_along) {
  const auto manifest = that_honours(R"(["notice_part2","destroy_by"])");
  ASSERT_TRUE(manifest.ok()) << to_text(manifest.error());
  EXPECT_EQ(manifest->honours, (std::vector<std::string>{"notice_part2", "destroy_by"}));
}

TEST(Manifest, that_honours_what_nobody_knows_is_refused) {
  for (const char* honours :
       {R"(["*"])", R"(["notice_2"])", R"(["accounting"])", R"([7])", "true"}) {
    const auto manifest = that_honours(honours);
    ASSERT_FALSE(manifest.ok()) << honours;
    EXPECT_EQ(manifest.error().code, "MANIFEST_INVALID");
    EXPECT_NE(manifest.error().cause.find("\"honours\""), std::string::npos);
  }
  // One for a later hub may know more; all at once it may not say even then.
  const auto later = that_honours(R"(["of_a_later_hub","notice_part2"])", 1002);
  ASSERT_TRUE(later.ok()) << to_text(later.error());
  EXPECT_EQ(later->honours, std::vector<std::string>{"notice_part2"});
  EXPECT_FALSE(that_honours(R"(["*"])", 1002).ok());
}

// It would be sent what must not go alone, and write it without.
TEST(Manifest, that_honours_what_its_abi_does_not_have_is_refused) {
  const auto earlier = that_honours(R"(["notice_part2"])", 1000);
  ASSERT_FALSE(earlier.ok());
  EXPECT_NE(earlier.error().cause.find("ABI 1.0"), std::string::npos);
  EXPECT_TRUE(that_honours("[]", 1000).ok());
}
}  // namespace
}  // namespace concord::runtime
