#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <concord/connector.hpp>
#include <concord/json.hpp>

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
  for (const char* half :
       {R"(["\ude00"])", R"({"\udfff":1})", R"(["\ud83d"])", "[\"\xED\xB8\x80\"]"})
    EXPECT_EQ(code_of(half), "JSON_ENCODING") << half;
  EXPECT_EQ(code_of(R"(["\ud83d\ude00\ud7ff\uef00"])"), "ok");
  EXPECT_EQ(code_of(std::string_view("{}\0x", 4)), "JSON_ENCODING");
  EXPECT_EQ(code_of("\xEF\xBB\xBF{}"), "ok");
  for (const char* no_mark :
       {"\xEF\xBB{}", "\xEF{}", "\xBB\xBF{}", "\xBF{}", "\xEF\xBB\xBF\xEF\xBB\xBF{}"})
    EXPECT_EQ(code_of(no_mark), "JSON_SYNTAX");
  EXPECT_EQ(code_of("{} x"), "JSON_SYNTAX");
  EXPECT_EQ(code_of(""), "JSON_SYNTAX");
  EXPECT_EQ(code_of("{\"a\":"), "JSON_SYNTAX");
}

TEST(Json, a_zero_with_an_exponent_is_zero) {
  for (const std::string text : {"0e198", "0E-198", "0.0e300", "0.000", "-0e5", "-0.0e-7", "0e0"}) {
    rapidjson::Document document;
    JsonFault fault;
    ASSERT_TRUE(parse_json("[1.5," + text + ",{\"1\":" + text + "}]", document, fault)) << text;
    for (const double read : {document[1].GetDouble(), document[2]["1"].GetDouble()}) {
      EXPECT_EQ(read, 0.0) << text;
      EXPECT_EQ(std::signbit(read), text[0] == '-') << text;
    }
    EXPECT_EQ(document[0].GetDouble(), 1.5);
    ASSERT_TRUE(parse_json(text, document, fault)) << text;  // with nothing around it
    EXPECT_EQ(document.GetDouble(), 0.0) << text;
  }
}

TEST(Json, numbers_are_read_to_the_last_digit) {
  const std::string zeros(450, '0');
  for (const auto& [text, value] :
       std::vector<std::pair<std::string, double>>{{"10e-1", 1.0},
                                                   {"0.30000000000000004", 0.1 + 0.2},
                                                   {"-0.1", -0.1},
                                                   {"1.7976931348623157e308", DBL_MAX},
                                                   {"5e-324", DBL_TRUE_MIN},
                                                   {"1e-400", 0.0},
                                                   {"18446744073709551616", 0x1p64},
                                                   {"0." + zeros, 0.0},
                                                   {"0." + zeros + "7", 0.0},
                                                   {"0." + zeros + "7e451", 7.0}}) {
    rapidjson::Document document;
    JsonFault fault;
    ASSERT_TRUE(parse_json("{\"a0\":" + text + "}", document, fault)) << text;
    EXPECT_TRUE(document["a0"].IsDouble()) << text;
    EXPECT_EQ(document["a0"].GetDouble(), value) << text;
  }
  for (const char* large : {"1e309", "-1e400", "1e99999999999"})
    EXPECT_EQ(code_of(large), "JSON_SYNTAX");
  EXPECT_EQ(code_of("1" + zeros), "JSON_SYNTAX");
}

TEST(Json, whole_numbers_stay_whole) {
  rapidjson::Document document;
  JsonFault fault;
  ASSERT_TRUE(
      parse_json("[0,-0,7,-2147483648,4294967295,-9223372036854775808,18446744073709551615]",
                 document,
                 fault));
  EXPECT_TRUE(document[0].IsInt() && document[1].IsInt() && document[1].GetInt() == 0);
  EXPECT_EQ(document[2].GetUint(), 7u);
  EXPECT_EQ(document[3].GetInt(), INT32_MIN);
  EXPECT_EQ(document[4].GetUint(), UINT32_MAX);
  EXPECT_EQ(document[5].GetInt64(), INT64_MIN);
  EXPECT_EQ(document[6].GetUint64(), UINT64_MAX);
}

TEST(JsonWriter, writes_nested_objects_with_escapes) {
  JsonWriter w;
  w.object().field("key", "0042").key("list").array().value(1).value("a\"b").end_array().end();
  EXPECT_EQ(w.text(), R"({"key":"0042","list":[1,"a\"b"]})");
}

}  // namespace
}  // namespace concord::sdk
