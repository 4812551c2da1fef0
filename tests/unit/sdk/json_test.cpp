#include <concord/connector.hpp>
#include <concord/json.hpp>
#include <gtest/gtest.h>

namespace concord::sdk {
namespace {

std::string code_of(std::string_view text, JsonLimits limits = {}) {
  rapidjson::Document document;
  JsonFault fault;
  return parse_json(text, document, fault, limits) ? "ok" : fault.code;
}

TEST(Json, reads_what_is_valid) {
  EXPECT_EQ(code_of(R"({"a":[1,2.5,"x",null,true],"b":{"a":1}})"), "ok");
}

TEST(Json, refuses_a_duplicate_key_in_one_object_only) {
  EXPECT_EQ(code_of(R"({"a":1,"b":2,"a":3})"), "JSON_DUPLICATE_KEY");
  EXPECT_EQ(code_of(R"([{"a":1},{"a":2}])"), "ok");
}

TEST(Json, refuses_100000_deep_nesting_without_overrunning_the_stack) {
  EXPECT_EQ(code_of(std::string(100000, '[')), "JSON_DEPTH");
}

TEST(Json, refuses_what_is_too_large_invalid_or_trailing) {
  EXPECT_EQ(code_of("[1,2,3]", {.bytes_max = 3}), "JSON_SIZE");
  EXPECT_EQ(code_of("{\"a\":\"\xE9\"}"), "JSON_ENCODING");
  EXPECT_EQ(code_of("{\"a\":\"\\u0000\"}"), "JSON_ENCODING");
  EXPECT_EQ(code_of("{} x"), "JSON_SYNTAX");
  EXPECT_EQ(code_of(""), "JSON_SYNTAX");
  EXPECT_EQ(code_of("{\"a\":"), "JSON_SYNTAX");
}

TEST(JsonWriter, writes_nested_objects_with_escapes) {
  JsonWriter w;
  w.object().field("key", "0042").key("list").array().value(1).value("a\"b").end_array().end();
  EXPECT_EQ(w.text(), R"({"key":"0042","list":[1,"a\"b"]})");
}

}  // namespace
}  // namespace concord::sdk
