#include <gtest/gtest.h>

#include <concord/settings.hpp>

namespace concord::sdk {
namespace {

struct Api {
  std::string url;
  std::string token;
};
enum class After { move, remove };
struct Given {
  std::optional<Api> api;
  uint32_t page_size = 200;
  std::chrono::seconds timeout{20};
  bool ack = true;
  After after = After::move;
  std::vector<std::string> types{"person"};
};

const Settings<Given>& declared() {
  static const auto settings =
      Settings<Given>("Sample")
          .object("api",
                  &Given::api,
                  Settings<Api>("API")
                      .text("url", &Api::url, "Where it is")
                      .required()
                      .pattern("^https?://")
                      .opens(Access::connect)
                      .secret("token", &Api::token, "To get in")
                      .required(),
                  "The API")
          .number("page_size", &Given::page_size, 1, 5000, "At once")
          .duration("timeout_seconds", &Given::timeout, 1, 600, "Of a request")
          .flag("ack", &Given::ack, "Tell what is committed")
          .choice(
              "after", &Given::after, {{"move", After::move}, {"remove", After::remove}}, "Then")
          .texts("types", &Given::types, "Which")
          .must([](const Given& given) -> std::optional<std::string> {
            if (given.types.empty()) return "no type is left";
            return std::nullopt;
          });
  return settings;
}

TEST(Settings, what_is_given_goes_over_the_defaults) {
  const auto given = declared().read(
      R"({"api":{"url":"https://x.example","token":"SYN"},"timeout_seconds":5,"after":"remove"})");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->api->url, "https://x.example");
  EXPECT_EQ(given->page_size, 200u);
  EXPECT_EQ(given->timeout, std::chrono::seconds(5));
  EXPECT_EQ(given->after, After::remove);
  EXPECT_EQ(given->types, std::vector<std::string>{"person"});
  EXPECT_FALSE(declared().read("{}")->api);
}

struct Fault {
  const char* name;
  const char* given;
  const char* place;
};
class SettingsFault : public testing::TestWithParam<Fault> {};
TEST_P(SettingsFault, is_told_at_its_place_and_without_its_value) {
  const auto given = declared().read(GetParam().given);
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().error_class, ErrorClass::config);
  EXPECT_EQ(given.error().place, GetParam().place);
  EXPECT_EQ((given.error().cause + given.error().next).find("hush"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(
    Each,
    SettingsFault,
    testing::Values(
        Fault{"not_json", "{", "config"},
        Fault{"unknown_key", R"({"hush":1})", "config"},
        Fault{"required_within", R"({"api":{"url":"http://x"}})", "config.api.token"},
        Fault{"empty_secret", R"({"api":{"url":"http://x","token":""}})", "config.api.token"},
        Fault{"pattern", R"({"api":{"url":"hush","token":"x"}})", "config.api.url"},
        Fault{"wrong_type", R"({"page_size":"hush"})", "config.page_size"},
        Fault{"out_of_range", R"({"page_size":0})", "config.page_size"},
        Fault{"not_a_flag", R"({"ack":"yes"})", "config.ack"},
        Fault{"unknown_word", R"({"after":"hush"})", "config.after"},
        Fault{"list_of_others", R"({"types":["a",1]})", "config.types"},
        Fault{"rule_across_settings", R"({"types":[]})", "config"}),
    [](const auto& one) { return one.param.name; });

TEST(Settings, the_schema_says_what_the_reader_holds_to) {
  rapidjson::Document schema;
  JsonFault fault;
  ASSERT_TRUE(parse_json(declared().schema(), schema, fault));
  EXPECT_FALSE(schema["additionalProperties"].GetBool());
  const auto& properties = schema["properties"];
  EXPECT_TRUE(properties["api"]["properties"]["token"]["x-secret"].GetBool());
  EXPECT_STREQ(properties["api"]["properties"]["url"]["x-access"].GetString(), "connect");
  EXPECT_EQ(properties["api"]["required"].Size(), 2u);
  EXPECT_EQ(properties["page_size"]["default"].GetInt(), 200);
  EXPECT_EQ(properties["timeout_seconds"]["maximum"].GetInt(), 600);
  EXPECT_EQ(properties["after"]["enum"].Size(), 2u);
  EXPECT_STREQ(properties["after"]["default"].GetString(), "move");
  EXPECT_FALSE(properties["api"]["properties"]["token"].HasMember("default"));
}

TEST(Settings, the_table_has_a_row_for_each_of_them) {
  const std::string table = declared().table();
  EXPECT_NE(table.find("| `api.url` | text | must be set | Where it is |"), std::string::npos);
  EXPECT_NE(table.find("| `api.token` | secret, by reference | must be set | To get in |"),
            std::string::npos);
  EXPECT_NE(table.find("| `after` | move, remove | \"move\" | Then |"), std::string::npos);
  EXPECT_NE(table.find("| `types` | list of texts | [\"person\"] | Which |"), std::string::npos);
}

}  // namespace
}  // namespace concord::sdk
