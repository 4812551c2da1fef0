// The compiled checker against valijson: both must say the same of every body, good or spoilt.
#include "hub/translate/checker.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "hub/translate/tools.hpp"
#include "tests/unit/translate/world.hpp"

namespace concord::translate {
namespace {

using base::Json;
using base::JsonValue;

const Checker& checker() {
  static const Checker made = [] {
    auto compiled = Checker::compile(the_schema());
    if (!compiled) ADD_FAILURE() << to_text(compiled.error());
    return std::move(compiled).value();
  }();
  return made;
}
const SchemaValidator& valijson() {
  static const SchemaValidator made = [] {
    auto compiled = SchemaValidator::compile(the_schema());
    if (!compiled) ADD_FAILURE() << to_text(compiled.error());
    return std::move(compiled).value();
  }();
  return made;
}

struct Body {
  const char *entity, *json;
};
constexpr Body kBodies[] = {
    {"Person",
     R"({"names":[{"use":"official","family":"Testfamily","given":["Ada"],"period":{"start":"2012-03-04"}}],
 "birth_date":{"year":2012,"month":3,"day":4},"sex":{"system":"ccr:sex","code":"female"},
 "identifiers":[{"system":"state_id","value":"SYN-1"}],"birth_order":1,"interpreter":false,
 "addresses":[{"lines":["1 Test St"],"confidential":true}],"photo":{"ref":"x","size":0,
 "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}})"},
    {"MissingEvent",
     R"({"since":{"local":"2026-03-01T02:10:00","zone":"America/New_York","fold":1,"at":"2026-03-01T07:10:00Z"},
 "reports":[{"to":"police","at":"2026-03-01T07:10:00.5Z"}],"height":{"value":60.5,"comparator":"<","unit":"[in_i]"},
 "circumstances":{"text":"Synthetic."}})"},
    {"Observation",
     R"({"code":{"system":"http://loinc.org","code":"718-7"},"value":{"value":13.2},
 "at":"2026-03-01T07:10:00Z","status":{"system":"x","code":"final"}})"},
    {"Investigation",
     R"({"report":{"type":"MaltreatmentReport","id":"1"},
 "allegations":[{"kind":{"system":"ccr:maltreatment","code":"neglect"}}]})"}};

Json parsed(const char* json) {
  auto read = base::read_json(json, "body");
  if (!read) ADD_FAILURE() << to_text(read.error());
  return std::move(read).value();
}

bool good(const Json& body, const char* entity) {
  return !Checker::check(*checker().find(entity), body, nullptr);
}

// Spoils one place after another in every way, and calls with each result.
void spoil(Json& body, JsonValue& at, const std::function<void(const std::string&)>& each) {
  auto& memory = body.GetAllocator();
  const auto with = [&](JsonValue put, const char* how) {
    JsonValue kept(at, memory);
    at = std::move(put);
    each(how);
    at = std::move(kept);
  };
  with(JsonValue(), "null");
  with(JsonValue(-1), "-1");
  with(JsonValue(2.5), "2.5");
  with(JsonValue(true), "true");
  with(JsonValue(""), "empty text");
  with(JsonValue("x"), "x");
  with(JsonValue("2026-13-01"), "month 13");
  with(JsonValue(std::string(600, 'x').c_str(), memory), "long text");
  with(JsonValue(rapidjson::kObjectType), "{}");
  with(JsonValue(rapidjson::kArrayType), "[]");
  if (at.IsObject()) {
    JsonValue kept(at, memory);
    at.AddMember("no_such_field", 1, memory);
    each("a member more");
    at = std::move(kept);
    for (rapidjson::SizeType i = 0; i < at.MemberCount(); ++i) {
      JsonValue whole(at, memory);
      at.EraseMember(at.MemberBegin() + i);
      each("a member less");
      at = std::move(whole);
    }
    for (auto& entry : at.GetObject()) spoil(body, entry.value, each);
  } else if (at.IsArray()) {
    JsonValue kept(at, memory);
    while (at.Size() <= 50) at.PushBack(JsonValue(kept[0], memory), memory);
    each("51 items");
    at = std::move(kept);
    for (JsonValue& item : at.GetArray()) spoil(body, item, each);
  }
}

TEST(Checker, takes_what_is_right) {
  for (const Body& one : kBodies) {
    const Json body = parsed(one.json);
    const auto fault = Checker::check(*checker().find(one.entity), body, nullptr);
    EXPECT_FALSE(fault) << one.entity << fault->pointer << " " << fault->cause;
  }
}

TEST(Checker, agrees_with_valijson_on_everything_spoilt) {
  size_t bad = 0, all = 0;
  for (const Body& one : kBodies) {
    Json body = parsed(one.json);
    spoil(body, body, [&](const std::string& how) {
      ++all;
      const bool ours = good(body, one.entity);
      const bool theirs = valijson().validate(one.entity, body).empty();
      bad += !ours;
      ASSERT_EQ(ours, theirs) << one.entity << " with " << how << ": "
                              << base::write_json(body).substr(0, 600);
    });
  }
  EXPECT_GT(all, 700u);
  EXPECT_GT(bad, all / 2);
}

TEST(Checker, tells_the_pointer) {
  Json body = parsed(kBodies[0].json);
  body["names"][0]["given"][0] = JsonValue(1);
  const auto fault = Checker::check(*checker().find("Person"), body, nullptr);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->pointer, "/names/0/given/0");
  EXPECT_EQ(fault->cause, "expected text");
}

TEST(Checker, lets_a_required_field_be_absent_when_it_is_told) {
  const Json body = parsed("{}");
  const auto only_names = [](std::string_view name) { return name == "names"; };
  EXPECT_FALSE(Checker::check(*checker().find("Person"), body, only_names));
  EXPECT_TRUE(Checker::check(*checker().find("Placement"), body, only_names));
}

TEST(Checker, refuses_a_schema_that_it_does_not_understand) {
  World world;
  std::filesystem::copy(CONCORD_SOURCE_DIR "/mappings/schema",
                        world.path(),
                        std::filesystem::copy_options::recursive);
  world.file("task.json",
             R"({"title":"Task","type":"object","additionalProperties":false,
 "properties":{"what":{"$ref":"types.json#/definitions/text"}},"patternProperties":{}})");
  const auto schema = model::Schema::load(world.path());
  ASSERT_TRUE(schema);
  const auto compiled = Checker::compile(*schema);
  ASSERT_FALSE(compiled);
  EXPECT_NE(to_text(compiled.error()).find("\"patternProperties\" is not understood"),
            std::string::npos);
}

}  // namespace
}  // namespace concord::translate
