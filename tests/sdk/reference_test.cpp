// The reference that Doxygen makes of the SDK's headers: it is there, and every type and every
// function of the boundary says what it is for.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/sdk/installed.hpp"

namespace concord::sdk_test {
namespace {

const std::string kMade = std::string(CONCORD_BUILD_DIR) + "/share/doc/concord-sdk";

class Reference : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // What the target sdk_reference runs.
    static const Folder folder;
    made = run("doxygen " CONCORD_BUILD_DIR "/sdk/Doxyfile", folder.path().string());
    if (auto text = base::read_file(kMade + "/reference.log", 4u << 20)) log = *text;
  }
  // The warnings that hold one of these texts.
  static std::string warnings(const std::vector<std::string>& about) {
    std::string out;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);)
      for (const std::string& text : about)
        if (line.find(text) != std::string::npos) {
          out += line + "\n";
          break;
        }
    return out;
  }
  static inline Ran made;
  static inline std::string log;
};

TEST_F(Reference, has_a_page_for_every_type_and_every_document) {
  ASSERT_EQ(made.code, 0) << made.out;
  for (const char* page : {"index",
                           "structconcord__delivery",
                           "structconcord__connector",
                           "abi_8h",
                           "classconcord_1_1sdk_1_1Connector",
                           "classconcord_1_1sdk_1_1Call",
                           "classconcord_1_1sdk_1_1Settings",
                           "classconcord_1_1sdk_1_1HttpClient",
                           "structconcord_1_1sdk_1_1WebhookConfig"}) {
    auto html = base::read_file(kMade + "/reference/" + page + ".html", 4u << 20);
    EXPECT_TRUE(html) << page;
  }
  auto connector =
      base::read_file(kMade + "/reference/classconcord_1_1sdk_1_1Connector.html", 4u << 20);
  ASSERT_TRUE(connector);
  EXPECT_THAT(*connector, testing::HasSubstr("idempotency_key tells a repeat"));
}

TEST_F(Reference, says_what_every_type_is) {
  ASSERT_EQ(made.code, 0) << made.out;
  EXPECT_EQ(warnings({"Compound "}), "");
}

TEST_F(Reference, says_what_every_function_between_hub_and_connector_does) {
  ASSERT_EQ(made.code, 0) << made.out;
  EXPECT_EQ(warnings({"(function) of class concord::sdk::Connector",
                      "(function) of file abi.h",
                      "(enumeration)",
                      "(typedef) of namespace"}),
            "");
}

}  // namespace
}  // namespace concord::sdk_test
